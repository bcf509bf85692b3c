/** Counts tokens of texts piece by piece, and asks the tokenizer only for pieces that it has not seen. */

import { CLASS_BITS, classesOfUnits, CUT, cutTable, isCutThere, NO_CUT, type CutKind } from './cuts.ts';

const FIRST_SLOTS = 4096;
const MOST_SLOTS = 2 ** 20;

/** Longer pieces are cut anyway, at the price of a token or two: merging takes more time the longer a piece is. */
const LONGEST = 4000;

const FIRST_SEED = 0x41c6ce57;
const SEED = 0x2545f491;

/**
 * How many tokens a piece has; never an empty one.
 *
 * @param isFirst whether it begins the text: some tokenizers put a space before that
 */
export type PieceEncoder = (piece: string, isFirst: boolean) => number;

/** Remembers at most half a million pieces, in 12 MB. */
export class ChunkCounter {
  readonly #encode: PieceEncoder;
  readonly #table: Uint8Array;
  readonly #classes = classesOfUnits();
  #low = new Int32Array(FIRST_SLOTS);
  #high = new Int32Array(FIRST_SLOTS);
  /** plus one; 0 where there is no piece */
  #counts = new Uint32Array(FIRST_SLOTS);
  #size = 0;

  constructor(encode: PieceEncoder, kinds: ReadonlySet<CutKind>) {
    this.#encode = encode;
    this.#table = cutTable(kinds);
  }

  /** @returns how many tokens a text has that holds no added token */
  count(text: string): number {
    return this.#walk(text).tokens;
  }

  /** Whether the tokens of two texts together are those of the one and those of the other. */
  cutsBetween(before: string, after: string): boolean {
    return before === '' || after === '' || this.#walk(before + after, before.length).isCut;
  }

  #walk(text: string, watched = -1): { readonly tokens: number; readonly isCut: boolean } {
    const table = this.#table;
    const classes = this.#classes;
    let tokens = 0;
    let isCut = false;
    let start = 0;
    let before = 0;
    let low = FIRST_SEED;
    let high = FIRST_SEED;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      const kind = classes[unit];
      const cut = table[(before << CLASS_BITS) | kind];
      before = kind;
      if (cut !== NO_CUT && i > start && (cut === CUT || isCutThere(cut, text, i, start))) {
        tokens += this.#lookUp(text, start, i, low, high);
        start = i;
        low = SEED;
        high = SEED;
        if (i === watched) isCut = true;
      }
      low = Math.imul(low ^ unit, 0x5f356495);
      high = Math.imul(high + unit, 0x9e3779b1);
    }
    if (text.length > start) tokens += this.#lookUp(text, start, text.length, low, high);
    return { tokens, isCut };
  }

  #lookUp(text: string, start: number, end: number, low: number, high: number): number {
    const lows = this.#low;
    const highs = this.#high;
    const counts = this.#counts;
    const mask = counts.length - 1;
    let slot = (low ^ (low >>> 15) ^ high) & mask;
    for (let known = counts[slot]; known !== 0; known = counts[slot]) {
      if (lows[slot] === low && highs[slot] === high) return known - 1;
      slot = (slot + 1) & mask;
    }
    const count = this.#countPiece(text, start, end);
    this.#low[slot] = low;
    this.#high[slot] = high;
    this.#counts[slot] = count + 1;
    if (++this.#size * 2 > this.#counts.length) this.#makeRoom();
    return count;
  }

  #countPiece(text: string, start: number, end: number): number {
    let count = 0;
    for (let from = start; from < end; from += LONGEST) count += this.#encode(text.slice(from, Math.min(end, from + LONGEST)), from === 0);
    return count;
  }

  #makeRoom(): void {
    const { length } = this.#counts;
    const [oldLow, oldHigh, oldCounts] = [this.#low, this.#high, this.#counts];
    // A file that goes on with new pieces for ever has no use for the first ones.
    const isFull = length === MOST_SLOTS;
    const slots = isFull ? FIRST_SLOTS : 2 * length;
    this.#low = new Int32Array(slots);
    this.#high = new Int32Array(slots);
    this.#counts = new Uint32Array(slots);
    this.#size = 0;
    if (isFull) return;
    for (let i = 0; i < length; i++) {
      const count = oldCounts[i] ?? 0;
      if (count === 0) continue;
      const [low, high] = [oldLow[i] ?? 0, oldHigh[i] ?? 0];
      let slot = (low ^ (low >>> 15) ^ high) & (slots - 1);
      while (this.#counts[slot] !== 0) slot = (slot + 1) & (slots - 1);
      this.#low[slot] = low;
      this.#high[slot] = high;
      this.#counts[slot] = count;
      this.#size++;
    }
  }
}
