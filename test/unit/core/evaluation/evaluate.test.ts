/** The report says in one sentence what base against tuned means: better, worse, or not distinguishable. */

import { describe, expect, test } from 'vitest';
import { evaluate, evaluatePreferences, summarizeReport, type PairedAnswer } from '../../../../src/core/evaluation/evaluate.ts';

/** @returns answers of which so many are right for both, tuned only, base only, neither */
function answers(both: number, onlyTuned: number, onlyBase: number, neither: number): PairedAnswer[] {
  const make = (count: number, base: string, tuned: string): Omit<PairedAnswer, 'row'>[] =>
    Array.from({ length: count }, () => ({ prompt: 'q', expected: 'right', base, tuned }));
  const all = [...make(both, 'Right.', 'right'), ...make(onlyTuned, 'wrong', 'right'), ...make(onlyBase, 'right', 'wrong'), ...make(neither, 'wrong', 'no')];
  return all.map((answer, i) => ({ row: i + 1, ...answer }));
}

describe('evaluate', () => {
  test('better', () => {
    const report = evaluate(answers(116, 60, 6, 18), 4.2);
    expect(report.sentence).toBe('Base 61% → tuned 88% on 200 held-out rows (+27 points, 95% interval +20 to +34).');
    expect(report).toMatchObject({ verdict: 'better', rows: 200, seconds: 4.2, base: { value: 0.61 }, tuned: { value: 0.88 } });
  });

  test('of a sample says of how many', () => {
    const report = evaluate(answers(116, 60, 6, 18), 4.2, 100_000);
    expect(report.sentence).toBe('Base 61% → tuned 88% on 200 of 100,000 held-out rows (+27 points, 95% interval +20 to +34).');
    expect(summarizeReport(report)).toMatchObject({ rows: 200, heldOutRows: 100_000 });
    expect(summarizeReport(report)).not.toHaveProperty('cases');
    expect(evaluate(answers(1, 1, 1, 1), 1)).not.toHaveProperty('heldOutRows');
  });

  test('worse is said first', () => {
    const report = evaluate(answers(116, 6, 60, 18), 1);
    expect(report.verdict).toBe('worse');
    expect(report.sentence).toBe('The tuned model is worse: base 88% → tuned 61% on 200 held-out rows (−27 points, 95% interval −34 to −20).');
  });

  test('a difference that chance explains is not distinguishable, with the number of rows', () => {
    const report = evaluate(answers(20, 6, 4, 10), 1);
    expect(report.verdict).toBe('not-distinguishable');
    expect(report.sentence).toMatch(/^Not distinguishable: base 60% → tuned 65% on 40 held-out rows \(\+5 points, 95% interval −\d+ to \+\d+\)/);
  });

  test('no difference at all', () => {
    expect(evaluate(answers(3, 0, 0, 1), 1).sentence).toContain('no change');
  });

  test('five of five is not enough to be sure', () => {
    expect(evaluate(answers(0, 5, 0, 0), 1).verdict).toBe('not-distinguishable');
    expect(evaluate(answers(0, 6, 0, 0), 1).verdict).toBe('better');
  });

  test('every row is kept with what both said', () => {
    const report = evaluate(answers(0, 1, 0, 0), 1);
    expect(report.cases).toEqual([{ row: 1, prompt: 'q', expected: 'right', base: 'wrong', tuned: 'right', baseCorrect: false, tunedCorrect: true }]);
    expect(summarizeReport(report)).not.toHaveProperty('cases');
  });

  test('nothing to judge is an error', () => {
    expect(() => evaluate([], 0)).toThrow(expect.objectContaining({ code: 'evaluation.no-rows' }));
  });
});

describe('evaluatePreferences', () => {
  test('counts how often each model finds the better answer likelier, and shows the one it prefers', () => {
    const pairs = Array.from({ length: 20 }, (_, index) => ({
      row: index + 1, prompt: 'q', chosen: 'good', rejected: 'bad', basePrefersChosen: index < 8, tunedPrefersChosen: index < 18,
    }));
    const report = evaluatePreferences(pairs, 2);
    expect(report).toMatchObject({ metric: 'preference', verdict: 'better', rows: 20, base: { value: 0.4 }, tuned: { value: 0.9 } });
    expect(report.sentence).toMatch(/^Base 40% → tuned 90% on 20 held-out pairs /);
    expect(report.cases[10]).toEqual({ row: 11, prompt: 'q', expected: 'good', base: 'bad', tuned: 'good', baseCorrect: false, tunedCorrect: true });
  });
});
