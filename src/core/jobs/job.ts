/** A job: its states, the moves between them, and what is kept of it. */

import type { EvaluationSummary } from '../evaluation/evaluation.ts';
import type { BackendId, Technique } from '../recipes/kinds.ts';

export type JobState =
  | 'queued'
  | 'preparing'
  | 'training'
  | 'evaluating'
  | 'succeeded'
  | 'paused'
  | 'stopping'
  | 'stopped'
  | 'failed'
  | 'lost';

export interface JobFault {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
}

export interface Job {
  /** sortable by time of creation, safe as a folder name */
  readonly id: string;
  readonly name: string;
  readonly state: JobState;
  /** the backend's own words for the state: a cloud's status, or why a local job waits; undefined if it adds nothing */
  readonly reason: string | undefined;
  readonly backend: BackendId;
  readonly technique: Technique;
  readonly baseModel: string;
  /** absolute path of the recipe it was launched from; its snapshot lies in `folder` */
  readonly recipeFile: string;
  /** absolute path of the job's folder */
  readonly folder: string;
  /** milliseconds since 1970, as all times here */
  readonly createdAt: number;
  readonly startedAt: number | undefined;
  readonly endedAt: number | undefined;
  /** last sign of life of the writer */
  readonly heartbeatAt: number | undefined;
  readonly step: number;
  /** 0 until known */
  readonly totalSteps: number;
  readonly loss: number | undefined;
  readonly evalLoss: number | undefined;
  readonly tokensPerSecond: number | undefined;
  readonly secondsLeft: number | undefined;
  /** absolute path of the newest checkpoint, if any: what resume starts from */
  readonly checkpoint: string | undefined;
  /** absolute path of the tuned model (adapter folder), once there */
  readonly artifact: string | undefined;
  readonly evaluation: EvaluationSummary | undefined;
  readonly fault: JobFault | undefined;
}

/** One line of a job's append-only history. `seq` numbers grow over all jobs of a store, and are shared with metrics. */
export type JobEvent = { readonly seq: number; readonly jobId: string; readonly at: number } & JobEventBody;

export type JobEventBody =
  | { readonly kind: 'state'; readonly state: JobState; readonly reason: string | undefined }
  | { readonly kind: 'log'; readonly level: 'info' | 'warning' | 'error'; readonly text: string }
  | { readonly kind: 'checkpoint'; readonly step: number; readonly folder: string }
  | { readonly kind: 'evaluation'; readonly summary: EvaluationSummary };

/** Names follow TRL where it has one. */
export type MetricName = 'loss' | 'eval_loss' | 'learning_rate' | 'grad_norm' | 'tokens_per_second';

/** By name; a technique adds what only it measures, for example `rewards/accuracies`. */
export type MetricValues = Partial<Record<MetricName, number>> & Readonly<Record<string, number | undefined>>;

/** A resumed job repeats the steps after its last checkpoint: of two points of one step and name, the later `seq` counts. */
export interface MetricPoint {
  readonly seq: number;
  readonly jobId: string;
  readonly step: number;
  readonly at: number;
  readonly values: MetricValues;
}
