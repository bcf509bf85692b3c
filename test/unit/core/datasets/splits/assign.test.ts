/** Groups go to parts as a whole, by lot or by time, in shares that come out as asked. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { assignByLot, assignByTime, topUp } from '../../../../../src/core/datasets/splits/assign.ts';

const anyShares = fc.constantFrom([0.8, 0.1, 0.1], [0.9, 0, 0.1], [0.5, 0.25, 0.25], [0.7, 0.3, 0], [0.34, 0.33, 0.33]);
const anySizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 3, maxLength: 80 });
const anyStrata = fc.integer({ min: 1, max: 6 });

function rowsOf(part: number, sizes: readonly number[], parts: Uint8Array): number {
  return sizes.reduce((rows, size, group) => rows + (parts[group] === part ? size : 0), 0);
}

describe('by lot', () => {
  test('a held-out part has its share, give or take one group', () => {
    fc.assert(fc.property(anySizes, anyShares, fc.nat(), (sizes, shares, seed) => {
      const parts = assignByLot({ sizes, strata: sizes.map(() => 0), names: [''] }, shares, seed);
      const total = sizes.reduce((sum, size) => sum + size, 0);
      const largest = Math.max(...sizes);
      [1, 2].forEach((part) => expect(Math.abs(rowsOf(part, sizes, parts) - (shares[part] ?? 0) * total)).toBeLessThanOrEqual(largest));
    }));
  });

  test('of every label something is trained on, and every part has a group', () => {
    fc.assert(fc.property(anySizes, anyStrata, anyShares, fc.nat(), (sizes, labels, shares, seed) => {
      const strata = sizes.map((_, group) => group % labels);
      const parts = assignByLot({ sizes, strata, names: Array.from({ length: labels }, (_, at) => `label ${at}`) }, shares, seed);
      const trained = new Set(strata.filter((_, group) => parts[group] === 0));
      // Where there are hardly more groups than labels, a part that would be empty takes one from wherever it is.
      if (sizes.length >= 4 * labels) expect(trained.size).toBe(labels);
      shares.forEach((share, part) => expect(parts.includes(part)).toBe(share > 0));
    }));
  });

  test('a group that is most of all rows is trained on, and the others are shared out', () => {
    for (let seed = 0; seed < 50; seed++) {
      const parts = assignByLot({ sizes: [960, 20, 20], strata: [0, 0, 0], names: [''] }, [0.8, 0.1, 0.1], seed);
      expect([rowsOf(0, [960, 20, 20], parts), rowsOf(1, [960, 20, 20], parts), rowsOf(2, [960, 20, 20], parts)]).toEqual([960, 20, 20]);
    }
  });

  test('parts that are short are topped up, and then lack less than the smallest group that could be spared', () => {
    fc.assert(fc.property(anySizes, anyStrata, anyShares, fc.nat(), (sizes, labels, shares, seed) => {
      const strata = sizes.map((_, group) => group % labels);
      const groups = { sizes, strata, names: Array.from({ length: labels }, (_, at) => `label ${at}`) };
      const parts = assignByLot(groups, shares, seed);
      const before = [...parts];
      topUp(groups, parts, shares, seed);
      before.forEach((part, group) => part === 0 || expect(parts[group]).toBe(part));
      const total = sizes.reduce((sum, size) => sum + size, 0);
      const spared = sizes.filter((_, group) => parts[group] === 0 && strata.filter((label, other) => label === strata[group] && parts[other] === 0).length > 1);
      [1, 2].forEach((part) => expect((shares[part] ?? 0) * total - rowsOf(part, sizes, parts)).toBeLessThanOrEqual(spared.length === 0 ? Infinity : Math.max(...spared) / 2));
    }));
  });

  test('groups that have their part keep it, and the others make up for what is missing', () => {
    fc.assert(fc.property(anySizes, anyShares, fc.nat(), fc.nat(), (sizes, shares, seed, other) => {
      const strata = sizes.map(() => 0);
      const before = assignByLot({ sizes: sizes.slice(0, -1), strata, names: [''] }, shares, seed);
      const fixed = sizes.map((_, group) => before[group] ?? -1);
      const after = assignByLot({ sizes, strata, names: [''], fixed }, shares, other);
      expect([...after.slice(0, -1)]).toEqual([...before]);
    }));
    const grown = assignByLot({ sizes: Array(200).fill(1), strata: Array(200).fill(0), names: [''], fixed: Array.from({ length: 200 }, (_, at) => (at < 100 ? 0 : -1)) }, [0.8, 0.1, 0.1], 1);
    expect([0, 1, 2].map((part) => rowsOf(part, Array(200).fill(1), grown))).toEqual([160, 20, 20]);
  });
});

describe('by time', () => {
  const anyTimes = fc.array(fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 0, max: 50 })), { minLength: 3, maxLength: 60 });

  test('no part begins before the one before it ends, and every part has a group', () => {
    fc.assert(fc.property(anyTimes, anyShares, (groups, shares) => {
      const sizes = groups.map(([size]) => size);
      const times = groups.map(([, time]) => time);
      const parts = assignByTime(sizes, times, shares);
      const spanOf = (part: number): number[] => times.filter((_, group) => parts[group] === part);
      const asked = shares.flatMap((share, part) => (share > 0 ? [part] : []));
      for (const part of asked) expect(spanOf(part).length).toBeGreaterThan(0);
      asked.slice(1).forEach((part, index) => expect(Math.min(...spanOf(part))).toBeGreaterThanOrEqual(Math.max(...spanOf(asked[index] ?? 0))));
    }));
  });

  test('equal groups come out as asked', () => {
    const parts = assignByTime(Array(100).fill(3), Array.from({ length: 100 }, (_, at) => 100 - at), [0.8, 0.1, 0.1]);
    expect([...parts]).toEqual([...Array<number>(10).fill(2), ...Array<number>(10).fill(1), ...Array<number>(80).fill(0)]);
  });

  test('what is new goes where its time falls, the newest to the last part, and what has no time to training', () => {
    const parts = assignByTime([1, 1, 1, 1, 1, 1, 1], [1, 5, 9, 3, 7, 20, -Infinity], [0.8, 0.1, 0.1], [0, 1, 2, -1, -1, -1, -1]);
    expect([...parts]).toEqual([0, 1, 2, 1, 2, 2, 0]);
  });
});
