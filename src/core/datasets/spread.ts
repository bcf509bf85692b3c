/** Collects whole numbers and tells their spread exactly, in memory that grows with the distinct values only. */

import type { Distribution } from './profile.ts';

/** About as many bars as a histogram needs. */
const BINS = 20;

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
    const { min, max, mean, percentile } = this.#ordered();
    return { min, max, mean, p95: percentile(0.95) };
  }

  /**
   * @param scale what one of the numbers added stands for
   * @returns zeros and no bins when nothing was added; else at most 21 bins, as wide as 1, 2 or 5 times a power of ten
   */
  distribution(scale = 1): Distribution {
    const { values, min, max, mean, percentile } = this.#ordered();
    const width = binWidth(max - min);
    const first = Math.floor(min / width);
    const counts = new Array<number>(values.length === 0 ? 0 : Math.max(1, Math.ceil(max / width) - first)).fill(0);
    for (const value of values) counts[Math.min(Math.floor(value / width) - first, counts.length - 1)] += this.#counts.get(value) ?? 0;
    return {
      min: min * scale,
      max: max * scale,
      mean: mean * scale,
      p50: percentile(0.5) * scale,
      p95: percentile(0.95) * scale,
      p99: percentile(0.99) * scale,
      bins: counts.map((count, i) => ({ from: (first + i) * width * scale, to: (first + i + 1) * width * scale, count })),
    };
  }

  #ordered(): { readonly values: readonly number[]; readonly min: number; readonly max: number; readonly mean: number; readonly percentile: (share: number) => number } {
    const values = [...this.#counts.keys()].sort((a, b) => a - b);
    const percentile = (share: number): number => {
      let seen = 0;
      return values.find((value) => (seen += this.#counts.get(value) ?? 0) >= share * this.#total) ?? 0;
    };
    return { values, min: values[0] ?? 0, max: values.at(-1) ?? 0, mean: this.#total === 0 ? 0 : this.#sum / this.#total, percentile };
  }
}

/** Whole numbers, so that no value falls beside its bar by rounding. */
function binWidth(range: number): number {
  const least = Math.max(1, range / BINS);
  const power = 10 ** Math.floor(Math.log10(least));
  return power * ([1, 2, 5].find((step) => step * power >= least) ?? 10);
}
