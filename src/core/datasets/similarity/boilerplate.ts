/** What many rows of a file share, such as the instructions of a template: it makes no two of them alike. */

import { shingleLengths, Shingler } from './shingles.ts';

/** Rows that tell; more characters than these are not looked at. */
export const SAMPLED_ROWS = 1000;
export const SAMPLED_CHARACTERS = 2_000_000;
/** In fewer rows, what is shared may as well be a repetition. */
const LEAST_ROWS = 50;
const SHARE = 0.1;

const FILTER_BITS = 16;

/** A set of shingles that can be taken out of others fast. */
export class Boilerplate {
  readonly #shingles: ReadonlySet<number>;
  /** by the low bits of a shingle: whether any of those is one */
  readonly #mayHold = new Uint8Array(2 ** FILTER_BITS);
  #left = new Uint32Array(1024);

  constructor(shingles: ReadonlySet<number>) {
    this.#shingles = shingles;
    for (const shingle of shingles) this.#mayHold[shingle & (2 ** FILTER_BITS - 1)] = 1;
  }

  get isEmpty(): boolean {
    return this.#shingles.size === 0;
  }

  /** @returns those that only few rows have, in a view that the next call changes; all of them where there is no such one */
  without(shingles: Uint32Array): Uint32Array {
    if (this.#left.length < shingles.length) this.#left = new Uint32Array(2 * shingles.length);
    const left = this.#left;
    let count = 0;
    for (let i = 0; i < shingles.length; i++) {
      const shingle = shingles[i];
      if (this.#mayHold[shingle & (2 ** FILTER_BITS - 1)] === 1 && this.#shingles.has(shingle)) continue;
      left[count++] = shingle;
    }
    return count === 0 ? shingles : left.subarray(0, count);
  }
}

/**
 * The shingles of two words and more that a tenth of the rows has. Single words, by which short texts are compared, say
 * too little about where a text comes from.
 *
 * @param rows of each its texts
 */
export function findBoilerplate(rows: readonly (readonly string[])[]): Boilerplate {
  const counts = new Map<number, number>();
  if (rows.length >= LEAST_ROWS) {
    const shingler = new Shingler();
    for (const texts of rows) {
      const lengths = shingleLengths(shingler.read(texts)).filter((length) => length > 1);
      for (const shingle of new Set(lengths.flatMap((length) => [...shingler.shingles(length)]))) counts.set(shingle, (counts.get(shingle) ?? 0) + 1);
    }
  }
  return new Boilerplate(new Set([...counts].filter(([, count]) => count >= SHARE * rows.length).map(([shingle]) => shingle)));
}

/** The first rows of a file, until they are enough. */
export class Sample<Row extends { readonly texts: readonly string[] }> {
  readonly rows: Row[] = [];
  #characters = 0;

  /** @returns whether that was enough */
  add(row: Row): boolean {
    this.rows.push(row);
    this.#characters += row.texts.reduce((sum, text) => sum + text.length, 0);
    return this.rows.length === SAMPLED_ROWS || this.#characters >= SAMPLED_CHARACTERS;
  }

  findBoilerplate(): Boilerplate {
    return findBoilerplate(this.rows.map(({ texts }) => texts));
  }
}
