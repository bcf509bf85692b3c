/** The contract of a training run: what goes in, what it reports, what it leaves behind. */

import type { DecoderConfig } from '../model/decoder.ts';
import type { LoraAdapter } from '../model/lora.ts';
import type { Activations } from '../model/activations.ts';
import type { FrozenWeights, Weights } from '../model/weights.ts';
import type { TokenizedExample } from '../text/chat.ts';

/** What every technique needs to train; each adds its data. */
export interface TrainingRun {
  readonly config: DecoderConfig;
  /** the base model; left as it is, also by full training, which needs it in float32 */
  readonly weights: FrozenWeights;
  readonly settings: TrainingSettings;
  /** holds one folder a checkpoint; made when it is not there */
  readonly checkpointFolder: string;
  /** folder of a LoRA adapter in PEFT's layout to go on from; rank, alpha and layers are then its own */
  readonly startFrom?: string | undefined;
  /** a checkpoint's own folder; the run goes on after its step */
  readonly resumeFrom?: string | undefined;
  readonly signal: AbortSignal;
  readonly onEvent: (event: TrainEvent) => void;
}

export type Trained = { readonly adapter: LoraAdapter } | { readonly weights: Weights };

export interface LoraSettings {
  readonly method: 'lora';
  readonly rank: number;
  /** scale of the update is alpha / rank (PEFT) */
  readonly alpha: number;
}

export interface FullSettings {
  readonly method: 'full';
}

export interface TrainingSettings {
  readonly peft: LoraSettings | FullSettings;
  /** passes over the training rows; the number of steps follows, unless `maxSteps` is smaller */
  readonly epochs: number;
  readonly maxSteps?: number;
  /** rows a forward pass */
  readonly batchSize: number;
  /** forward passes a step */
  readonly gradientAccumulation: number;
  readonly learningRate: number;
  readonly schedule: 'cosine' | 'linear' | 'constant';
  /** share of all steps, 0 to 1 */
  readonly warmupRatio: number;
  readonly weightDecay: number;
  /** global L2 norm; 0 is off */
  readonly maxGradNorm: number;
  /** longest row in tokens; what becomes of longer rows says `truncation`, and they are counted */
  readonly maxLength: number;
  /** What of a row that is too long is kept; or it is left out, or refused. "keep_start" unless given, as TRL's `truncation_mode`. */
  readonly truncation?: 'keep_start' | 'keep_end' | 'drop' | 'error' | undefined;
  /** SFT: lays short rows end to end up to `maxLength`, without one seeing another; `batchSize` then counts such packs */
  readonly packing?: boolean | undefined;
  /** DPO: how much staying near the reference weighs; 0.1 unless given (TRL) */
  readonly beta?: number | undefined;
  /** 0 is never, except at the end */
  readonly evalEverySteps: number;
  /** Ends the run after so many evaluations without a better one, and goes back to the best; 0, as when absent, is never. */
  readonly earlyStoppingPatience?: number | undefined;
  /** seconds between checkpoints; 0 is at evaluations and the end only */
  readonly checkpointEverySeconds: number;
  /** newest checkpoints that are kept, beside the best; 2 unless given */
  readonly keepCheckpoints?: number | undefined;
  readonly seed: number;
  /** 0: one a physical core */
  readonly threads: number;
  /** what the process may take; a share of the machine's free memory unless given */
  readonly memoryBudgetBytes?: number | undefined;
}

export interface StepMetrics {
  /** 1-based, of `totalSteps` */
  readonly step: number;
  readonly totalSteps: number;
  readonly epoch: number;
  /** of SFT: mean negative log-likelihood a trained token, nats */
  readonly loss: number;
  readonly learningRate: number;
  /** before clipping */
  readonly gradNorm: number;
  /** all tokens of the step over its wall time */
  readonly tokensPerSecond: number;
  /** share of tokens that were trained on */
  readonly trainedTokens: number;
  readonly seconds: number;
  /** what the technique measures beside the loss, under TRL's names, for example `rewards/accuracies` */
  readonly more: Readonly<Record<string, number>>;
}

/** What became of the rows that were not trained on as they are. */
export interface RowCounts {
  /** cut to the longest length */
  readonly truncated: number;
  /** left out, for they are too long */
  readonly dropped: number;
  /** left out, for they have no token to train on (any more) */
  readonly untrained: number;
}

export type TrainEvent =
  | {
    readonly kind: 'start';
    readonly totalSteps: number;
    readonly trainableParameters: number;
    /** of the training and the held-out rows together */
    readonly rows: RowCounts;
    readonly resumedFromStep: number;
    /** estimate of what the process will take */
    readonly memoryBytes: number;
    readonly activations: Activations;
  }
  | { readonly kind: 'step'; readonly metrics: StepMetrics }
  | { readonly kind: 'eval'; readonly step: number; readonly loss: number; readonly tokens: number; readonly more: Readonly<Record<string, number>> }
  | { readonly kind: 'checkpoint'; readonly step: number; readonly folder: string }
  /** work before or between steps, for example "Reference log-probabilities" */
  | { readonly kind: 'progress'; readonly what: string; readonly done: number; readonly total: number };

export interface TrainingData {
  readonly train: readonly TokenizedExample[];
  /** empty: no evaluation loss */
  readonly validation: readonly TokenizedExample[];
}

export interface TrainingResult {
  readonly outcome: 'finished' | 'stopped';
  readonly step: number;
  readonly totalSteps: number;
  readonly trainLoss: number;
  /** of what the run leaves behind, if it was evaluated */
  readonly evalLoss: number | undefined;
  /** the step that early stopping went back to, when that is not the last one */
  readonly restoredStep: number | undefined;
}
