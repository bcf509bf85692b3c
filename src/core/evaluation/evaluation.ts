/** The result of asking base and tuned model the same held-out questions. */

/**
 * Of more held-out rows than this, so many are evaluated on: the interval of a share is then at most ±4.4 points, and each
 * further row is answered twice at the end and read at every evaluation on the way.
 */
export const MOST_ROWS_EVALUATED = 500;

/** A proportion with its 95% interval, all 0 to 1. */
export interface Proportion {
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly rows: number;
}

export interface EvaluationCase {
  /** 1-based row of the held-out file */
  readonly row: number;
  readonly prompt: string;
  readonly expected: string;
  readonly base: string;
  readonly tuned: string;
  readonly baseCorrect: boolean;
  readonly tunedCorrect: boolean;
}

export type Verdict = 'better' | 'not-distinguishable' | 'worse';

export interface EvaluationSummary {
  /** what counts as correct: the expected answer, or finding the better of two answers the likelier one */
  readonly metric: 'exact-match' | 'preference';
  readonly rows: number;
  /** of so many held-out rows, where they are more */
  readonly heldOutRows?: number;
  readonly base: Proportion;
  readonly tuned: Proportion;
  /** tuned minus base, paired over rows, with its 95% interval; -1 to 1 */
  readonly difference: { readonly value: number; readonly low: number; readonly high: number };
  readonly verdict: Verdict;
  /** one sentence: "Base 61% → tuned 88% on 200 held-out rows (+27 points, 95% interval +19 to +35)." */
  readonly sentence: string;
  readonly seconds: number;
}

/** `evaluation.json` of a job's folder. */
export interface EvaluationReport extends EvaluationSummary {
  readonly cases: readonly EvaluationCase[];
}
