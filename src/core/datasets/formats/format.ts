/** What a format of rows is: how it is recognized, read and written. */

import type { DatasetFormat, Example, Fields } from '../example.ts';

export type FormatId =
  | 'openai-chat' | 'openai-dpo' | 'openai-rft'
  | 'bedrock-conversation' | 'bedrock-rft' | 'nova-dpo' | 'verl'
  | 'gemini' | 'gemini-preference' | 'gemini-rft'
  | 'prompt-completion' | 'prompt-completion-messages' | 'alpaca' | 'sharegpt'
  | 'trl-preference' | 'trl-preference-messages' | 'trl-preference-implicit' | 'trl-preference-implicit-text'
  | 'anthropic-hh' | 'ultrafeedback' | 'kto' | 'kto-messages'
  | 'text' | 'labelled-text';

export type RowFaultCode =
  | 'dataset.row.bad-messages'
  | 'dataset.row.wrong-role'
  | 'dataset.row.not-text-content'
  | 'dataset.row.bad-tool-call'
  | 'dataset.row.bad-value'
  | 'dataset.row.bad-candidates'
  | 'dataset.row.no-answer'
  | 'dataset.row.empty-answer'
  | 'dataset.row.empty-prompt'
  | 'dataset.row.same-answers'
  | 'dataset.row.different-prompts'
  | 'dataset.row.unsupported-format';

/** Why a row cannot be read or trained on. The rule of the code has the words around the detail, and the remedy. */
export class RowFault extends Error {
  override readonly name = 'RowFault';
  readonly code: RowFaultCode;

  /** @param detail what exactly, for the message; empty when the rule's sentence says it all */
  constructor(code: RowFaultCode, detail = '') {
    super(detail);
    this.code = code;
  }

  get detail(): string {
    return this.message;
  }
}

/** Why an example cannot be written in a format; the message completes "it cannot be written: …". */
export class Refusal extends Error {
  override readonly name = 'Refusal';
}

/** Rows come with known columns in the format's own spelling and without columns that are null; see `presentColumns`. */
export interface Format {
  readonly id: FormatId;
  /** "OpenAI chat" */
  readonly title: string;
  /** what training takes it for; undefined when it cannot be trained on yet */
  readonly trainsAs: DatasetFormat | undefined;
  /** why its rows are read and never trained on, whatever they say */
  readonly trainingFault?: { readonly code: RowFaultCode; readonly detail: string };
  /** "rated completions (KTO)"; completes "it holds …" */
  readonly holds: string;
  /** rows as its documentation writes them; together they use every field of it */
  readonly samples: readonly Fields[];
  /** @param columns of a row; whether the row may be one of this format */
  hasColumns(columns: ReadonlySet<string>): boolean;
  /** Whether a row with such columns is one; left out when the columns are enough. */
  recognizes?(row: Fields): boolean;
  /** @throws RowFault */
  read(row: Fields): Example;
  /** Writes as much of the example as the format can say. @throws Refusal when that would be another example. */
  write(example: Example): Fields;
}
