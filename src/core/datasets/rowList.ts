/** Numbers of rows, as many as a file has, in four bytes each. */

const FIRST_ROOM = 16;

export class RowList {
  #rows = new Uint32Array(FIRST_ROOM);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  add(row: number): void {
    if (this.#count === this.#rows.length) {
      const grown = new Uint32Array(2 * this.#count);
      grown.set(this.#rows);
      this.#rows = grown;
    }
    this.#rows[this.#count++] = row;
  }

  /** In the order they were added; a view that the next `add` may leave behind. */
  get rows(): Uint32Array {
    return this.#rows.subarray(0, this.#count);
  }
}
