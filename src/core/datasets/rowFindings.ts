/** Gathers what the rules say into one finding a rule: about single rows, in four bytes a row, and about the file. */

import { formatRows } from '../wording/lists.ts';
import { formatCount } from '../wording/numbers.ts';
import { ROWS_NAMED, type Finding, type Severity } from './finding.ts';
import type { DatasetKind } from './extensions.ts';
import { repairsFor } from './repair/table.ts';
import { RowList } from './rowList.ts';
import { FILE_RULES, ROW_RULES, type FileRuleCode, type RowRuleCode } from './rules/catalogue.ts';
import { severityFor, type FileRule, type FileVerdict, type RowRule } from './rules/rule.ts';
import { targetOf } from './targets/table.ts';
import type { Target } from './targets/target.ts';

/** Where a row is. */
export interface RowPlace {
  readonly row: number;
  readonly line: number;
  /** 1-based; 1 when unknown */
  readonly column?: number;
}

interface Tally {
  readonly severity: Severity;
  readonly rows: RowList;
  readonly first: RowPlace;
  /** of the first row */
  readonly detail: string;
}

export class RowFindings {
  readonly target: Target;
  readonly #tallies = new Map<RowRuleCode, Tally>();
  readonly #verdicts = new Map<FileRuleCode, FileVerdict>();
  #errors = 0;

  /** @param target which decides how much a rule matters */
  constructor(target: Target = targetOf('local-sft')) {
    this.target = target;
  }

  /** How often a row was found to have a fault that keeps it from training. */
  get errors(): number {
    return this.#errors;
  }

  /** @param detail what exactly is wrong, completing the rule's sentence after a colon; may be empty */
  add(code: RowRuleCode, place: RowPlace, detail = ''): void {
    let tally = this.#tallies.get(code);
    const severity = tally ? tally.severity : severityFor(ROW_RULES[code], this.target);
    if (severity === undefined) return;
    if (severity === 'error') this.#errors++;
    if (!tally) this.#tallies.set(code, (tally = { severity, rows: new RowList(), first: place, detail }));
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

  /** What a rule finds about the file as a whole, in place of what it said before. */
  say(code: FileRuleCode, verdict: FileVerdict): void {
    this.#verdicts.set(code, verdict);
  }

  /** Takes back what was said about the file, which more rows may have made untrue. */
  forgetFile(): void {
    this.#verdicts.clear();
  }

  /** About the file as a whole, in the order of the catalogue. */
  finishFile(): readonly Finding[] {
    const said = this.#verdicts;
    return (Object.keys(FILE_RULES) as FileRuleCode[]).flatMap((code) => {
      const rule: FileRule = FILE_RULES[code];
      const verdict = said.get(code);
      const severity = severityFor(rule, this.target);
      if (!verdict || severity === undefined) return [];
      const { message, remedy = rule.remedy, rows = [], count, at } = verdict;
      return [{ code, severity, message, remedy, rows, count, ...asRepairs(code), ...(at && { at }) }];
    });
  }

  /** All rows that a rule has found, in the order they were found. */
  rowsOf(code: string): Uint32Array {
    return this.#tallies.get(code as RowRuleCode)?.rows.rows ?? new Uint32Array();
  }

  /** Whether a rule has just found this row, and none after it. */
  foundLast(code: RowRuleCode, row: number): boolean {
    return this.#tallies.get(code)?.rows.rows.at(-1) === row;
  }

  /** How many rows have a fault that keeps them from training, once the file is converted if it has to be. */
  countWithErrors(): number {
    const lists = [...this.#tallies].filter(([code, { severity }]) => severity === 'error' && code !== 'dataset.row.format-not-accepted').map(([, { rows }]) => rows.rows);
    const last = lists.reduce((most, rows) => rows.reduce((a, b) => Math.max(a, b), most), 0);
    const seen = new Uint8Array(last + 1);
    for (const rows of lists) for (const row of rows) seen[row] = 1;
    return seen.reduce((sum, one) => sum + one, 0);
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
    severity: tally.severity,
    message: `${subject}${explained}.`,
    remedy: rule.remedy,
    rows,
    count,
    ...asRepairs(code),
    at: { line: first.line, column: first.column ?? 1 },
  };
}

function asRepairs(code: string): Pick<Finding, 'repairs'> {
  const repairs = repairsFor(code);
  return repairs ? { repairs } : {};
}

function rank(finding: Finding): number {
  return { error: 0, warning: 1, info: 2 }[finding.severity];
}
