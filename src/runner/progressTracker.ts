/** Turns the trainer's events into what the store shows: curves, speed, time left. */

import type { StepMetrics } from '../engine/train/training.ts';
import type { JobProgress } from '../core/jobs/jobWriter.ts';

/** Share of the newest step in the running mean of the speed. */
const NEWEST = 0.1;

export class ProgressTracker {
  readonly #now: () => number;
  #startedAt: number;
  #firstStep: number;
  #tokensPerSecond: number | undefined;

  /** @param now milliseconds */
  constructor(now: () => number, resumedFromStep: number) {
    this.#now = now;
    this.#startedAt = now();
    this.#firstStep = resumedFromStep;
  }

  step({ step, totalSteps, loss, tokensPerSecond }: StepMetrics): JobProgress {
    const mean = this.#tokensPerSecond;
    this.#tokensPerSecond = mean === undefined ? tokensPerSecond : mean + NEWEST * (tokensPerSecond - mean);
    // By the clock and not by the steps' own times: checkpoints and evaluations take their part.
    const secondsPerStep = (this.#now() - this.#startedAt) / 1000 / (step - this.#firstStep);
    return { step, totalSteps, loss, tokensPerSecond: this.#tokensPerSecond, secondsLeft: (totalSteps - step) * secondsPerStep };
  }
}
