/** Makes the sketches that texts are compared by. */

import type { Boilerplate } from './boilerplate.ts';
import { MinHash } from './minHash.ts';
import { shingleLengths, Shingler } from './shingles.ts';

export class Sketcher {
  readonly #shingler = new Shingler();
  readonly #minHash = new MinHash();

  /**
   * @param texts which count as one
   * @param boilerplate what does not count
   * @param take hears of one sketch, or of two where a text is near the length at which texts are cut in another way; none
   *   of a text without a word
   */
  sketch(texts: readonly string[], boilerplate: Boilerplate, take: (sketch: Uint32Array) => void): void {
    const words = this.#shingler.read(texts);
    if (words === 0) return;
    for (const length of shingleLengths(words)) {
      const shingles = this.#shingler.shingles(length);
      if (length === 1 || boilerplate.isEmpty) take(this.#minHash.sketch(shingles, copiesFor(length)));
      else take(this.#minHash.sketch(boilerplate.without(shingles), OF_A_TEMPLATE));
    }
  }
}

/** Copies of what is left of a text without its boilerplate, which may be very little. */
const OF_A_TEMPLATE = 8;

/** So that the fewest shingles of a length (1, 19 and 46) fill a good part of the bins. */
function copiesFor(length: number): number {
  return length === 1 ? 40 : length === 2 ? 6 : 1;
}
