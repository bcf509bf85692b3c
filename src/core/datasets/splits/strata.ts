/** The labels of rows in two bytes each, for as long as they can be labels. */

import { LabelCounter } from '../labels.ts';

/** More different ones than labels can be; see `LabelCounter`. */
const MOST_NAMES = 2048;

export class Strata {
  readonly #counter = new LabelCounter();
  readonly #numbers = new Map<string, number>();
  #of: Uint16Array | undefined = new Uint16Array(16);
  #count = 0;

  add(label: string | undefined): void {
    if (!this.#of) return;
    this.#counter.add(label ?? '');
    let number = this.#numbers.get(label ?? '');
    if (number === undefined) this.#numbers.set(label ?? '', (number = this.#numbers.size));
    if (number >= MOST_NAMES) {
      this.#of = undefined;
      this.#numbers.clear();
      return;
    }
    if (this.#count === this.#of.length) {
      const grown = new Uint16Array(2 * this.#count);
      grown.set(this.#of);
      this.#of = grown;
    }
    this.#of[this.#count++] = number;
  }

  /** @returns undefined when they are no labels */
  finish(): { readonly names: readonly string[]; readonly of: Uint16Array } | undefined {
    if (!this.#of || !this.#counter.finish()) return undefined;
    return { names: [...this.#numbers.keys()], of: this.#of.subarray(0, this.#count) };
  }
}
