/** Gives each different fingerprint a number of its own, from 0 on, in 18 to 36 bytes. */

const FIRST_SLOTS = 1024;
const EMPTY = -1;

/** Of whole numbers from 0 to 2⁵³ − 1 that are spread evenly, as hashes are. */
export class FingerprintNumbers {
  #slots = new Float64Array(FIRST_SLOTS).fill(EMPTY);
  #numbers = new Uint32Array(FIRST_SLOTS);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** @returns −1 where there is none */
  find(value: number): number {
    const slot = this.#slot(value);
    return this.#slots[slot] === value ? (this.#numbers[slot] ?? EMPTY) : EMPTY;
  }

  /** The number of this fingerprint, the next one if it is new. */
  numberOf(value: number): number {
    const slot = this.#slot(value);
    if (this.#slots[slot] === value) return this.#numbers[slot] ?? 0;
    this.#slots[slot] = value;
    this.#numbers[slot] = this.#size++;
    // Beyond two thirds, the search for a free slot gets long.
    if (this.#size * 3 > this.#slots.length * 2) this.#grow();
    return this.#size - 1;
  }

  #slot(value: number): number {
    const mask = this.#slots.length - 1;
    let at = value & mask;
    while (this.#slots[at] !== value && this.#slots[at] !== EMPTY) at = (at + 1) & mask;
    return at;
  }

  #grow(): void {
    const slots = this.#slots;
    const numbers = this.#numbers;
    this.#slots = new Float64Array(slots.length * 2).fill(EMPTY);
    this.#numbers = new Uint32Array(slots.length * 2);
    slots.forEach((value, at) => {
      if (value === EMPTY) return;
      const slot = this.#slot(value);
      this.#slots[slot] = value;
      this.#numbers[slot] = numbers[at] ?? 0;
    });
  }
}
