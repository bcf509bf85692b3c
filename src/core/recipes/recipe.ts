/** A recipe as the rest of the program sees it: validated, complete, paths absolute. */

import type { Precision } from '../../engine/model/weights.ts';
import type { TrainingSettings } from '../../engine/train/training.ts';
import type { BackendId, Technique } from './kinds.ts';

export type { BackendId, Technique };

export interface Recipe {
  readonly version: 2;
  readonly name: string;
  readonly technique: Technique;
  /** `starter`, a folder in Hugging Face layout (absolute after resolution), or `org/name[@revision]` of the hub */
  readonly baseModel: string;
  /** absolute path of the adapter's folder to go on from */
  readonly startFrom?: string;
  readonly dataset: {
    /** absolute path */
    readonly train: string;
    /** absolute path of held-out rows; else `split` says how many of the training rows are held out */
    readonly validation: string | undefined;
    /** share of the training rows held out when there is no validation file, 0 to 0.5 */
    readonly split: number | undefined;
  };
  readonly prompt?: {
    /** put before every row that has no system message */
    readonly system: string;
  };
  readonly training: TrainingSettings;
  /** of the base model's matrices; float32 unless given */
  readonly precision?: Precision;
  readonly backend: BackendId;
  /** dotted names of what the recipe says as well and no backend of today acts on */
  readonly unused?: readonly string[];
}
