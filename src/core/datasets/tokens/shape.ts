/** Learns what a chat template adds to conversations of the same roles, so that only their texts have to be counted. */

import type { ChatMessage, ModelTokenizer, TokenizedExample } from '../../../engine/text/chat.ts';
import type { AddedTokenFinder } from './addedTokens.ts';
import type { ChunkCounter } from './chunkCounter.ts';
import type { RowTokens } from './rowTokens.ts';

/** Where the text of a turn stands. */
interface Slot {
  /** what stands between the text and the closest added tokens before and after it */
  readonly before: string;
  readonly after: string;
  /** tokens of the two, where they are counted apart from the text */
  readonly frame: number;
  /** the text is counted together with them, for there is no cut between */
  readonly isJoint: boolean;
  readonly isTrained: boolean;
  /** the template takes white space off both ends; undefined when it does something else with it */
  readonly trims: boolean | undefined;
  /** whether a text that begins with this ASCII character can be counted apart from `before`: 0 not asked yet, 1 no, 2 yes */
  readonly begins: Uint8Array;
  /** the text of the row before, which is often that of the next: instructions, labels */
  readonly last: { plain: string | undefined; counted: string | undefined; tokens: number };
}

/** What to count with. */
export interface Counting {
  readonly tokenizer: ModelTokenizer;
  readonly counter: ChunkCounter;
  readonly added: AddedTokenFinder;
  /** see `SoundCuts` */
  readonly isAdditive: boolean;
}

const ASCII = 128;

/** No template prints or changes them. */
const PROBES = [(turn: number) => `Probe${letters(turn)}Q`, (turn: number) => `One two ${letters(turn)}, three 456.\nFour Q`] as const;
const OUTER_SPACE = '\n \n';
/** What a text begins with, when nothing else is known of it. */
const TYPICAL = 'Pr';

/**
 * Conversations with the same roles in the same order, and the same turns to train on.
 *
 * @see ChatTemplate.renderForTraining: what is trained on is decided there
 */
export class Shape {
  readonly #counting: Counting;
  readonly #slots: readonly Slot[];
  /** what the template adds: to the tokens, to those that are trained on, to those before the first of these */
  readonly #added: { readonly total: number; readonly trained: number; readonly beforeTrained: number };
  readonly #isOpen: boolean;
  /** whether the sums have come out as the tokenizer's own so far */
  isExact: boolean;

  /** @throws UserError as `tokenizeExample` and `render` */
  constructor(messages: readonly ChatMessage[], counting: Counting) {
    this.#counting = counting;
    const [probed, other] = PROBES.map((probe) => messages.map((message, turn): ChatMessage => ({ ...message, content: probe(turn) })));
    const { slots, isClean } = slotsOf(probed, counting);
    this.#slots = slots;
    const example = counting.tokenizer.tokenizeExample(probed, 1);
    const known = tokensOf(example);
    this.#isOpen = this.isOpen(example);
    this.#added = { total: 0, trained: 0, beforeTrained: 0 };
    const sums = this.#sum(probed);
    this.#added = { total: known.total - sums.total, trained: known.trained - sums.trained, beforeTrained: known.beforeTrained - sums.beforeTrained };
    this.isExact = isClean && this.agrees(other, 1);
  }

  /** @returns the sums, exact only when `isExact` and `isPlain` say so */
  count(messages: readonly ChatMessage[]): RowTokens {
    const { total, trained, beforeTrained } = this.#sum(messages);
    return { total, trained, beforeTrained, isOpen: this.#isOpen };
  }

  /** Whether the template puts the texts into the rest as they are, and their tokens end where they do. */
  isPlain(messages: readonly ChatMessage[]): boolean {
    return this.#slots.every((slot, turn) => {
      const { content } = messages[turn];
      if (content === slot.last.plain) return true;
      const isPlain = this.#isPlainIn(slot, content);
      if (isPlain) slot.last.plain = content;
      return isPlain;
    });
  }

  #isPlainIn(slot: Slot, content: string): boolean {
    const inner = content.trim();
    if (inner === '' || (slot.trims === undefined && inner !== content) || this.#counting.added.has(content)) return false;
    const text = slot.trims === true ? inner : content;
    if (slot.isJoint) return !slot.isTrained || inner === text;
    return this.#begins(slot, text) && this.#counting.counter.cutsBetween(text.slice(-4), slot.after);
  }

  /** Whether the last token that is trained on ends no answer. */
  isOpen({ ids, trained }: TokenizedExample): boolean {
    const last = trained.lastIndexOf(1);
    return last >= 0 && !this.#counting.tokenizer.endIds.includes(ids[last]);
  }

  /** Whether the sums are those of the tokenizer. @throws UserError as `tokenizeExample` */
  agrees(messages: readonly ChatMessage[], row: number): boolean {
    const real = tokensOf(this.#counting.tokenizer.tokenizeExample(messages, row));
    const { total, trained, beforeTrained } = this.#sum(messages);
    return real.total === total && real.trained === trained && real.beforeTrained === beforeTrained;
  }

  #begins({ begins, before }: Slot, text: string): boolean {
    const { counter } = this.#counting;
    const unit = text.charCodeAt(0);
    if (unit >= ASCII) return counter.cutsBetween(before, text.slice(0, 2));
    begins[unit] ||= counter.cutsBetween(before, text.slice(0, 2)) ? 2 : 1;
    return begins[unit] === 2;
  }

  #sum(messages: readonly ChatMessage[]): { readonly total: number; readonly trained: number; readonly beforeTrained: number } {
    let { total, trained, beforeTrained } = this.#added;
    let isBefore = true;
    for (let turn = 0; turn < this.#slots.length; turn++) {
      const slot = this.#slots[turn];
      const tokens = this.#tokensIn(slot, messages[turn].content);
      total += tokens;
      if (slot.isTrained) {
        trained += tokens;
        isBefore = false;
      } else if (isBefore) beforeTrained += tokens;
    }
    return { total, trained, beforeTrained: isBefore ? total : beforeTrained };
  }

  #tokensIn({ before, after, frame, isJoint, trims, last }: Slot, content: string): number {
    if (content === last.counted) return last.tokens;
    const { counter } = this.#counting;
    const text = trims === true ? content.trim() : content;
    last.tokens = isJoint ? counter.count(before + text + after) : frame + counter.count(text);
    last.counted = content;
    return last.tokens;
  }
}

