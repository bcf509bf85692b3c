/** Instructions that stand around every row are left out before rows are compared. */

import { expect, test } from 'vitest';
import { SharedLines } from '../../../../../src/core/datasets/similarity/sharedLines.ts';

function own(rows: readonly (readonly string[])[]): [number, readonly string[]][] {
  const taken: [number, readonly string[]][] = [];
  const lines = new SharedLines((row, texts) => taken.push([row, texts]));
  rows.forEach((texts, i) => lines.add(i + 1, texts));
  lines.finish();
  return taken;
}

const task = (i: number): readonly string[] => [`Use each number once.\nTarget: ${i}`, `the answer ${i}`];

test('a line of most rows is left out of all of them', () => {
  const rows = own(Array.from({ length: 100 }, (_, i) => task(i)));
  expect(rows.map(([row]) => row)).toEqual(Array.from({ length: 100 }, (_, i) => i + 1));
  expect(rows[0]).toEqual([1, ['Target: 0', 'the answer 0']]);
  expect(rows[99]).toEqual([100, ['Target: 99', 'the answer 99']]);
});

test('a line of some rows belongs to them', () => {
  const rows = own(Array.from({ length: 100 }, (_, i) => (i % 3 === 0 ? task(i) : [`question ${i}`])));
  expect(rows[0]).toEqual([1, task(0)]);
});

test('of a few rows nobody can tell', () => {
  expect(own([task(1), task(2)])).toEqual([[1, task(1)], [2, task(2)]]);
});

test('what comes later is compared with what was common then', () => {
  const taken: (readonly string[])[] = [];
  const lines = new SharedLines((_row, texts) => taken.push(texts));
  for (let i = 0; i < 10; i++) lines.add(i, task(i));
  lines.finish();
  lines.add(10, task(10));
  lines.finish();
  expect(taken).toHaveLength(11);
  expect(taken[10]).toEqual(['Target: 10', 'the answer 10']);
});
