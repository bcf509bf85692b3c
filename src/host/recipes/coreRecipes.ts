/** The recipe port over core/recipes: proposals with this machine's estimate, the faults of a text. */

import { join } from 'node:path';
import type { DatasetProfile } from '../../core/datasets/profile.ts';
import type { JobClient } from '../../core/jobs/jobClient.ts';
import { parseRecipe } from '../../core/recipes/document.ts';
import { type Proposal, proposeForDataset, writeRecipeBeside } from '../../core/recipes/propose.ts';
import { modelFacts, readRecipe } from '../../core/recipes/readRecipe.ts';
import type { Recipe } from '../../core/recipes/recipe.ts';
import { resolveRecipe } from '../../core/recipes/resolve.ts';
import { formatDuration } from '../../core/wording/numbers.ts';
import { joinSentences } from '../words.ts';
import type { RecipePort, ShownProposal } from './recipePort.ts';

export interface CoreRecipeServices {
  readonly starterFolder: string;
  readonly client: () => Promise<Pick<JobClient, 'estimate'>>;
  readonly inspect: (file: string, signal?: AbortSignal, onShare?: (share: number) => void, heldOut?: string) => Promise<DatasetProfile>;
}

export class CoreRecipes implements RecipePort {
  readonly #services: CoreRecipeServices;

  constructor(services: CoreRecipeServices) {
    this.#services = services;
  }

  async propose(profile: DatasetProfile, folder: string, baseModel: string, signal: AbortSignal): Promise<ShownProposal> {
    const facts = await modelFacts(baseModel, { starterFolder: this.#services.starterFolder });
    const proposal = await proposeForDataset({ profile, folder, model: { ref: baseModel, facts } });
    const { draft } = parseRecipe(proposal.text);
    if (!draft) throw new Error(`The proposed recipe has faults:\n${proposal.text}`);
    const { recipe } = resolveRecipe(draft, join(folder, 'proposal.tune.yaml'), { rows: profile.usableRows, longestRowCharacters: undefined, model: undefined });
    const doubts = [...proposal.doubts, ...(await this.#findLeaks(profile.file, recipe.dataset.validation, signal))];
    return { ...proposal, ...(await this.#estimate(proposal, recipe, profile, signal)), doubts };
  }

  /** An exam whose questions were taught proves nothing: said before the minutes are spent. */
  async #findLeaks(train: string, heldOut: string | undefined, signal: AbortSignal): Promise<readonly string[]> {
    if (heldOut === undefined) return [];
    const { findings } = await this.#services.inspect(train, signal, undefined, heldOut);
    return findings.filter(({ code }) => code === 'dataset.leakage').map(({ message, remedy }) => joinSentences(message, remedy));
  }

  /** A model that cannot be read leaves the time unknown; starting the job will say why. */
  async #estimate(proposal: Proposal, recipe: Recipe, train: DatasetProfile, signal: AbortSignal): Promise<Pick<Proposal, 'time' | 'timeReason'>> {
    const heldOut = recipe.dataset.validation;
    const validation = heldOut === undefined ? undefined : await this.#services.inspect(heldOut, signal);
    try {
      const { seconds, formula } = await (await this.#services.client()).estimate(recipe, { train, validation });
      if (!seconds) return proposal;
      const [low, high] = [roughly(seconds.low), roughly(seconds.high)];
      return { time: low === high ? `about ${low}` : `${low} to ${high}`, timeReason: formula };
    } catch {
      return proposal;
    }
  }

  write(dataset: string, text: string): Promise<string> {
    return writeRecipeBeside(dataset, text);
  }

  async baseModel(file: string): Promise<string> {
    return (await readRecipe(file)).baseModel;
  }

  check(text: string): ReturnType<RecipePort['check']> {
    return Promise.resolve(parseRecipe(text).faults);
  }
}

/** No more digits than an estimate deserves. */
function roughly(seconds: number): string {
  const unit = seconds < 10 ? 1 : seconds < 90 ? 5 : seconds < 5400 ? 60 : 600;
  return formatDuration(Math.max(unit, Math.round(seconds / unit) * unit));
}
