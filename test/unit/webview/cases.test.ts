/** Held-out rows: what the tuned model broke comes first, and each filter shows what it says. */

import { expect, it } from 'vitest';
import { filterCases, filterOptions } from '../../../webview/compare/cases.ts';
import { aCase } from '../host/samples.ts';

const cases = [aCase(1, true, true), aCase(2, false, true), aCase(3, true, false), aCase(4, false, false), { ...aCase(5, false, false), tuned: 'no' }];
const rows = (filter: Parameters<typeof filterCases>[1]): number[] => filterCases(cases, filter).map(({ row }) => row);

it('orders by what a person must see', () => {
  expect(rows('all')).toEqual([3, 2, 4, 1, 5]);
});

it('filters', () => {
  expect(rows('fixed')).toEqual([2]);
  expect(rows('broke')).toEqual([3]);
  expect(rows('differ')).toEqual([3, 2, 4]);
});

it('counts what each filter holds', () => {
  expect(filterOptions(cases).map(({ label }) => label)).toEqual(['All rows (5)', 'Answers differ (3)', 'Tuned fixed (1)', 'Tuned broke (1)']);
});
