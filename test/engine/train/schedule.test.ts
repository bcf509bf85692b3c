/** The learning rate rises and falls as its schedule says. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { learningRateAt, warmupSteps, type Schedule } from '../../../src/engine/train/schedule.ts';

const rates = (schedule: Schedule): number[] => Array.from({ length: schedule.totalSteps }, (_, index) => learningRateAt(schedule, index + 1));

describe('the learning rate', () => {
  it('rises in a line and falls in half a cosine', () => {
    const found = rates({ kind: 'cosine', totalSteps: 6, warmupSteps: 2, peak: 1 });
    // cos of 0, π/4, π/2, 3π/4
    [0.5, 1, 1, 0.853553, 0.5, 0.146447].forEach((wanted, index) => expect(found[index]).toBeCloseTo(wanted, 6));
  });

  it('falls in a line', () => {
    const found = rates({ kind: 'linear', totalSteps: 5, warmupSteps: 1, peak: 2 });
    [2, 2, 1.5, 1, 0.5].forEach((wanted, index) => expect(found[index]).toBeCloseTo(wanted, 12));
  });

  it('stays', () => {
    expect(rates({ kind: 'constant', totalSteps: 4, warmupSteps: 2, peak: 3 })).toEqual([1.5, 3, 3, 3]);
  });

  it('is never zero or above the peak, and peaks when warm-up ends', () => {
    fc.assert(fc.property(fc.constantFrom('cosine', 'linear', 'constant'), fc.integer({ min: 1, max: 200 }), fc.double({ min: 0, max: 1, noNaN: true }), (kind, totalSteps, ratio) => {
      const schedule: Schedule = { kind, totalSteps, warmupSteps: warmupSteps(ratio, totalSteps), peak: 1e-3 };
      const found = rates(schedule);
      for (const rate of found) expect(rate > 0 && rate <= 1e-3).toBe(true);
      expect(found[Math.max(0, schedule.warmupSteps - 1)]).toBe(1e-3);
    }));
  });
});
