/** The port that every place a job can run implements. Only the JobClient calls it. */

import type { ExportProgress, ExportReport } from '../../engine/export/exportFormats.ts';
import type { Finding } from '../datasets/finding.ts';
import type { DatasetProfile } from '../datasets/profile.ts';
import type { Job } from '../jobs/job.ts';
import type { ExportRequest, GenerateRequest, GenerateResult, ModelEntry } from '../jobs/jobClient.ts';
import type { ComputeRate } from './local/trainingSpeed.ts';
import type { BackendId, Recipe, Technique } from '../recipes/recipe.ts';

export interface Capabilities {
  readonly techniques: readonly Technique[];
  readonly baseModels: readonly ModelEntry[];
  readonly canGenerate: boolean;
  readonly canResume: boolean;
  /** the day these facts were true, ISO */
  readonly asOf: string;
}

/** A range with the formula it came from; undefined bounds are unknown and shown as such. */
export interface Estimate {
  readonly steps: number;
  readonly tokens: number | undefined;
  readonly seconds: { readonly low: number; readonly high: number } | undefined;
  readonly memoryBytes: number | undefined;
  /** 0 for this machine */
  readonly dollars: { readonly low: number; readonly high: number } | undefined;
  readonly formula: string;
}

export interface Profiles {
  readonly train: DatasetProfile;
  readonly validation: DatasetProfile | undefined;
}

export interface Backend {
  readonly id: BackendId;
  capabilities(): Promise<Capabilities>;
  /** Never starts anything. */
  check(recipe: Recipe, profiles: Profiles): Promise<readonly Finding[]>;
  estimate(recipe: Recipe, profiles: Profiles): Promise<Estimate>;
  /** Hash of the base model's configuration, or undefined where the backend does not show it. */
  baseModelHash(ref: string): Promise<string | undefined>;
  /** The reference that means the same base model for ever, to be recorded with a job. */
  pinBaseModel(ref: string): Promise<string>;
  /** Starts a recorded job; starting the same job again while it runs does nothing. */
  submit(job: Job): Promise<void>;
  stop(job: Job): Promise<void>;
  /** Continues from `job.checkpoint`, or from the start if there is none. */
  resume(job: Job): Promise<void>;
  /** What the machine behind it manages, measured on the first call; undefined where nobody can say. */
  computeRate(): Promise<ComputeRate | undefined>;
  generate(request: GenerateRequest, onText: (piece: string) => void, signal: AbortSignal): Promise<GenerateResult>;
  exportModel(request: ExportRequest, onProgress: (progress: ExportProgress) => void, signal: AbortSignal): Promise<ExportReport>;
  dispose(): void;
}

