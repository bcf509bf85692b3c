/** Sampling draws tokens as often as their probabilities say, within its limits. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { greedyToken, sampleToken } from '../../../src/engine/generate/sampling.ts';
import { RandomGenerator } from '../../../src/engine/random.ts';

const logits = fc.array(fc.float({ min: -30, max: 30, noNaN: true }), { minLength: 1, maxLength: 40 }).map((values) => Float32Array.from(values));

function frequencies(values: Float32Array, settings: { temperature: number; topK?: number; topP?: number }, count: number): number[] {
  const random = new RandomGenerator(2);
  const counts = new Array<number>(values.length).fill(0);
  for (let i = 0; i < count; i++) counts[sampleToken(values, settings, random)] += 1 / count;
  return counts;
}

describe('sampling', () => {
  const values = Float32Array.from([0.1, 0.2, 0.3, 0.4], Math.log);

  it('takes the most probable token at temperature 0, the first of equals', () => {
    expect(greedyToken(Float32Array.from([1, 5, 5, -2]))).toBe(1);
    fc.assert(fc.property(logits, (row) => {
      expect(sampleToken(row, { temperature: 0 }, new RandomGenerator(1))).toBe(row.indexOf(Math.max(...row)));
    }));
  });

  it('draws as often as the probabilities say', () => {
    frequencies(values, { temperature: 1 }, 20_000).forEach((found, id) => expect(Math.abs(found - (id + 1) / 10)).toBeLessThan(0.02));
  });

  it('sharpens with a low temperature', () => {
    // p^2 / Σ p^2
    frequencies(values, { temperature: 0.5 }, 20_000).forEach((found, id) => expect(Math.abs(found - (id + 1) ** 2 / 30)).toBeLessThan(0.02));
  });

  it('keeps the k most probable', () => {
    const found = frequencies(values, { temperature: 1, topK: 2 }, 20_000);
    [0, 0, 3 / 7, 4 / 7].forEach((wanted, id) => expect(Math.abs(found[id] - wanted)).toBeLessThan(0.02));
  });

  it('keeps the fewest tokens that reach the probability', () => {
    const found = frequencies(values, { temperature: 1, topP: 0.65 }, 20_000);
    [0, 0, 3 / 7, 4 / 7].forEach((wanted, id) => expect(Math.abs(found[id] - wanted)).toBeLessThan(0.02));
    expect(frequencies(values, { temperature: 1, topP: 0.01 }, 100)).toEqual([0, 0, 0, 1].map((value) => expect.closeTo(value, 9) as number));
  });

  it('always gives a token that the limits allow', () => {
    fc.assert(fc.property(logits, fc.double({ min: 0.01, max: 3, noNaN: true }), fc.nat(10), fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(), (row, temperature, topK, topP, seed) => {
      const id = sampleToken(row, { temperature, topK, topP }, new RandomGenerator(seed));
      expect(Number.isInteger(id) && id >= 0 && id < row.length).toBe(true);
      // Logits closer than this have equal weights.
      if (topK > 0) expect(row.filter((value) => value > row[id] + 1e-6).length).toBeLessThan(topK);
    }));
  });
});
