/** Which held-out rows are shown and in which order. Pure. */

import type { HeldOutCase } from '../../src/protocol/comparePage.ts';

export type CaseFilter = 'all' | 'differ' | 'fixed' | 'broke';

const tests: Record<CaseFilter, (one: HeldOutCase) => boolean> = {
  all: () => true,
  differ: (one) => one.base !== one.tuned,
  fixed: (one) => one.tunedCorrect && !one.baseCorrect,
  broke: (one) => one.baseCorrect && !one.tunedCorrect,
};

export function filterCases(cases: readonly HeldOutCase[], filter: CaseFilter): HeldOutCase[] {
  return cases.filter(tests[filter]).sort((a, b) => rank(a) - rank(b) || a.row - b.row);
}

/** What broke is what a person must see; then what was fixed; then other differences; agreement last. */
function rank(one: HeldOutCase): number {
  if (tests.broke(one)) return 0;
  if (tests.fixed(one)) return 1;
  return tests.differ(one) ? 2 : 3;
}

export function filterOptions(cases: readonly HeldOutCase[]): { readonly value: CaseFilter; readonly label: string }[] {
  const count = (filter: CaseFilter): string => cases.filter(tests[filter]).length.toLocaleString('en-US');
  return [
    { value: 'all', label: `All rows (${count('all')})` },
    { value: 'differ', label: `Answers differ (${count('differ')})` },
    { value: 'fixed', label: `Tuned fixed (${count('fixed')})` },
    { value: 'broke', label: `Tuned broke (${count('broke')})` },
  ];
}
