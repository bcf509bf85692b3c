/** What the editor needs of core/recipes, so that it is loaded on first use and tests can stand in for it. */

import type { DatasetProfile } from '../../core/datasets/profile.ts';
import type { RecipeFault } from '../../core/recipes/document.ts';
import type { Proposal } from '../../core/recipes/propose.ts';

export type ShownProposal = Pick<Proposal, 'text' | 'settings' | 'time' | 'timeReason' | 'doubts'>;

export interface RecipePort {
  /**
   * @param folder where the recipe will lie
   * @param baseModel `starter`, a folder or a model of the hub, which is on this machine
   */
  propose(profile: DatasetProfile, folder: string, baseModel: string, signal: AbortSignal): Promise<ShownProposal>;
  /** Writes a recipe beside a dataset, over nothing, and returns its path. */
  write(dataset: string, text: string): Promise<string>;
  /** What a recipe file names as its base model. */
  baseModel(file: string): Promise<string>;
  check(text: string): Promise<readonly RecipeFault[]>;
}
