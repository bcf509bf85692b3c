/** Turns the steps a host tells of into chart columns and table rows. Pure. */

import type { CurveName, MetricRow } from '../../src/protocol/jobPage.ts';
import type { ChartData } from '../shared/chartData.ts';

/** By step, because a resumed job repeats steps and an evaluation adds to a step that is known. */
export class MetricSeries {
  readonly #byStep = new Map<number, Partial<Record<CurveName, number>>>();
  #steps: number[] = [];

  /** What comes later counts. */
  add(rows: readonly MetricRow[]): void {
    let isSorted = true;
    for (const { step, values } of rows) {
      const known = this.#byStep.get(step);
      if (!known) {
        isSorted &&= step > (this.#steps.at(-1) ?? -Infinity);
        this.#steps.push(step);
      }
      this.#byStep.set(step, { ...known, ...values });
    }
    if (!isSorted) this.#steps.sort((a, b) => a - b);
  }

  clear(): void {
    this.#byStep.clear();
    this.#steps = [];
  }

  get size(): number {
    return this.#steps.length;
  }

  has(name: CurveName): boolean {
    return this.#steps.some((step) => this.#value(step, name) !== null);
  }

  columns(names: readonly CurveName[]): ChartData {
    const steps = this.#steps.filter((step) => names.some((name) => this.#value(step, name) !== null));
    return [steps, ...names.map((name) => steps.map((step) => this.#value(step, name)))];
  }

  /** Newest first, at most `limit`. */
  newest(limit: number): MetricRow[] {
    return this.#steps
      .slice(-limit)
      .reverse()
      .map((step) => ({ step, values: this.#byStep.get(step) ?? {} }));
  }

  /** A value that is not a number, as of a run that diverged, cannot be drawn. */
  #value(step: number, name: CurveName): number | null {
    const value = this.#byStep.get(step)?.[name];
    return typeof value === 'number' && Number.isFinite(value) ? value : null;
  }
}
