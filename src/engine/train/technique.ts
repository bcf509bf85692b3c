/** What a training technique brings to the loop: its items, its loss with gradients, its evaluation. */

import type { DecoderConfig } from '../model/decoder.ts';
import type { DecoderRuntime, GradientSums } from '../model/runtime.ts';
import type { FrozenWeights } from '../model/weights.ts';
import type { StepRows } from './batches.ts';
import type { RowCounts, TrainEvent, Trained } from './training.ts';

/** The model while it is trained. */
export interface LiveModel {
  readonly config: DecoderConfig;
  /** computes with the parameters as they are at the time of each call */
  readonly runtime: DecoderRuntime;
  /** the base model, which training leaves as it is */
  readonly base: FrozenWeights;
  /** The optimizer writes into these arrays in place: whatever reads them, a generator say, always sees the newest. */
  readonly trained: Trained;
  /** A copy of what is trained as it was before its first step, also in a run that was resumed: the reference of DPO. */
  readonly start: Trained;
  /** reports what only this technique has to report */
  readonly emit: (event: TrainEvent) => void;
}

/** One optimizer step. */
export interface TrainingStep {
  /** 1-based */
  readonly step: number;
  readonly totalSteps: number;
  /** the items of each forward pass, as indices */
  readonly batches: StepRows;
  /** of the run; random numbers that depend on nothing but it and `step` keep a resumed run the same byte for byte */
  readonly seed: number;
  /**
   * Takes an optimizer step with what is in `sums` and empties them, for a technique that makes several of one set of
   * items; the loop makes the last one. After the first, `accumulate` must go through to its end, aborted or not.
   */
  readonly update: (loss: number) => void;
}

/** Values under TRL's names where TRL has one, for example `rewards/accuracies`. */
export type NamedMetrics = Readonly<Record<string, number>>;

export interface StepLoss {
  readonly loss: number;
  /** tokens that the loss is computed from */
  readonly trainedTokens: number;
  /** tokens that the model computed, without padding */
  readonly tokens: number;
  readonly metrics: NamedMetrics;
  /** There was nothing to learn from: the step counts, and the parameters stay as they are. */
  readonly isEmpty?: boolean;
}

export interface Evaluation {
  readonly loss: number;
  readonly tokens: number;
  readonly metrics: NamedMetrics;
  /** What early stopping and the best checkpoint go by, lower is better; the loss unless given. */
  readonly criterion?: number;
}

/** A technique at work on an open model. */
export interface Objective {
  /**
   * The loss of one step, and its gradient added to `sums`.
   *
   * @throws the signal's reason when it is aborted; `sums` is then incomplete
   */
  accumulate(step: TrainingStep, sums: GradientSums, signal: AbortSignal): Promise<StepLoss>;
  /**
   * @returns undefined when there is nothing to evaluate on
   * @throws the signal's reason when it is aborted
   */
  evaluate(signal: AbortSignal): Promise<Evaluation | undefined>;
  dispose?(): Promise<void>;
}

export interface Technique {
  readonly name: 'sft' | 'dpo' | 'grpo';
  /** tokens of each item (row, pack, pair or prompt); items of like length share a forward pass */
  readonly lengths: readonly number[];
  /** the rows of the dataset that an item is made of, for messages */
  readonly rowsOf: (item: number) => readonly number[];
  /** hash of all that is trained on, in its order: a run resumes only on the same */
  readonly data: string;
  /** what became of rows that were not trained on as they are, held-out ones included */
  readonly rows: RowCounts;
  /** the largest forward pass with gradients, which decides the memory */
  readonly largestPass: { readonly rows: number; readonly length: number };
  /** completions that are sampled at a time, prompts included, which take memory as well */
  readonly sampled?: { readonly rows: number; readonly length: number };
  /** of the log-probabilities that the runtime computes; 1 unless given */
  readonly temperature?: number;
  /** @throws the signal's reason when it is aborted */
  open(model: LiveModel, signal: AbortSignal): Promise<Objective>;
}
