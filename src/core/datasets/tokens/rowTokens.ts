/** What is counted of a row, and who counts. */

import type { ChatMessage } from '../../../engine/text/chat.ts';

/** One conversation in tokens, as it is trained on. */
export interface RowTokens {
  readonly total: number;
  /** of `total`, those that are trained on */
  readonly trained: number;
  /** how many come before the first that is trained on; `total` when none is */
  readonly beforeTrained: number;
  /** the answer does not end in a token that ends answers */
  readonly isOpen: boolean;
}

export interface RowCounter {
  /** as `TokenProfile.model` */
  readonly model: string;
  readonly isEstimate: boolean;
  /** @returns a sentence without its end, where the model's chat template does not accept the conversation */
  count(messages: readonly ChatMessage[], row: number): RowTokens | string;
  /** the first of the model's special tokens in a text */
  findSpecial(text: string): string | undefined;
  /** the text that begins what the model reads, where its template prints it */
  readonly bos: string | undefined;
}
