/** The contract between the job page and its host. */

import type { EvaluationSummary } from '../core/evaluation/evaluation.ts';
import type { JobState } from '../core/jobs/job.ts';
import type { PageHost } from './page.ts';

/** A job in words, ready to show. */
export interface JobHeader {
  readonly name: string;
  readonly state: JobState;
  readonly stateText: string;
  /** a codicon-like mark that does not rely on colour */
  readonly mark: 'running' | 'good' | 'bad' | 'quiet';
  readonly facts: readonly { readonly label: string; readonly value: string; readonly help: string }[];
  /** what the loss says, which depends on the technique */
  readonly lossHelp: string;
  /** 0 to 1; undefined while unknown */
  readonly progress: number | undefined;
  readonly progressText: string;
  readonly fault: { readonly message: string; readonly remedy: string; readonly code: string } | undefined;
  readonly canStop: boolean;
  readonly canResume: boolean;
  readonly canCompare: boolean;
  readonly artifact: string | undefined;
  readonly evaluation: EvaluationSummary | undefined;
}

export interface MetricRow {
  readonly step: number;
  /** by name; a value that is not a number becomes null on its way to the page */
  readonly values: Readonly<Record<string, number | null | undefined>>;
}

export interface EventRow {
  readonly seq: number;
  readonly at: number;
  readonly time: string;
  readonly level: 'info' | 'warning' | 'error';
  readonly text: string;
}

export interface CheckpointRow {
  readonly step: number;
  readonly time: string;
  readonly folder: string;
}

export interface JobPageState {
  readonly jobId: string;
  readonly header: JobHeader;
  readonly metrics: readonly MetricRow[];
  /** newest last; the oldest of a long history are left to the log */
  readonly events: readonly EventRow[];
  readonly checkpoints: readonly CheckpointRow[];
  readonly recipe: string;
  readonly recipeFile: string;
}

/** What is new since the page was told last. */
export interface JobPagePatch {
  readonly header: JobHeader;
  readonly metrics: readonly MetricRow[];
  readonly events: readonly EventRow[];
  readonly checkpoints: readonly CheckpointRow[];
}

/** Page to host. */
export interface JobPageHost extends PageHost<JobPageState> {
  stop(): void;
  resume(): void;
  compare(): void;
  openReport(): void;
  openLog(): void;
  openRecipe(): void;
  revealArtifact(): void;
}

/** Host to page. */
export interface JobPage {
  patch(patch: JobPagePatch): void;
}
