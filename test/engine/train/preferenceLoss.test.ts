/** The loss of DPO: its value as in the paper, its gradient as finite differences find it. */

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { preferenceLoss } from '../../../src/engine/train/preferenceLoss.ts';

const logp = fc.double({ min: -300, max: 0, noNaN: true });
const pair = fc.record({ chosen: logp, rejected: logp });
const betas = fc.double({ min: 0.01, max: 1, noNaN: true });

it('is log 2 where policy and reference agree, and has the gradient beta / 2', () => {
  const { loss, rewards, gradient } = preferenceLoss({ chosen: -5, rejected: -7 }, { chosen: -5, rejected: -7 }, 0.1);
  expect(loss).toBeCloseTo(Math.LN2, 12);
  expect(rewards).toEqual({ chosen: 0, rejected: 0 });
  expect(gradient).toEqual({ chosen: -0.05, rejected: 0.05 });
});

it('is the formula of the paper', () => {
  // β = 0.5, log-ratios 2 and -1: -log σ(0.5 · 3) = log(1 + e^-1.5)
  const { loss, rewards } = preferenceLoss({ chosen: -3, rejected: -6 }, { chosen: -5, rejected: -5 }, 0.5);
  expect(loss).toBeCloseTo(Math.log(1 + Math.exp(-1.5)), 12);
  expect(rewards).toEqual({ chosen: 1, rejected: -0.5 });
});

it('has the gradient that central differences find', () => {
  fc.assert(fc.property(pair, pair, betas, (policy, reference, beta) => {
    const { gradient } = preferenceLoss(policy, reference, beta);
    for (const side of ['chosen', 'rejected'] as const) {
      const step = 1e-4;
      const at = (change: number): number => preferenceLoss({ ...policy, [side]: policy[side] + change }, reference, beta).loss;
      const found = (at(step) - at(-step)) / (2 * step);
      expect(Math.abs(found - gradient[side])).toBeLessThan(1e-7);
    }
  }));
});

it('stays finite however far apart the two are, and falls as the margin grows', () => {
  fc.assert(fc.property(fc.double({ min: -1e6, max: 1e6, noNaN: true }), betas, (chosen, beta) => {
    const reference = { chosen: 0, rejected: 0 };
    const { loss, gradient } = preferenceLoss({ chosen, rejected: 0 }, reference, beta);
    expect(Number.isFinite(loss) && loss >= 0).toBe(true);
    expect(gradient.chosen).toBeLessThanOrEqual(0);
    expect(gradient.rejected).toBe(-gradient.chosen);
    expect(preferenceLoss({ chosen: chosen + 1, rejected: 0 }, reference, beta).loss).toBeLessThanOrEqual(loss);
  }));
});
