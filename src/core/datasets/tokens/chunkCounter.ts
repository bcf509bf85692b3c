/** Counts tokens of texts piece by piece, and asks the tokenizer only for pieces that it has not seen. */

import { CLASS_BITS, classesOfUnits, CUT, cutTable, isCutThere, LETTER, NO_CUT, type CutKind } from './cuts.ts';

const FIRST_SLOTS = 4096;
const MOST_SLOTS = 2 ** 20;
const STRIDE_BITS = 2;
const STRIDE = 1 << STRIDE_BITS;

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

/** Remembers at most half a million pieces, in 16 MB. */
export class ChunkCounter {
  readonly #encode: PieceEncoder;
  readonly #table: Uint8Array;
  readonly #classes = classesOfUnits();
  /** of each piece the two halves of its hash and its tokens plus one, which is 0 where there is no piece; side by side, to be in the cache together */
  #slots = new Int32Array(FIRST_SLOTS * STRIDE);
  #size = 0;

  constructor(encode: PieceEncoder, kinds: ReadonlySet<CutKind>) {
    this.#encode = encode;
    this.#table = cutTable(kinds);
  }

  /** @returns how many tokens a text has that holds no added token */
  count(text: string): number {
    return this.#walk(text);
  }

  /** Whether the tokens of two texts together are those of the one and those of the other. */
  cutsBetween(before: string, after: string): boolean {
    if (before === '' || after === '') return true;
    let isCut = false;
    this.#walk(before + after, (place) => (isCut ||= place === before.length));
    return isCut;
  }

  /** @param tell hears of the places of the cuts */
  #walk(text: string, tell?: (place: number) => void): number {
    const table = this.#table;
    const classes = this.#classes;
    const { length } = text;
    let tokens = 0;
    let start = 0;
    let before = 0;
    let low = FIRST_SEED;
    let high = FIRST_SEED;
    for (let i = 0; i < length; ) {
      let unit = text.charCodeAt(i);
      const kind = classes[unit];
      const cut = table[(before << CLASS_BITS) | kind];
      before = kind;
      if (cut !== NO_CUT && i > start && (cut === CUT || isCutThere(cut, text, i, start, classes))) {
        tokens += this.#lookUp(text, start, i, low, high);
        start = i;
        low = SEED;
        high = SEED;
        tell?.(i);
      }
      // Words are most of a text, and nothing is cut inside of one.
      do {
        low = Math.imul(low ^ unit, 0x5f356495);
        high = Math.imul(high + unit, 0x9e3779b1);
        if (++i === length) break;
        unit = text.charCodeAt(i);
      } while (kind === LETTER && classes[unit] === LETTER);
    }
    if (length > start) tokens += this.#lookUp(text, start, length, low, high);
    return tokens;
  }

  #lookUp(text: string, start: number, end: number, low: number, high: number): number {
    const slots = this.#slots;
    const slot = findSlot(slots, low, high);
    const known = slots[slot + 2];
    if (known !== 0) return known - 1;
    const count = this.#countPiece(text, start, end);
    slots[slot] = low;
    slots[slot + 1] = high;
    slots[slot + 2] = count + 1;
    if (++this.#size * 2 * STRIDE > slots.length) this.#makeRoom();
    return count;
  }

  #countPiece(text: string, start: number, end: number): number {
    let count = 0;
    for (let from = start; from < end; from += LONGEST) count += this.#encode(text.slice(from, Math.min(end, from + LONGEST)), from === 0);
    return count;
  }

  #makeRoom(): void {
    const old = this.#slots;
    this.#size = 0;
    // A file that goes on with new pieces for ever has no use for the first ones.
    if (old.length === MOST_SLOTS * STRIDE) {
      this.#slots = new Int32Array(FIRST_SLOTS * STRIDE);
      return;
    }
    const slots = (this.#slots = new Int32Array(2 * old.length));
    for (let from = 0; from < old.length; from += STRIDE) {
      if (old[from + 2] === 0) continue;
      slots.set(old.subarray(from, from + STRIDE), findSlot(slots, old[from], old[from + 1]));
      this.#size++;
    }
  }
}

/** Where a piece is, or the free place where it belongs. */
function findSlot(slots: Int32Array, low: number, high: number): number {
  const mask = slots.length - 1;
  let slot = ((low ^ (low >>> 15) ^ high) << STRIDE_BITS) & mask;
  while (slots[slot + 2] !== 0 && (slots[slot] !== low || slots[slot + 1] !== high)) slot = (slot + STRIDE) & mask;
  return slot;
}
