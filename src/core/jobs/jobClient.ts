/** The one object through which views, commands, tools and the command line talk to jobs. */

import type { Estimate, Profiles } from '../backends/backend.ts';
import type { ComputeRate } from '../backends/local/trainingSpeed.ts';
import type { Finding } from '../datasets/finding.ts';
import type { EvaluationReport } from '../evaluation/evaluation.ts';
import type { Disposable, Event } from '../lifecycle.ts';
import type { Recipe } from '../recipes/recipe.ts';
import type { ExportFormat, ExportProgress, ExportReport } from '../../engine/export/exportFormats.ts';
import type { ChatMessage } from '../../engine/text/chat.ts';
import type { Job, JobEvent, MetricPoint } from './job.ts';

export interface SubmitOptions {
  /** Submitting twice with the same token gives the same job. Default: one that is new each time. */
  readonly token?: string;
  /** gives up until the job is recorded, and leaves nothing then */
  readonly signal?: AbortSignal;
}

/** What changed since the watcher last heard. */
export interface JobChange {
  readonly job: Job;
  readonly events: readonly JobEvent[];
  /** of very many, points evenly spaced, with the newest: enough for a chart */
  readonly metrics: readonly MetricPoint[];
}

/** A job as of one moment. */
export interface JobHistory extends JobChange {
  /** the moment: what comes later has a higher number */
  readonly seq: number;
}

/** A model that can answer: a base model, or a job's tuned one. */
export interface ModelEntry {
  /** what `generate` takes: `starter`, an absolute folder, a name on the hub, or a job's id */
  readonly ref: string;
  readonly label: string;
  readonly kind: 'base' | 'tuned';
  readonly folder: string;
  readonly bytes: number;
  /** tuned models only */
  readonly jobId: string | undefined;
  readonly baseModel: string | undefined;
  /** the system message that a tuned model was trained with, where all its rows share one */
  readonly systemPrompt: string | undefined;
}

export interface GenerateRequest {
  readonly model: string;
  readonly messages: readonly ChatMessage[];
  readonly maxNewTokens: number;
  /** 0 is greedy */
  readonly temperature: number;
  readonly topP?: number;
  readonly seed?: number;
}

export interface GenerateResult {
  readonly text: string;
  readonly tokens: number;
  readonly seconds: number;
  readonly finish: 'end' | 'length' | 'aborted';
}

export interface ExportRequest {
  /** what `generate` takes, or the absolute folder of an adapter */
  readonly model: string;
  readonly format: ExportFormat;
  /** absolute; it must not exist yet, or be empty */
  readonly folder: string;
}

export interface JobClient extends Disposable {
  /**
   * What the recipe's backend has against it; an `error` is what `submit` would refuse. Starts nothing.
   *
   * @param profiles of the recipe's data files, as `inspectDataset` gives them
   */
  check(recipe: Recipe, profiles: Profiles): Promise<readonly Finding[]>;
  /** @throws UserError when the base model cannot be read; ask `check` first */
  estimate(recipe: Recipe, profiles: Profiles): Promise<Estimate>;
  /**
   * Validates the recipe file and its data, records the job and starts it.
   * @throws UserError when the recipe or the data cannot be trained on; nothing is recorded then. "job.already-running"
   *   when a job with the same recipe, data and base model is running: its result would be the same
   * @throws the signal's reason when aborted
   */
  submit(recipeFile: string, options?: SubmitOptions): Promise<Job>;
  /** newest first */
  list(): readonly Job[];
  get(id: string): Job | undefined;
  /**
   * Any job of the store, whoever changed it. Fires within half a second of the change with the jobs that changed;
   * a job that was removed is not among them, so ask `list` for what is there.
   */
  readonly onDidChangeJobs: Event<readonly Job[]>;
  /** @throws UserError "job.unknown" */
  history(id: string): JobHistory;
  /**
   * First call of the listener holds the history, later ones what is new. The first comes soon after `watch` returns.
   * @param afterSeq of a history that the watcher has: then every call holds only what is new
   * @throws UserError "job.unknown"
   */
  watch(id: string, listener: (change: JobChange) => void, afterSeq?: number): Disposable;
  /**
   * Asks the job to stop; it ends as `stopped` once it has written a checkpoint. Does nothing to a job that has ended.
   * @throws UserError "job.unknown"
   */
  stop(id: string): Promise<void>;
  /**
   * Continues a stopped, failed or lost job from its last checkpoint.
   * @throws UserError "job.already-running" when it runs, here or in another window; "job.cannot-resume" after it succeeded
   */
  resume(id: string): Promise<Job>;
  /** Removes the record and the folder of a job that has ended. */
  remove(id: string): Promise<void>;
  events(id: string, afterSeq?: number): readonly JobEvent[];
  /** Every point: for files and other programs. */
  metrics(id: string, afterSeq?: number): readonly MetricPoint[];
  evaluation(id: string): Promise<EvaluationReport | undefined>;
  models(): Promise<readonly ModelEntry[]>;
  /** What the engine manages on this machine. Measured on the first call, which takes a second or two; undefined if it cannot be. */
  computeRate(): Promise<ComputeRate | undefined>;
  /** Streams pieces of text to `onText`; resolves with the whole. */
  generate(request: GenerateRequest, onText: (piece: string) => void, signal?: AbortSignal): Promise<GenerateResult>;
  /**
   * Writes a model with its adapter merged into a folder of its own, for other programs, and checks it by asking both.
   * @throws UserError as the engine's `exportModel`; the signal's reason once it is aborted. Nothing is left behind then.
   */
  exportModel(request: ExportRequest, onProgress: (progress: ExportProgress) => void, signal?: AbortSignal): Promise<ExportReport>;
}
