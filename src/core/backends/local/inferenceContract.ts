/** What the local backend and its inference child say to each other. Types only. */

import type { JobFault } from '../../jobs/job.ts';
import type { ExportFormat, ExportProgress, ExportReport } from '../../../engine/export/exportFormats.ts';
import type { GenerateRequest, GenerateResult } from '../../jobs/jobClient.ts';

/** Where the weights of a model lie; absolute paths. */
export interface ModelFiles {
  /** model folder in Hugging Face layout */
  readonly base: string;
  /** folder of a PEFT adapter on top of it */
  readonly adapter: string | undefined;
}

export interface ExportSource extends ModelFiles {
  readonly systemPrompt: string | undefined;
  readonly name: string;
}

/** Class instances do not survive the way between processes: faults travel as data. */
export type Answer<T> =
  | { readonly ok: true; readonly value: T }
  /** `stack` is there for faults of the program */
  | { readonly ok: false; readonly fault: JobFault; readonly stack: string | undefined };

/** Offered by the child. */
export interface InferenceFunctions {
  /** Resolves once the whole text was produced; pieces go to `onText` with the same call number meanwhile. */
  generate(call: number, files: ModelFiles, request: GenerateRequest): Promise<Answer<GenerateResult>>;
  /** Float32 operations a second in large matrix products; takes about a second. */
  measureRate(): Promise<Answer<number>>;
  /** Resolves with undefined when it was aborted; nothing is left of it then. */
  exportModel(call: number, source: ExportSource, format: ExportFormat, folder: string): Promise<Answer<ExportReport | undefined>>;
  /** Ends a call soon, with finish `aborted`. */
  abort(call: number): void;
}

/** Offered by the parent. */
export interface InferenceEvents {
  onText(call: number, piece: string): void;
  onExport(call: number, progress: ExportProgress): void;
}
