/** What every dataset format is turned into, and what is said about it. */

import type { ChatMessage } from '../../engine/text/chat.ts';

export type DatasetFormat = 'chat' | 'prompt-completion' | 'labelled-text' | 'preference';

/** One normalized row. */
export interface Example {
  /** 1-based row of the source file: the line of JSONL, blank lines included; the record of CSV, its header not included */
  readonly row: number;
  /** at least one user turn, ending in the assistant's answer */
  readonly messages: readonly ChatMessage[];
  /** of a preference pair: the conversation with the worse answer; `messages` has the better one */
  readonly rejected?: readonly ChatMessage[];
}

export type Severity = 'error' | 'warning' | 'info';

/** One rule's verdict about some rows. Rows that an `error` names are not trained on. */
export interface Finding {
  /** the rule, for example `dataset.row.invalid-json` */
  readonly code: string;
  readonly severity: Severity;
  /** one sentence in the user's words, with numbers */
  readonly message: string;
  /** the next step, as an imperative sentence */
  readonly remedy: string;
  /** 1-based, ascending, at most `ROWS_NAMED` of them */
  readonly rows: readonly number[];
  /** how many rows in all */
  readonly count: number;
  /** where an editor should open the file for the first of the rows; 1-based, absent when the finding is about no place */
  readonly at?: { readonly line: number; readonly column: number };
}

export const ROWS_NAMED = 100;

/** What a person would want to see first. */
export interface DatasetProfile {
  readonly file: string;
  readonly bytes: number;
  readonly format: DatasetFormat | undefined;
  /** rows in the file, blank lines not counted */
  readonly rows: number;
  /** rows that can be trained on */
  readonly usableRows: number;
  readonly turns: { readonly min: number; readonly max: number; readonly mean: number };
  /** characters of prompt and of answer; tokens need a model */
  readonly promptCharacters: { readonly mean: number; readonly p95: number; readonly max: number };
  readonly answerCharacters: { readonly mean: number; readonly p95: number; readonly max: number };
  /** the distinct answers when they look like labels (few and repeated), most frequent first */
  readonly labels: readonly { readonly label: string; readonly count: number }[] | undefined;
  readonly findings: readonly Finding[];
  readonly seconds: number;
}
