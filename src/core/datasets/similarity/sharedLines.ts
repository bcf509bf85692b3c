/** Leaves out the lines that most rows of a dataset have: instructions around what a row is about make all rows look alike. */

import { fingerprint } from '../fingerprint.ts';

/** Enough to tell what is common; their texts are kept until then. */
const ROWS_LOOKED_AT = 64;
const FEWEST_ROWS = 8;
/** In so many of them a line belongs to the dataset rather than to the row. */
const SHARED = 0.5;

export class SharedLines {
  #first: { readonly row: number; readonly texts: readonly string[] }[] = [];
  #shared: ReadonlySet<number> | undefined;
  readonly #take: (row: number, texts: readonly string[]) => void;

  /** @param take gets each row without the lines that it shares with most, in the order they were added */
  constructor(take: (row: number, texts: readonly string[]) => void) {
    this.#take = take;
  }

  add(row: number, texts: readonly string[]): void {
    if (this.#shared) {
      this.#hand(row, texts);
      return;
    }
    this.#first.push({ row, texts });
    if (this.#first.length === ROWS_LOOKED_AT) this.finish();
  }

  /** Hands on what was kept; what is added later is compared with the lines of these rows. */
  finish(): void {
    this.#shared ??= this.#find();
    const rows = this.#first;
    this.#first = [];
    for (const { row, texts } of rows) this.#hand(row, texts);
  }

  #find(): ReadonlySet<number> {
    const rows = new Map<number, number>();
    for (const { texts } of this.#first) {
      for (const line of new Set(texts.flatMap((text) => text.split('\n').map((one) => fingerprint(one.trim()))))) rows.set(line, (rows.get(line) ?? 0) + 1);
    }
    const least = Math.max(FEWEST_ROWS, SHARED * this.#first.length);
    return new Set([...rows].filter(([, count]) => count >= least).map(([line]) => line));
  }

  #hand(row: number, texts: readonly string[]): void {
    const shared = this.#shared;
    if (!shared || shared.size === 0) this.#take(row, texts);
    else this.#take(row, texts.map((text) => text.split('\n').filter((line) => !shared.has(fingerprint(line.trim()))).join('\n')));
  }
}
