/** Numbers, as many as a file has rows, in eight bytes each. */

const FIRST_ROOM = 16;

export class NumberList {
  #values = new Float64Array(FIRST_ROOM);
  #count = 0;

  add(value: number): void {
    if (this.#count === this.#values.length) {
      const grown = new Float64Array(2 * this.#count);
      grown.set(this.#values);
      this.#values = grown;
    }
    this.#values[this.#count++] = value;
  }

  /** In the order they were added; a view that the next `add` may leave behind. */
  get values(): Float64Array {
    return this.#values.subarray(0, this.#count);
  }
}
