/** Advantages within a group: what is better than its siblings is above zero, and nothing is learned from nothing. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { groupAdvantages } from '../../../src/engine/rl/advantages.ts';

const group = fc.array(fc.double({ min: -10, max: 10, noNaN: true }), { minLength: 2, maxLength: 8 });

describe('group advantages', () => {
  it('are the rewards without their mean, in units of the deviation', () => {
    const { advantages, deviations, learnable } = groupAdvantages(Float64Array.from([1, 0, 0, 1, 3, 1]), 2, 'deviation');
    const unit = Math.SQRT1_2 / (Math.SQRT1_2 + 1e-4) * Math.SQRT1_2;
    [unit, -unit, -unit, unit].forEach((wanted, i) => expect(advantages[i]).toBeCloseTo(wanted, 12));
    expect([...deviations]).toEqual([Math.SQRT1_2, Math.SQRT1_2, Math.SQRT2]);
    expect(learnable).toEqual([true, true, true]);
  });

  it('keep the size of the differences when they are not scaled', () => {
    expect([...groupAdvantages(Float64Array.from([4, 1, 1]), 3, 'none').advantages]).toEqual([2, -1, -1]);
  });

  it('add up to nothing in every group, and do not change when a constant is added to all rewards', () => {
    fc.assert(fc.property(group, fc.double({ min: -5, max: 5, noNaN: true }), (rewards, constant) => {
      const found = groupAdvantages(Float64Array.from(rewards), rewards.length, 'none').advantages;
      expect(found.reduce((sum, value) => sum + value, 0)).toBeCloseTo(0, 9);
      const moved = groupAdvantages(Float64Array.from(rewards, (reward) => reward + constant), rewards.length, 'none').advantages;
      found.forEach((value, i) => expect(moved[i]).toBeCloseTo(value, 9));
    }));
  });

  it('leave unscored rollouts out of the statistics: the others have what they would have without them', () => {
    const withGap = groupAdvantages(Float64Array.from([1, NaN, 0, 1]), 4, 'deviation');
    const without = groupAdvantages(Float64Array.from([1, 0, 1]), 3, 'deviation');
    expect([0, 2, 3].map((i) => withGap.advantages[i])).toEqual([...without.advantages]);
    expect(withGap.advantages[1]).toBeNaN();
    expect([...withGap.deviations]).toEqual([...without.deviations]);
  });

  it('are zero in a group of equal rewards, which is said to teach nothing', () => {
    const { advantages, deviations, learnable } = groupAdvantages(Float64Array.from([0.1, 0.1, 0.1, 1, 0, 0]), 3, 'deviation');
    expect([...advantages.subarray(0, 3)]).toEqual([0, 0, 0]);
    expect(deviations[0]).toBe(0);
    expect(learnable).toEqual([false, true]);
  });

  it('of a group with one score or none teach nothing', () => {
    const { advantages, deviations, learnable } = groupAdvantages(Float64Array.from([NaN, 5, NaN, NaN]), 2, 'deviation');
    expect([...advantages]).toEqual([NaN, 0, NaN, NaN]);
    expect([...deviations]).toEqual([0, NaN]);
    expect(learnable).toEqual([false, false]);
  });

  it('need at least two completions', () => {
    expect(() => groupAdvantages(Float64Array.from([1, 2]), 1, 'none')).toThrow(expect.objectContaining({ code: 'rft.group-too-small' }) as Error);
  });
});
