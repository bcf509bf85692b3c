/** A probe is summed up as the papers do. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { passAtK, summarizeProbe } from '../../../../src/core/advisor/probe.ts';

describe('summarizeProbe', () => {
  test('mean, solved prompts, and prompts whose answers differ', () => {
    expect(summarizeProbe([[1, 1], [0, 1], [0, 0], [0.5, 0.5]])).toEqual({ prompts: 4, samples: 2, meanScore: 0.5, passAtK: 0.5, mixedShare: 0.25 });
  });

  test('nothing asked is nothing known', () => {
    expect(summarizeProbe([])).toEqual({ prompts: 0, samples: 0, meanScore: 0, passAtK: 0, mixedShare: 0 });
    expect(() => summarizeProbe([[1], [1, 0]])).toThrow(RangeError);
  });
});

describe('passAtK', () => {
  test('is the share of all choices of k answers that hold a solved one', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 8 }), fc.nat(8), fc.integer({ min: 1, max: 8 }), (samples, solvedRaw, kRaw) => {
      const solved = Math.min(solvedRaw, samples);
      const k = Math.min(kRaw, samples);
      let chosen = 0;
      let hits = 0;
      for (let mask = 0; mask < 2 ** samples; mask++) {
        const members = Array.from({ length: samples }, (_, i) => i).filter((i) => mask & (1 << i));
        if (members.length !== k) continue;
        chosen++;
        if (members.some((i) => i < solved)) hits++;
      }
      expect(passAtK(samples, solved, k)).toBeCloseTo(hits / chosen, 10);
    }));
  });
});