export function tokensOf({ ids, trained }: TokenizedExample): { readonly total: number; readonly trained: number; readonly beforeTrained: number } {
  const first = trained.indexOf(1);
  return { total: ids.length, trained: trained.reduce((sum, one) => sum + one, 0), beforeTrained: first < 0 ? ids.length : first };
}

/** @returns `isClean` when every text stands once, in order, and what is between any two can be divided */
function slotsOf(probed: readonly ChatMessage[], counting: Counting): { readonly slots: readonly Slot[]; readonly isClean: boolean } {
  const { tokenizer, counter, isAdditive } = counting;
  const pieces = splitAt(tokenizer.render(probed), probed);
  const spaced = pieces && renderOuterSpace(probed, tokenizer);
  const frames = pieces?.map((piece, i) => divide(piece, i === 0 || i === probed.length, counting));
  const slots = probed.map(({ role, weight }, turn): Slot => {
    const before = frames?.[turn]?.after ?? '';
    const after = frames?.[turn + 1]?.before ?? '';
    return {
      before,
      after,
      frame: counter.count(before) + counter.count(after),
      isJoint: !isAdditive || !counter.cutsBetween(before, TYPICAL) || !counter.cutsBetween(TYPICAL, after),
      isTrained: role === 'assistant' && weight !== 0,
      trims: spaced && pieces ? trimsAt(turn, pieces, spaced) : undefined,
      begins: new Uint8Array(ASCII),
      last: { plain: undefined, counted: undefined, tokens: 0 },
    };
  });
  return { slots, isClean: frames?.every((frame) => frame !== undefined) ?? false };
}

/** What of a template's text belongs to the text before it, and what to the one after it; undefined when that cannot be told apart. */
function divide(literal: string, isOuter: boolean, { added, counter, isAdditive }: Counting): { readonly before: string; readonly after: string } | undefined {
  const around = added.around(literal);
  if (around || isOuter) return around ?? { before: literal, after: literal };
  for (let at = literal.length; isAdditive && at > 0; at--) {
    if (counter.cutsBetween(literal.slice(0, at), literal.slice(at) + TYPICAL)) return { before: literal.slice(0, at), after: literal.slice(at) };
  }
  return undefined;
}

/** What stands before, between and behind the contents; undefined when they are not all there once and in order. */
function splitAt(text: string, messages: readonly ChatMessage[]): readonly string[] | undefined {
  const pieces: string[] = [];
  let from = 0;
  for (const { content } of messages) {
    const at = text.indexOf(content, from);
    if (at < 0 || text.split(content).length !== 2) return undefined;
    pieces.push(text.slice(from, at));
    from = at + content.length;
  }
  return [...pieces, text.slice(from)];
}

function renderOuterSpace(probed: readonly ChatMessage[], tokenizer: ModelTokenizer): readonly string[] | undefined {
  try {
    return splitAt(tokenizer.render(probed.map((message) => ({ ...message, content: OUTER_SPACE + message.content + OUTER_SPACE }))), probed);
  } catch {
    return undefined;
  }
}

/** @param spaced as `pieces`, with space around each text */
function trimsAt(turn: number, pieces: readonly string[], spaced: readonly string[]): boolean | undefined {
  const isKept = (spaced[turn] ?? '').endsWith((pieces[turn] ?? '') + OUTER_SPACE) && (spaced[turn + 1] ?? '').startsWith(OUTER_SPACE + (pieces[turn + 1] ?? ''));
  if (isKept) return false;
  const isTrimmed = (spaced[turn] ?? '').endsWith(pieces[turn] ?? '') && (spaced[turn + 1] ?? '').startsWith(pieces[turn + 1] ?? '');
  return isTrimmed ? true : undefined;
}

/** A number in letters, none a beginning of another one with what follows. */
function letters(turn: number): string {
  return [...turn.toString(26)].map((digit) => String.fromCharCode(0x61 + parseInt(digit, 26))).join('');
}
