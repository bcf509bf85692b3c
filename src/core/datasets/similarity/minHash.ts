/** Sketches of sets: two sets agree in as large a share of their sketches as they share of their members. */

import { mix } from './shingles.ts';

/** Values of a sketch. With 128 of them, a Jaccard index of 0.8 is told to within 0.04 (one standard deviation). */
export const BINS = 128;
const BIN_SHIFT = 25;
const EMPTY = 0xffffffff;
const PROBES = 64;

/** For each bin, in which order it asks others when it is empty: the same for every set. */
const PROBED = Uint8Array.from({ length: BINS * PROBES }, (_, i) => mix(i + 1) >>> BIN_SHIFT);

/**
 * One-permutation MinHash: every member falls into one bin by its hash and the least of each bin is kept; an empty bin
 * borrows from the first one of its own random sequence that is not, which keeps sketches of small sets comparable.
 *
 * @see Broder 1997, "On the resemblance and containment of documents": P(min of A = min of B) = |A ∩ B| / |A ∪ B|
 * @see Li, Owen & Zhang 2012, "One permutation hashing"
 * @see Shrivastava 2017, "Optimal densification for fast and accurate minwise hashing"
 */
export class MinHash {
  readonly #least = new Uint32Array(BINS);
  readonly #sketch = new Uint32Array(BINS);

  /**
   * @param members evenly spread 32-bit hashes, at least one
   * @param copies how many members each of them is; sets of the same number can be compared. A member that shares its
   *   bin with a lesser one is lost, which of a few none may be.
   * @returns `BINS` values, in a view that the next call changes
   */
  sketch(members: Uint32Array, copies: number): Uint32Array {
    const least = this.#least.fill(EMPTY);
    for (let copy = 0; copy < copies; copy++) this.#take(members, copy);
    const sketch = this.#sketch;
    for (let bin = 0; bin < BINS; bin++) sketch[bin] = least[bin] === EMPTY ? least[donorOf(bin, least)] : least[bin];
    return sketch;
  }

  #take(members: Uint32Array, copy: number): void {
    const least = this.#least;
    const salt = mix(copy);
    for (let i = 0; i < members.length; i++) {
      const member = copy === 0 ? members[i] : mix(members[i] ^ salt);
      const bin = member >>> BIN_SHIFT;
      if (member < least[bin]) least[bin] = member;
    }
  }
}

/** Of an empty bin. */
function donorOf(bin: number, least: Uint32Array): number {
  const from = bin * PROBES;
  for (let probe = from; probe < from + PROBES; probe++) {
    const donor = PROBED[probe];
    if (least[donor] !== EMPTY) return donor;
  }
  let donor = bin;
  while (least[donor] === EMPTY) donor = (donor + 1) % BINS;
  return donor;
}
