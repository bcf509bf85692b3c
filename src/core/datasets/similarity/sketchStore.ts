/** Keeps the sketches of millions of texts in 36 bytes each, and the keys by which alike ones meet on disk. */

import { RowList } from '../rowList.ts';
import { BINS } from './minHash.ts';
import { mix } from './shingles.ts';
import { SpillFile } from './spillFile.ts';

/**
 * Two sketches meet when all values of one of the bands are the same: for a Jaccard index of 0.8 in 1 − (1 − 0.8⁶)²⁰,
 * 99.8%, of cases, for 0.5 in 27%.
 *
 * @see Leskovec, Rajaraman & Ullman, "Mining of massive datasets", §3.4.2
 */
export const BANDS = 20;
const BAND_BINS = 6;

/** Of each value 2 bits are kept. @see Li & König 2010, "b-bit minwise hashing" */
const BITS = 2;
const BY_CHANCE = 1 / 2 ** BITS;
const BINS_A_WORD = 32 / BITS;
const WORDS = BINS / BINS_A_WORD;
const LOW_BITS = 0x55555555;

export interface StoreLimits {
  /** entries that are written to disk together */
  readonly block: number;
  /** blocks of keys in memory before others go to disk; 320 kB each */
  readonly blocksKept: number;
}

const LIMITS: StoreLimits = { block: 4096, blocksKept: 16 };

/** An entry is a number from 0, in the order of adding. */
export class SketchStore {
  readonly #limits: StoreLimits;
  readonly #rows = new RowList();
  /** `WORDS` numbers an entry, a block of entries each */
  readonly #words: Uint32Array[] = [];
  /** the keys of the first blocks, band after band */
  readonly #keys: Uint32Array[] = [];
  /** of the block that is being filled, when it is one for the disk */
  #spilling: Uint32Array | undefined;
  #spilled: SpillFile | undefined;
  #column: Uint32Array | undefined;

  constructor(limits: StoreLimits = LIMITS) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#rows.count;
  }

  rowOf(entry: number): number {
    return this.#rows.rows[entry] ?? 0;
  }

  /** @throws UserError "dataset.temporary-file" */
  add(row: number, sketch: Uint32Array): void {
    const { block } = this.#limits;
    const entry = this.size;
    const at = entry % block;
    if (at === 0) this.#words.push(new Uint32Array(block * WORDS));
    const words = this.#words.at(-1);
    const keys = this.#keysFor(entry);
    if (!words) return;
    let bin = 0;
    for (let word = at * WORDS; word < (at + 1) * WORDS; word++) {
      let packed = 0;
      for (const end = bin + BINS_A_WORD; bin < end; bin++) {
        // Bins that borrowed the same value shall not agree by the same chance.
        packed = (packed << BITS) | (Math.imul(sketch[bin] + Math.imul(bin, 0x9e3779b1), 0x846ca68b) >>> (32 - BITS));
      }
      words[word] = packed;
    }
    bin = 0;
    for (let band = 0; band < BANDS; band++) {
      let key = band + 1;
      for (const end = bin + BAND_BINS; bin < end; bin++) {
        key = Math.imul(key ^ sketch[bin], 0x7feb352d);
        key ^= key >>> 15;
      }
      keys[band * block + at] = mix(key);
    }
    this.#rows.add(row);
    if (at === block - 1 && keys === this.#spilling) {
      this.#spilled ??= new SpillFile();
      this.#spilled.append(keys);
    }
  }

  /** @returns the Jaccard index of what two entries stand for, from −⅓ to 1 */
  similarity(a: number, b: number): number {
    const { block } = this.#limits;
    const wordsOfA = this.#words[Math.floor(a / block)];
    const wordsOfB = this.#words[Math.floor(b / block)];
    let different = 0;
    for (let word = 0; word < WORDS; word++) {
      const bits = (wordsOfA?.[(a % block) * WORDS + word] ?? 0) ^ (wordsOfB?.[(b % block) * WORDS + word] ?? 0);
      different += countBits((bits | (bits >>> 1)) & LOW_BITS);
    }
    return (1 - different / BINS - BY_CHANCE) / (1 - BY_CHANCE);
  }

  /** Tells the key that each entry has in a band, in the order of the entries. */
  forEachKey(band: number, tell: (key: number, entry: number) => void): void {
    const { block } = this.#limits;
    for (let start = 0; start < this.size; start += block) {
      const keys = this.#columnOf(start / block, band);
      const count = Math.min(block, this.size - start);
      for (let i = 0; i < count; i++) tell(keys[i], start + i);
    }
  }

  #keysFor(entry: number): Uint32Array {
    const { block, blocksKept } = this.#limits;
    const index = Math.floor(entry / block);
    if (index >= blocksKept) return (this.#spilling ??= new Uint32Array(block * BANDS));
    return (this.#keys[index] ??= new Uint32Array(block * BANDS));
  }

  #columnOf(index: number, band: number): Uint32Array {
    const { block, blocksKept } = this.#limits;
    const whole = this.#keys[index] ?? (index === Math.floor(this.size / block) ? this.#spilling : undefined);
    if (whole) return whole.subarray(band * block, (band + 1) * block);
    this.#column ??= new Uint32Array(block);
    this.#spilled?.read(((index - blocksKept) * BANDS + band) * block, this.#column);
    return this.#column;
  }
}

/** @see Warren, "Hacker's delight", figure 5-2; of bits at even places only */
function countBits(bits: number): number {
  let count = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  count = (count + (count >>> 4)) & 0x0f0f0f0f;
  return Math.imul(count, 0x01010101) >>> 24;
}
