/** Which rows go into which step: a seeded shuffle a pass, rows of like length side by side. */

import { RandomGenerator, type RandomState } from '../random.ts';

export interface BatchSettings {
  /** rows a forward pass */
  readonly batchSize: number;
  /** forward passes a step */
  readonly gradientAccumulation: number;
}

/** Where a run is in its data; enough to go on exactly there. */
export interface DataPosition {
  /** passes begun, 0-based */
  readonly epoch: number;
  /** steps taken of this pass */
  readonly step: number;
  /** the random numbers as they were before this pass was shuffled */
  readonly random: RandomState;
}

/** The row indices of each forward pass of one step. */
export type StepRows = readonly (readonly number[])[];

/** Steps whose rows are sorted together: long enough to find rows of like length, short enough to stay random. */
const WINDOW_STEPS = 16;

export function stepsPerEpoch(rows: number, settings: BatchSettings): number {
  return Math.ceil(rows / (settings.batchSize * settings.gradientAccumulation));
}

/** @returns the largest of any number of lengths, which as arguments of `Math.max` would not fit on the stack */
export function longest(lengths: readonly number[]): number {
  return lengths.reduce((most, length) => Math.max(most, length), 0);
}

/**
 * One pass over all rows. Within windows of the shuffled rows, rows are sorted by length, cut into steps, and the
 * steps shuffled again. Which rows meet in a step depends only on batchSize · gradientAccumulation.
 *
 * @param lengths tokens of each row
 */
export function planEpoch(lengths: readonly number[], settings: BatchSettings, random: RandomGenerator): StepRows[] {
  const { batchSize, gradientAccumulation } = settings;
  const rowsPerStep = batchSize * gradientAccumulation;
  const order = random.shuffle(lengths.map((_, row) => row));
  const steps: StepRows[] = [];
  for (let start = 0; start < order.length; start += rowsPerStep * WINDOW_STEPS) {
    const window = order.slice(start, start + rowsPerStep * WINDOW_STEPS).sort((a, b) => (lengths[a]) - (lengths[b]));
    const cut: StepRows[] = chunks(window, rowsPerStep).map((rows) => chunks(rows, batchSize));
    steps.push(...random.shuffle(cut));
  }
  return steps;
}

/** The steps of a run, pass after pass without end; `position` is that of the next step. */
export class BatchPlan {
  private readonly lengths: readonly number[];
  private readonly settings: BatchSettings;
  private readonly random: RandomGenerator;
  private epoch: number;
  private step: number;
  private before: RandomState;
  private steps: readonly StepRows[];

  constructor(lengths: readonly number[], settings: BatchSettings, from: number | DataPosition) {
    this.lengths = lengths;
    this.settings = settings;
    this.random = new RandomGenerator(typeof from === 'number' ? from : from.random);
    this.epoch = typeof from === 'number' ? 0 : from.epoch;
    this.step = typeof from === 'number' ? 0 : from.step;
    this.before = this.random.state;
    this.steps = planEpoch(lengths, settings, this.random);
  }

  get position(): DataPosition {
    return { epoch: this.epoch, step: this.step, random: this.before };
  }

  next(): StepRows {
    if (this.step >= this.steps.length) {
      this.epoch += 1;
      this.step = 0;
      this.before = this.random.state;
      this.steps = planEpoch(this.lengths, this.settings, this.random);
    }
    return this.steps[this.step++];
  }
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size));
}
