/** A row as a model reads it in training: its tokens, and which of them are trained on. */

import type { ChatMessage, ChatTokenizer, SpelledToken, TokenSpeller } from '../../engine/text/chat.ts';
import type { RawRow } from './readers/rows.ts';
import { RowFault } from './formats/format.ts';
import { understandRow } from './rowView.ts';
import { ROW_RULES } from './rules/catalogue.ts';

export interface TokenPiece {
  readonly id: number;
  /** '' of a token that holds only the first bytes of a character, which the next one completes */
  readonly text: string;
  readonly isSpecial: boolean;
  readonly isTrained: boolean;
}

/** One conversation in tokens. */
export interface TokenSide {
  /** '' where the row has one conversation only */
  readonly title: string;
  /** the first of them, at most `TOKENS_SHOWN` */
  readonly pieces: readonly TokenPiece[];
  readonly total: number;
  /** of `total`, those that are trained on */
  readonly trained: number;
  /** the special tokens among all, in the order they first come */
  readonly specials: readonly { readonly id: number; readonly text: string; readonly count: number }[];
}

export interface TokenView {
  readonly row: number;
  /** one, or of a pair the better answer and the worse; none where the row is not trained on */
  readonly sides: readonly TokenSide[];
  /** why the row is not trained on, completing "Row 4 …" */
  readonly fault: string | undefined;
}

/** More spans than these make a page slow, and nobody reads them. */
export const TOKENS_SHOWN = 4000;

/**
 * The ids and the mask are those of training, before rows that are too long are cut.
 *
 * @throws UserError "chat.template.refused", "chat.template.answer-lost", "model.chat-template.missing"
 */
export function tokenView(raw: RawRow, tokenizer: ChatTokenizer & TokenSpeller): TokenView {
  const { row } = raw;
  const understood = understandRow(raw);
  const fault = !('example' in understood) ? understood : understood.trainable instanceof RowFault ? understood.trainable : undefined;
  if (fault) return { row, sides: [], fault: fault.detail === '' ? ROW_RULES[fault.code].one : `${ROW_RULES[fault.code].one}: ${fault.detail}` };
  if (!('example' in understood) || understood.trainable instanceof RowFault) return { row, sides: [], fault: undefined };
  const { messages, rejected } = understood.trainable;
  const side = (title: string, turns: readonly ChatMessage[]): TokenSide => sideOf(title, turns, row, tokenizer);
  return { row, sides: rejected ? [side('Better answer', messages), side('Worse answer', rejected)] : [side('', messages)], fault: undefined };
}

function sideOf(title: string, messages: readonly ChatMessage[], row: number, tokenizer: ChatTokenizer & TokenSpeller): TokenSide {
  const { ids, trained } = tokenizer.tokenizeExample(messages, row);
  const shown = tokenizer.spell(ids.subarray(0, TOKENS_SHOWN));
  return {
    title,
    pieces: shown.map((token, i) => ({ ...token, isTrained: trained[i] === 1 })),
    total: ids.length,
    trained: trained.reduce((sum, one) => sum + one, 0),
    specials: countSpecials(tokenizer.spell(ids)),
  };
}

function countSpecials(tokens: readonly SpelledToken[]): TokenSide['specials'] {
  const counts = new Map<number, { id: number; text: string; count: number }>();
  for (const { id, text, isSpecial } of tokens) {
    if (!isSpecial) continue;
    const known = counts.get(id);
    if (known) known.count++;
    else counts.set(id, { id, text, count: 1 });
  }
  return [...counts.values()];
}
