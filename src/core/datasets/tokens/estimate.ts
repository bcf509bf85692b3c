/** Guesses tokens from characters, where there is no tokenizer. */

import type { ChatMessage } from '../../../engine/text/chat.ts';
import type { RowCounter, RowTokens } from './rowTokens.ts';

/** "One token generally corresponds to ~4 characters of text for common English text": OpenAI's tokenizer page. In bytes, the ratio holds for other scripts, too. */
const BYTES_A_TOKEN = 4;

/** Of ChatML, what stands before and after the text of a turn: `<|im_start|>`, role, line break; `<|im_end|>`, line break. */
const BEFORE_TURN = 3;
const AFTER_TURN = 2;

export class EstimatedTokens implements RowCounter {
  readonly model = 'estimate';
  readonly isEstimate = true;
  readonly bos = undefined;

  count(messages: readonly ChatMessage[]): RowTokens {
    let total = 0;
    let trained = 0;
    let beforeTrained: number | undefined;
    for (const { role, content, weight } of messages) {
      const tokens = Math.ceil(Buffer.byteLength(content) / BYTES_A_TOKEN);
      if (role === 'assistant' && weight !== 0) {
        trained += tokens + 1;
        beforeTrained ??= total + BEFORE_TURN;
      }
      total += BEFORE_TURN + tokens + AFTER_TURN;
    }
    return { total, trained, beforeTrained: beforeTrained ?? total, isOpen: false };
  }

  findSpecial(): undefined {
    return undefined;
  }
}
