/** Passes take every row once, pad little, and go on from any position. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RandomGenerator } from '../../../src/engine/random.ts';
import { BatchPlan, planEpoch, stepsPerEpoch, type DataPosition } from '../../../src/engine/train/batches.ts';

const lengths = fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 300 });
const settings = fc.record({ batchSize: fc.integer({ min: 1, max: 6 }), gradientAccumulation: fc.integer({ min: 1, max: 4 }) });

describe('a pass', () => {
  it('takes every row once, in as many steps as it said, none with more rows than asked for', () => {
    fc.assert(fc.property(lengths, settings, fc.nat(), (rows, sizes, seed) => {
      const steps = planEpoch(rows, sizes, new RandomGenerator(seed));
      expect(steps.flat(2).sort((a, b) => a - b)).toEqual(rows.map((_, index) => index));
      expect(steps).toHaveLength(stepsPerEpoch(rows.length, sizes));
      for (const step of steps) {
        expect(step.length).toBeLessThanOrEqual(sizes.gradientAccumulation);
        for (const batch of step) expect(batch.length).toBeLessThanOrEqual(sizes.batchSize);
      }
    }));
  });

  it('brings the same rows together however a step is split', () => {
    fc.assert(fc.property(lengths, fc.nat(), (rows, seed) => {
      const plan = (batchSize: number, gradientAccumulation: number): number[][] =>
        planEpoch(rows, { batchSize, gradientAccumulation }, new RandomGenerator(seed)).map((step) => step.flat());
      expect(plan(2, 4)).toEqual(plan(8, 1));
    }));
  });

  it('pads little where lengths differ much', () => {
    const random = new RandomGenerator(4);
    const rows = Array.from({ length: 256 }, () => 1 + random.below(500));
    const batches = planEpoch(rows, { batchSize: 8, gradientAccumulation: 1 }, random).flat();
    const padded = batches.reduce((sum, batch) => sum + batch.length * Math.max(...batch.map((row) => rows[row])), 0);
    expect(padded / rows.reduce((a, b) => a + b, 0)).toBeLessThan(1.15);
  });
});

describe('a plan', () => {
  it('goes on from any position as if it had never stopped', () => {
    fc.assert(fc.property(lengths, settings, fc.nat(), fc.nat(40), (rows, sizes, seed, taken) => {
      const plan = new BatchPlan(rows, sizes, seed);
      for (let step = 0; step < taken; step++) plan.next();
      const resumed = new BatchPlan(rows, sizes, JSON.parse(JSON.stringify(plan.position)) as DataPosition);
      for (let step = 0; step < 10; step++) expect(resumed.next()).toEqual(plan.next());
    }));
  });

  it('shuffles each pass anew', () => {
    const plan = new BatchPlan(new Array<number>(40).fill(5), { batchSize: 4, gradientAccumulation: 1 }, 1);
    const pass = (): number[] => Array.from({ length: 10 }, () => plan.next()).flat(2);
    expect(pass()).not.toEqual(pass());
  });
});
