/** The rows of an earlier split, which keep their part when the file is split again. */

import { FingerprintNumbers } from './fingerprintNumbers.ts';

export interface FrozenPart {
  /** ascending */
  readonly rows: Uint32Array;
  /** of each row */
  readonly fingerprints: Float64Array;
}

export interface Kept {
  /** of each row of the file: its part, −1 for a new row */
  readonly parts: Int8Array;
  /** how many rows kept theirs */
  readonly kept: number;
  /** how many rows of the earlier split are not in the file any more */
  readonly gone: number;
}

export class FrozenRows {
  readonly #parts: readonly FrozenPart[];

  /** @param parts in the order of `PARTS`; empty ones where a part was not asked for */
  constructor(parts: readonly FrozenPart[]) {
    this.#parts = parts;
  }

  get count(): number {
    return this.#parts.reduce((sum, { rows }) => sum + rows.length, 0);
  }

  /** A row is the one of its number if that says the same, else any one that does: rows above it may have come or gone. */
  partsOf(rows: Uint32Array, fingerprints: Float64Array): Kept {
    const parts = new Int8Array(rows.length).fill(-1);
    const numbers = new FingerprintNumbers();
    const anywhere: number[] = [];
    this.#parts.forEach(({ fingerprints: own }, part) => own.forEach((value) => (anywhere[numbers.numberOf(value)] ??= part)));
    const cursors = this.#parts.map(() => 0);
    let kept = 0;
    for (let at = 0; at < rows.length; at++) {
      const row = rows[at] ?? 0;
      const value = fingerprints[at] ?? 0;
      let part = this.#parts.findIndex((one, index) => {
        let cursor = cursors[index] ?? 0;
        while (cursor < one.rows.length && (one.rows[cursor] ?? 0) < row) cursor++;
        cursors[index] = cursor;
        return one.rows[cursor] === row && one.fingerprints[cursor] === value;
      });
      if (part < 0) part = anywhere[numbers.find(value)] ?? -1;
      parts[at] = part;
      if (part >= 0) kept++;
    }
    return { parts, kept, gone: this.#countGone(fingerprints) };
  }

  #countGone(fingerprints: Float64Array): number {
    const there = new FingerprintNumbers();
    for (const value of fingerprints) there.numberOf(value);
    return this.#parts.reduce((sum, { fingerprints: own }) => sum + own.reduce((gone, value) => gone + (there.find(value) < 0 ? 1 : 0), 0), 0);
  }
}
