/** Turns the steps a host tells of into chart columns and table rows. Pure. */

import type { MetricRow } from '../../src/protocol/jobPage.ts';
import type { ChartData } from '../shared/chartData.ts';

/** By step, because a resumed job repeats steps and an evaluation adds to a step that is known. */
export class MetricSeries {
  readonly #byStep = new Map<number, MetricRow['values']>();
  readonly #names = new Set<string>();
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
      for (const name of Object.keys(values)) this.#names.add(name);
    }
    if (!isSorted) this.#steps.sort((a, b) => a - b);
  }

  clear(): void {
    this.#byStep.clear();
    this.#names.clear();
    this.#steps = [];
  }

  get size(): number {
    return this.#steps.length;
  }

  /** What was measured at any step. */
  get names(): ReadonlySet<string> {
    return this.#names;
  }

  columns(names: readonly string[]): ChartData {
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
  #value(step: number, name: string): number | null {
    const value = this.#byStep.get(step)?.[name];
    return typeof value === 'number' && Number.isFinite(value) ? value : null;
  }
}
