/** The statistics agree with values that others have published. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mcnemarExact, pairedDifferenceInterval, wilsonInterval } from '../../../../src/core/evaluation/statistics.ts';

describe('Wilson interval', () => {
  // Newcombe 1998, Statistics in Medicine 17:857, table I, method 3
  test.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])('%i of %i: %f to %f', (successes, rows, low, high) => {
    const interval = wilsonInterval(successes, rows);
    expect(interval.low).toBeCloseTo(low, 4);
    expect(interval.high).toBeCloseTo(high, 4);
  });

  test('holds the proportion, stays within 0 and 1, and mirrors', () => {
    const counts = fc.integer({ min: 1, max: 5000 }).chain((rows) => fc.tuple(fc.integer({ min: 0, max: rows }), fc.constant(rows)));
    fc.assert(
      fc.property(counts, ([successes, rows]) => {
        const { low, high } = wilsonInterval(successes, rows);
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeLessThanOrEqual(1);
        expect(low).toBeLessThanOrEqual(successes / rows);
        expect(high).toBeGreaterThanOrEqual(successes / rows);
        expect(wilsonInterval(rows - successes, rows).low).toBeCloseTo(1 - high, 10);
      }),
    );
  });
});

describe('interval of a paired difference', () => {
  // Newcombe 1998, Statistics in Medicine 17:2635, table III, method 10; the fifth: Altman et al. 2000,
  // "Statistics with Confidence", table 6.2
  test.each([
    [36, 12, 2, 0, 0.0569, 0.3404],
    [18, 12, 2, 18, 0.0562, 0.329],
    [53, 0, 0, 1, -0.0729, 0.0729],
    [0, 30, 0, 0, 0.8395, 1],
    [14, 5, 0, 22, 0.0115, 0.2265],
  ])('%i both, %i tuned only, %i base only, %i neither: %f to %f', (bothCorrect, onlyTuned, onlyBase, neither, low, high) => {
    const interval = pairedDifferenceInterval({ bothCorrect, onlyTuned, onlyBase, neither });
    expect(interval.low).toBeCloseTo(low, 4);
    expect(interval.high).toBeCloseTo(high, 4);
  });

  test('holds the difference, stays within -1 and 1, and mirrors when the models change places', () => {
    const cell = fc.integer({ min: 0, max: 300 });
    fc.assert(
      fc.property(cell, cell, cell, cell, (bothCorrect, onlyTuned, onlyBase, neither) => {
        const rows = bothCorrect + onlyTuned + onlyBase + neither;
        if (rows === 0) return;
        const { low, high } = pairedDifferenceInterval({ bothCorrect, onlyTuned, onlyBase, neither });
        const difference = (onlyTuned - onlyBase) / rows;
        expect(low).toBeLessThanOrEqual(difference + 1e-12);
        expect(high).toBeGreaterThanOrEqual(difference - 1e-12);
        expect(low).toBeGreaterThanOrEqual(-1);
        expect(high).toBeLessThanOrEqual(1);
        const mirrored = pairedDifferenceInterval({ bothCorrect, onlyTuned: onlyBase, onlyBase: onlyTuned, neither });
        expect(mirrored.low).toBeCloseTo(-high, 10);
      }),
    );
  });
});

describe('exact McNemar test', () => {
  // The binomial distribution, from exact fractions.
  test.each([
    [5, 15, 0.04138946533203125],
    [6, 0, 0.03125],
    [1, 9, 0.021484375],
    [3, 3, 1],
    [0, 0, 1],
    [5000, 5200, 0.04878796312682245],
  ])('%i against %i: p = %f', (tuned, base, p) => {
    expect(mcnemarExact(tuned, base)).toBeCloseTo(p, 9);
    expect(mcnemarExact(base, tuned)).toBeCloseTo(p, 9);
  });
});
