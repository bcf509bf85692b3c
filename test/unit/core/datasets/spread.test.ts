/** How numbers are spread is told exactly, and drawn so that one long row does not squeeze all others. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Spread } from '../../../../src/core/datasets/spread.ts';

function spreadOf(values: readonly number[]): Spread {
  const spread = new Spread();
  for (const value of values) spread.add(value);
  return spread;
}

test('each value is in exactly one bar, and the bars adjoin', () => {
  fc.assert(fc.property(fc.array(fc.nat({ max: 5000 }), { minLength: 1 }), (values) => {
    const { bins, min, max, p50, p95, p99 } = spreadOf(values).distribution();
    expect(bins.reduce((sum, { count }) => sum + count, 0)).toBe(values.length);
    expect(bins.length).toBeLessThanOrEqual(20);
    bins.slice(1).forEach(({ from }, i) => expect(from).toBe(bins[i]?.to));
    expect(bins[0]?.from).toBe(min);
    expect(bins.at(-1)?.to).toBeGreaterThanOrEqual(max);
    expect([min, p50, p95, p99, max]).toEqual([min, p50, p95, p99, max].toSorted((a, b) => a - b));
  }));
});

test('one long row leaves the bars of all others apart', () => {
  const { bins, max } = spreadOf([...Array.from({ length: 1000 }, (_, i) => i % 40), 1_000_000]).distribution();
  expect(max).toBe(1_000_000);
  expect(bins.filter(({ count }) => count > 0).length).toBe(20);
  expect(bins.at(-1)?.to).toBe(1_000_000);
});

test('of nothing there are no bars', () => {
  expect(new Spread().distribution()).toEqual({ min: 0, max: 0, mean: 0, p50: 0, p95: 0, p99: 0, bins: [] });
});
