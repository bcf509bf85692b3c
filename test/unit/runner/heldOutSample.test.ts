/** A job is evaluated on no more held-out rows than tell something, and always on the same. */

import { expect, it } from 'vitest';

import { sampleHeldOut } from '../../../src/runner/heldOutSample.ts';

const held = (count: number) => Array.from({ length: count }, (_, index) => ({ row: index + 1 }));

it('takes all of few rows', () => {
  expect(sampleHeldOut(held(500), 1)).toEqual(held(500));
});

it('takes 500 of many, the same for the same seed, in the order of the file', () => {
  const first = sampleHeldOut(held(900), 1).map(({ row }) => row);
  expect(first).toHaveLength(500);
  expect(first).toEqual(first.toSorted((a, b) => a - b));
  expect(sampleHeldOut(held(900), 1).map(({ row }) => row)).toEqual(first);
  expect(sampleHeldOut(held(900), 2).map(({ row }) => row)).not.toEqual(first);
});
