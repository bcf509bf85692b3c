/** A set of fingerprints in 16 bytes each, so that ten millions of them fit beside everything else. */

const FIRST_SLOTS = 1024;
const EMPTY = -1;

/** Holds whole numbers from 0 to 2⁵³ − 1 that are spread evenly, as hashes are. */
export class FingerprintSet {
  #slots = new Float64Array(FIRST_SLOTS).fill(EMPTY);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  has(value: number): boolean {
    return this.#slots[this.#find(value)] === value;
  }

  /** @returns whether it was not there yet */
  add(value: number): boolean {
    const slot = this.#find(value);
    if (this.#slots[slot] === value) return false;
    this.#slots[slot] = value;
    // Beyond two thirds, the search for a free slot gets long.
    if (++this.#size * 3 > this.#slots.length * 2) this.#grow();
    return true;
  }

  /** Where the value is, or the free slot where it belongs. */
  #find(value: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let at = value & mask;
    while (slots[at] !== value && slots[at] !== EMPTY) at = (at + 1) & mask;
    return at;
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Float64Array(old.length * 2).fill(EMPTY);
    for (const value of old) if (value !== EMPTY) this.#slots[this.#find(value)] = value;
  }
}
