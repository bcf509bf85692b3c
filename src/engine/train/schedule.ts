/** How the learning rate goes over a run: a linear rise, then a fall. */

export interface Schedule {
  readonly kind: 'cosine' | 'linear' | 'constant';
  readonly totalSteps: number;
  /** the peak is reached at this step, 1-based; 0 starts at the peak */
  readonly warmupSteps: number;
  readonly peak: number;
}

/**
 * The learning rate of a step. The first step already learns: the rise is 1/w, 2/w, ..., 1.
 *
 * @param step 1-based
 * @see Loshchilov and Hutter 2017, "SGDR", eq. 5, for the half cosine
 */
export function learningRateAt(schedule: Schedule, step: number): number {
  const { kind, totalSteps, warmupSteps, peak } = schedule;
  const done = step - 1;
  if (done < warmupSteps) return (peak * step) / warmupSteps;
  const progress = Math.min(1, (done - warmupSteps) / Math.max(1, totalSteps - warmupSteps));
  switch (kind) {
    case 'cosine': return peak * 0.5 * (1 + Math.cos(Math.PI * progress));
    case 'linear': return peak * (1 - progress);
    case 'constant': return peak;
  }
}

/** Steps of warm-up for a share of the run, as TRL counts them (rounded up). */
export function warmupSteps(ratio: number, totalSteps: number): number {
  return Math.ceil(ratio * totalSteps);
}
