/** The contract between the compare page and its host. */

import type { EvaluationCase, Verdict } from '../core/evaluation/evaluation.ts';
import type { PageHost } from './page.ts';

export type Side = 'left' | 'right';

/** Which part the user came for. */
export type ComparePart = 'prompt' | 'results';

export interface ModelOption {
  readonly ref: string;
  readonly label: string;
  readonly help: string;
}

/** One held-out row with the answers of both models. */
export type HeldOutCase = EvaluationCase;

export interface HeldOutResults {
  readonly sentence: string;
  readonly verdict: Verdict;
  readonly jobName: string;
  readonly cases: readonly HeldOutCase[];
}

export interface ComparePageState {
  /** a job's id, or '' when two models were picked by hand */
  readonly jobId: string;
  readonly models: readonly ModelOption[];
  readonly left: string;
  readonly right: string;
  /** the system message that the training rows share; '' if they have none */
  readonly system: string;
  readonly systemHelp: string;
  readonly suggestions: readonly string[];
  readonly results: HeldOutResults | undefined;
  readonly part: ComparePart;
  /** why nothing can be generated now, such as Restricted Mode */
  readonly blocked: string | undefined;
  readonly isRestricted: boolean;
}

export interface AskRequest {
  /** grows with each question, so that pieces of an older answer are told apart */
  readonly turn: number;
  readonly left: string;
  readonly right: string;
  readonly system: string;
  readonly prompt: string;
  readonly temperature: number;
  readonly maxNewTokens: number;
}

export interface AnswerEnd {
  /** "24 tokens in 0.6 s", or why it ended early */
  readonly note: string;
  readonly failed: boolean;
}

/** Page to host. */
export interface ComparePageHost extends PageHost<ComparePageState> {
  ask(request: AskRequest): void;
  stop(): void;
  manageTrust(): void;
}

/** Host to page. */
export interface ComparePage {
  piece(turn: number, side: Side, text: string): void;
  end(turn: number, side: Side, end: AnswerEnd): void;
  /** Models, results or trust changed while the page is open. */
  refresh(state: ComparePageState): void;
  show(part: ComparePart): void;
}
