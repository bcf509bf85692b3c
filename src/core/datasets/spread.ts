/** Collects whole numbers and tells their spread exactly, in memory that grows with the distinct values only. */

import type { Distribution } from './profile.ts';

export interface SpreadSummary {
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly p95: number;
}

/** As many bars as a small chart has room for. */
const BARS = 20;

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
    return { min: values[0] ?? 0, max: values.at(-1) ?? 0, mean: this.#sum / this.#total, p95: this.#quantile(values, 0.95) };
  }

  /**
   * The bars are equally wide from the smallest value to where 99% lie; the last one holds all above, for one long row
   * would squeeze all others into one bar.
   *
   * @returns zeros and no bars when nothing was added
   */
  distribution(): Distribution {
    const summary = this.finish();
    const values = [...this.#counts.keys()].sort((a, b) => a - b);
    const p99 = this.#quantile(values, 0.99);
    const width = Math.max(1, Math.ceil((p99 + 1 - summary.min) / BARS));
    const edges = this.#total === 0 ? 0 : Math.ceil((p99 + 1 - summary.min) / width);
    const bins = Array.from({ length: edges }, (_, i) => ({ from: summary.min + i * width, to: summary.min + (i + 1) * width, count: 0 }));
    for (const value of values) {
      const bin = bins[Math.min(bins.length - 1, Math.floor((value - summary.min) / width))];
      if (bin) bin.count += this.#counts.get(value) ?? 0;
    }
    const last = bins.at(-1);
    if (last) last.to = summary.max;
    return { ...summary, p50: this.#quantile(values, 0.5), p99, bins };
  }

  /** The smallest value that at least this share does not exceed. */
  #quantile(sorted: readonly number[], share: number): number {
    let seen = 0;
    return sorted.find((value) => (seen += this.#counts.get(value) ?? 0) >= share * this.#total) ?? 0;
  }
}
