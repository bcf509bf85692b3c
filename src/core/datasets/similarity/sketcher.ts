/** Makes the sketches that texts are compared by. */

import { MinHash } from './minHash.ts';
import { shingleLengths, Shingler } from './shingles.ts';

export class Sketcher {
  readonly #shingler = new Shingler();
  readonly #minHash = new MinHash();

  /**
   * @param texts which count as one
   * @param take hears of one sketch, or of two where a text is near the length at which texts are cut in another way; none
   *   of a text without a word
   */
  sketch(texts: readonly string[], take: (sketch: Uint32Array) => void): void {
    const words = this.#shingler.read(texts);
    if (words === 0) return;
    for (const length of shingleLengths(words)) take(this.#minHash.sketch(this.#shingler.shingles(length), copiesFor(length)));
  }
}

/** So that the fewest shingles of a length (1, 19 and 46) fill a good part of the bins. */
function copiesFor(length: number): number {
  return length === 1 ? 40 : length === 2 ? 6 : 1;
}
