/** Findings become marks in the text: a few rows of each rule, one word about the rest, one mark where there is no text. */

import { describe, expect, it } from 'vitest';
import { decorationOf } from '../../../src/host/datasets/decorationText.ts';
import { problemsOf, ROWS_A_RULE, rowsToPlace } from '../../../src/host/datasets/problemText.ts';
import { aFinding, aProfile } from './samples.ts';

const says = (code: string): string | undefined => ({ 'dataset.row.invalid-json': 'is not valid JSON' })[code];
const words = { lineOf: (row: number): number => row, says };

describe('the problems of a dataset', () => {
  it('has one mark for one row, where it is, with what to do', () => {
    const profile = aProfile({ findings: [aFinding({ at: { line: 7, column: 43 } })] });
    expect(problemsOf(profile, words)).toEqual([
      { code: 'dataset.row.invalid-json', severity: 'error', line: 7, column: 43, message: 'Line 7 of tickets.jsonl is not valid JSON: the quote at column 43 is never closed. Correct the JSON.' },
    ]);
  });

  it('marks the first rows of a rule and counts the others', () => {
    const rows = Array.from({ length: 100 }, (_, i) => 2 * i + 1);
    const problems = problemsOf(aProfile({ findings: [aFinding({ rows, count: 1254, message: 'Lines 1, 3 and 1,252 more of tickets.jsonl are not valid JSON.', at: { line: 1, column: 5 } })] }), words);
    expect(problems).toHaveLength(ROWS_A_RULE + 1);
    expect(problems[0]).toMatchObject({ line: 1, column: 5, message: 'Lines 1, 3 and 1,252 more of tickets.jsonl are not valid JSON. Correct the JSON.' });
    expect(problems[1]).toMatchObject({ line: 3, column: 1, message: 'Line 3 is not valid JSON. Correct the JSON.' });
    expect(problems.at(-1)).toMatchObject({ line: 39, message: 'And 1,234 more lines of tickets.jsonl, for the same reason; the Datasets view and Preview list them.' });
  });

  it('looks up where rows of a table are, and marks only those that are known', () => {
    const profile = aProfile({ file: '/work/tickets.csv', findings: [aFinding({ rows: [2, 9], count: 2, at: { line: 4, column: 1 } })] });
    expect(rowsToPlace(profile)).toEqual([2, 9]);
    expect(rowsToPlace(aProfile({ findings: profile.findings }))).toEqual([]);
    const marks = problemsOf(profile, { says, lineOf: (row) => (row === 9 ? 30 : undefined) });
    expect(marks.map(({ line, message }) => [line, message.slice(0, 6)])).toEqual([[4, 'Line 7'], [30, 'Row 9 ']]);
  });

  it('is one mark at the top where the editor shows no text', () => {
    const findings = [aFinding({ severity: 'warning', message: 'A warning.' }), aFinding({ message: 'An error.' })];
    for (const over of [{ file: '/work/t.parquet' }, { file: '/work/t.jsonl.gz' }, { bytes: 60 * 1024 * 1024 }]) {
      expect(problemsOf(aProfile({ findings, ...over }), words)).toMatchObject([{ severity: 'error', line: 1, message: 'An error. 1 more finding is in the Datasets view.' }]);
    }
  });

  it('is nothing without findings', () => {
    expect(problemsOf(aProfile(), words)).toEqual([]);
  });
});

describe('the mark in the explorer', () => {
  it('counts the findings that are as bad as the worst', () => {
    expect(decorationOf([aFinding(), aFinding({ severity: 'warning' }), aFinding()])).toEqual({ badge: '2', severity: 'error', tooltip: '2 errors in its rows' });
    expect(decorationOf(Array.from({ length: 12 }, () => aFinding({ severity: 'warning' })))?.badge).toBe('9+');
  });

  it('is not there for remarks', () => {
    expect(decorationOf([aFinding({ severity: 'info' })])).toBeUndefined();
    expect(decorationOf([])).toBeUndefined();
  });
});
