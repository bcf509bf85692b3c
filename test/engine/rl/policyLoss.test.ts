/** The policy loss: its value by hand, its derivative by differences, its weights by what they should add up to. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { policyLoss, tokenWeights, type PolicyTokens } from '../../../src/engine/rl/policyLoss.ts';

const OFF = { clipLow: 0.2, clipHigh: 0.28, beta: 0 };

function one(ratio: number, advantage: number, reference?: number): PolicyTokens {
  const array = (value: number): Float64Array => Float64Array.from([value]);
  return { logProbabilities: array(-1), old: array(-1 - Math.log(ratio)), reference: reference === undefined ? undefined : array(reference), advantages: array(advantage), weights: array(1) };
}

describe('the clipped loss', () => {
  it('is the negative advantage while the policy is the old one, and pushes with all of it', () => {
    const { loss, derivatives } = policyLoss(one(1, 0.7), OFF);
    expect(loss).toBeCloseTo(-0.7, 12);
    expect(derivatives[0]).toBeCloseTo(-0.7, 12);
  });

  it('stops raising a good token beyond 1 + clipHigh, and lowering a bad one below 1 - clipLow', () => {
    expect(policyLoss(one(1.5, 2), OFF)).toMatchObject({ loss: expect.closeTo(-2.56, 12) as number, derivatives: Float64Array.from([0]), clippedHigh: 1, clippedLow: 0 });
    expect(policyLoss(one(0.5, -2), OFF)).toMatchObject({ loss: expect.closeTo(1.6, 12) as number, derivatives: Float64Array.from([0]), clippedHigh: 0, clippedLow: 1 });
    expect(policyLoss(one(1.25, 2), OFF).clippedHigh).toBe(0);
  });

  it('goes on correcting a token that moved the wrong way, however far', () => {
    expect(policyLoss(one(0.5, 2), OFF).derivatives[0]).toBeCloseTo(-1, 12);
    expect(policyLoss(one(3, -2), OFF).derivatives[0]).toBeCloseTo(6, 12);
  });

  it('is min(r A, clip(r) A) everywhere', () => {
    fc.assert(fc.property(fc.double({ min: 0.1, max: 4, noNaN: true }), fc.double({ min: -3, max: 3, noNaN: true }), (ratio, advantage) => {
      const clipped = Math.min(1.28, Math.max(0.8, ratio));
      expect(policyLoss(one(ratio, advantage), OFF).loss).toBeCloseTo(-Math.min(ratio * advantage, clipped * advantage), 9);
    }));
  });
});

describe('the divergence', () => {
  it('is zero at the reference, positive elsewhere, and as k3 says', () => {
    expect(policyLoss(one(1, 0, -1), { ...OFF, beta: 0.5 })).toMatchObject({ loss: 0, divergence: 0 });
    expect(policyLoss(one(1, 0, -2), { ...OFF, beta: 0.5 }).divergence).toBeCloseTo(Math.exp(-1), 12);
    expect(policyLoss(one(1, 0, 0), { ...OFF, beta: 0.5 }).loss).toBeCloseTo(0.5 * (Math.E - 2), 12);
  });

  it('is an unbiased estimate of KL(policy, reference) over samples of the policy', () => {
    const [policy, reference] = [[0.1, 0.2, 0.7], [0.3, 0.3, 0.4]];
    const exact = policy.reduce((sum, p, i) => sum + p * Math.log(p / reference[i]), 0);
    const logs = Float64Array.from(policy, Math.log);
    const estimate = policy.reduce((sum, p, i) => sum + p * policyLoss({
      logProbabilities: logs.subarray(i, i + 1), old: logs.subarray(i, i + 1), reference: Float64Array.from([Math.log(reference[i])]),
      advantages: new Float64Array(1), weights: new Float64Array(1),
    }, { ...OFF, beta: 1 }).divergence, 0);
    expect(estimate).toBeCloseTo(exact, 12);
  });
});

it('has the derivative that differences find', () => {
  const value = fc.double({ min: -3, max: 0, noNaN: true });
  const token = fc.record({ logp: value, old: value, reference: value, advantage: fc.double({ min: -2, max: 2, noNaN: true }), weight: fc.double({ min: 0, max: 1, noNaN: true }) });
  const isSmooth = ({ logp, old }: { logp: number; old: number }): boolean => [0.8, 1.28].every((edge) => Math.abs(Math.exp(logp - old) - edge) > 1e-3);
  fc.assert(fc.property(fc.array(token.filter(isSmooth), { minLength: 1, maxLength: 5 }), fc.constantFrom(0, 0.3), (rows, beta) => {
    const lossAt = (moved: number, by: number): ReturnType<typeof policyLoss> => policyLoss({
      logProbabilities: Float64Array.from(rows, ({ logp }, i) => logp + (i === moved ? by : 0)), old: Float64Array.from(rows, ({ old }) => old),
      reference: Float64Array.from(rows, ({ reference }) => reference), advantages: Float64Array.from(rows, ({ advantage }) => advantage),
      weights: Float64Array.from(rows, ({ weight }) => weight),
    }, { ...OFF, beta });
    const { derivatives } = lossAt(-1, 0);
    rows.forEach((_, i) => {
      const slope = (lossAt(i, 1e-5).loss - lossAt(i, -1e-5).loss) / 2e-5;
      expect(Math.abs(derivatives[i] - slope)).toBeLessThan(1e-6 * Math.max(1, Math.abs(slope)));
    });
  }));
});

describe('token weights', () => {
  const lengths = [1, 4, 5];

  it('of grpo give every rollout the same say', () => {
    expect(tokenWeights(lengths, 'grpo', 8)).toEqual([1 / 3, 1 / 12, 1 / 15]);
  });

  it('of dapo give every token the same say, in a mean over tokens', () => {
    expect(tokenWeights(lengths, 'dapo', 8)).toEqual([0.1, 0.1, 0.1]);
  });

  it('of dr_grpo give every token the same say, whatever the other completions are', () => {
    expect(tokenWeights(lengths, 'dr_grpo', 8)).toEqual([1 / 24, 1 / 24, 1 / 24]);
  });
});
