/** Collects whole numbers and tells their spread exactly, in memory that grows with the distinct values only. */

export interface SpreadSummary {
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly p95: number;
}

export class Spread {
  readonly #counts = new Map<number, number>();
  #total = 0;
  #sum = 0;

  add(value: number): void {
    this.#counts.set(value, (this.#counts.get(value) ?? 0) + 1);
    this.#total++;
    this.#sum += value;
  }

  /** @returns zeros when nothing was added; p95 is the smallest value that at least 95% do not exceed */
  finish(): SpreadSummary {
    if (this.#total === 0) return { min: 0, max: 0, mean: 0, p95: 0 };
    const values = [...this.#counts.keys()].sort((a, b) => a - b);
    let seen = 0;
    const p95 = values.find((value) => (seen += this.#counts.get(value) ?? 0) >= 0.95 * this.#total);
    const max = values.at(-1) ?? 0;
    return { min: values[0] ?? 0, max, mean: this.#sum / this.#total, p95: p95 ?? max };
  }
}
