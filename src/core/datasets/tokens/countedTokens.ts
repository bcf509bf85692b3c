/** Counts the tokens of conversations as a model reads them, at the speed of reading their characters. */

import { UserError } from '../../errors.ts';
import type { ChatMessage, ModelTokenizer } from '../../../engine/text/chat.ts';
import { AddedTokenFinder } from './addedTokens.ts';
import { ChunkCounter } from './chunkCounter.ts';
import type { RowCounter, RowTokens } from './rowTokens.ts';
import { Shape, tokensOf, type Counting } from './shape.ts';
import { soundCuts } from './soundCuts.ts';

/** How often a shape's sums are compared with the tokenizer's own: for its first row, and each time it has this many times as many. */
const CHECKED_EVERY = 16;
const LONGEST_CHECKED = 20_000;

/** Of rows that have to be tokenized as they are, at about 1 MB/s; others are then off by a token or two a turn. */
const CHARACTERS_IN_FULL = 5_000_000;

/** More different orders of roles are as good as none. */
const SHAPES = 2000;

/** Gemma has one, "> </": so many can be looked for in every text. With more of them, no text is cut. */
const FEW_JOINED = 50;

interface Known {
  /** or why the template does not accept such a conversation */
  readonly shape: Shape | string;
  rows: number;
  nextCheck: number;
}

/**
 * Equal to `tokenizeExample` for rows whose texts hold none of the model's added tokens and for which the template does
 * not change more than the space around them; others are tokenized as they are, up to a limit.
 */
export class CountedTokens implements RowCounter {
  readonly model: string;
  readonly isEstimate = false;
  readonly bos: string | undefined;
  readonly #counting: Counting;
  readonly #shapes = new Map<string, Known>();
  #charactersLeft = CHARACTERS_IN_FULL;

  constructor(model: string, tokenizer: ModelTokenizer) {
    this.model = model;
    this.bos = printsBos(tokenizer) ? tokenizer.bos : undefined;
    const { joinedWords } = tokenizer;
    const { encode, kinds, isAdditive } = soundCuts((text) => tokenizer.encode(text).length);
    this.#counting = {
      tokenizer,
      counter: new ChunkCounter(encode, joinedWords.length > FEW_JOINED ? new Set() : kinds),
      added: new AddedTokenFinder(tokenizer.addedTokens, [...tokenizer.templateMarks, ...joinedWords.slice(0, FEW_JOINED)]),
      isAdditive: isAdditive && joinedWords.length <= FEW_JOINED,
    };
  }

  findSpecial(text: string): string | undefined {
    return this.#counting.added.findSpecial(text);
  }

  /** @throws UserError "model.chat-template.missing" */
  count(messages: readonly ChatMessage[], row: number): RowTokens | string {
    try {
      const known = this.#shapeOf(messages);
      const { shape } = known;
      if (typeof shape === 'string') return shape;
      known.rows++;
      if (shape.isExact && shape.isPlain(messages)) {
        if (known.rows >= known.nextCheck && lengthOf(messages) <= LONGEST_CHECKED) {
          known.nextCheck = known.rows * CHECKED_EVERY;
          shape.isExact = shape.agrees(messages, row);
        }
        if (shape.isExact) return shape.count(messages);
      }
      const length = lengthOf(messages);
      if (length > this.#charactersLeft) return shape.count(messages);
      this.#charactersLeft -= length;
      const example = this.#counting.tokenizer.tokenizeExample(messages, row);
      return { ...tokensOf(example), isOpen: shape.isOpen(example) };
    } catch (fault) {
      return refusal(fault);
    }
  }

  #shapeOf(messages: readonly ChatMessage[]): Known {
    let key = '';
    for (const { role, weight } of messages) key += role === 'assistant' && weight === 0 ? 'x' : role[0];
    let known = this.#shapes.get(key);
    if (known) return known;
    if (this.#shapes.size === SHAPES) this.#shapes.clear();
    known = { shape: this.#learn(messages), rows: 0, nextCheck: 1 };
    this.#shapes.set(key, known);
    return known;
  }

  #learn(messages: readonly ChatMessage[]): Shape | string {
    try {
      return new Shape(messages, this.#counting);
    } catch (fault) {
      return refusal(fault);
    }
  }
}

function printsBos(tokenizer: ModelTokenizer): boolean {
  const { bos } = tokenizer;
  try {
    return bos !== undefined && tokenizer.render([{ role: 'user', content: 'question' }, { role: 'assistant', content: 'answer' }]).startsWith(bos);
  } catch {
    // A template that refuses this says so of the rows.
    return false;
  }
}

/** @returns what the template says, without the number of the row */
function refusal(fault: unknown): string {
  if (!(fault instanceof UserError) || !fault.code.startsWith('chat.template.')) throw fault;
  return fault.message.replace(/^Row \d+: /, '').replace(/\.$/, '');
}

function lengthOf(messages: readonly ChatMessage[]): number {
  let length = 0;
  for (const { content } of messages) length += content.length;
  return length;
}
