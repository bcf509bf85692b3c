/** Gathers what the row rules say about single rows into one finding a rule, in four bytes a row. */

import { formatRows } from '../wording/lists.ts';
import { formatCount } from '../wording/numbers.ts';
import { ROWS_NAMED, type Finding } from './finding.ts';
import type { DatasetKind } from './extensions.ts';
import { RowList } from './rowList.ts';
import { ROW_RULES, type RowRuleCode } from './rules/catalogue.ts';
import type { RowRule } from './rules/rule.ts';

/** Where a row is. */
export interface RowPlace {
  readonly row: number;
  readonly line: number;
  /** 1-based; 1 when unknown */
  readonly column?: number;
}

interface Tally {
  readonly rows: RowList;
  readonly first: RowPlace;
  /** of the first row */
  readonly detail: string;
}

export class RowFindings {
  readonly #tallies = new Map<RowRuleCode, Tally>();

  /** @param detail what exactly is wrong, completing the rule's sentence after a colon; may be empty */
  add(code: RowRuleCode, place: RowPlace, detail = ''): void {
    let tally = this.#tallies.get(code);
    if (!tally) this.#tallies.set(code, (tally = { rows: new RowList(), first: place, detail }));
    tally.rows.add(place.row);
  }

  /** @param rows ascending; @param first where the first of them is */
  addAll(code: RowRuleCode, rows: Iterable<number>, first: RowPlace, detail = ''): void {
    for (const row of rows) this.add(code, row === first.row ? first : { row, line: row }, detail);
  }

  /** For what only the rows so far made true. */
  remove(code: RowRuleCode): void {
    this.#tallies.delete(code);
  }

  /** All rows that a rule has found, in the order they were found. */
  rowsOf(code: string): Uint32Array {
    return this.#tallies.get(code as RowRuleCode)?.rows.rows ?? new Uint32Array();
  }

  /** Whether a rule has just found this row, and none after it. */
  foundLast(code: RowRuleCode, row: number): boolean {
    return this.#tallies.get(code)?.rows.rows.at(-1) === row;
  }

  /** How many rules have found a row. */
  get size(): number {
    return this.#tallies.size;
  }

  /** @returns errors first, then by the number of rows */
  finish(fileName: string, kind: DatasetKind): readonly Finding[] {
    const word = kind === 'jsonl' ? 'Line' : 'Row';
    const findings = [...this.#tallies].map(([code, tally]) => toFinding(code, tally, fileName, word));
    return findings.sort((a, b) => rank(a) - rank(b) || b.count - a.count);
  }
}

function toFinding(code: RowRuleCode, tally: Tally, fileName: string, word: string): Finding {
  const rule: RowRule = ROW_RULES[code];
  const { detail, first } = tally;
  const { count } = tally.rows;
  const rows = [...tally.rows.rows.subarray(0, ROWS_NAMED)].sort((a, b) => a - b);
  const subject = `${formatRows(word, rows, count)} of ${fileName} ${count === 1 ? rule.one : rule.many}`;
  const explained = detail === '' ? '' : count === 1 ? `: ${detail}` : `; ${word.toLowerCase()} ${formatCount(first.row)}: ${detail}`;
  return {
    code,
    severity: rule.severity,
    message: `${subject}${explained}.`,
    remedy: rule.remedy,
    rows,
    count,
    at: { line: first.line, column: first.column ?? 1 },
  };
}

function rank(finding: Finding): number {
  return { error: 0, warning: 1, info: 2 }[finding.severity];
}
