/** Gathers what the row rules say about single rows into one finding a rule, in bounded memory. */

import { formatRows } from '../wording/lists.ts';
import { formatCount } from '../wording/numbers.ts';
import { ROWS_NAMED, type Finding } from './example.ts';
import type { DatasetKind } from './extensions.ts';
import { ROW_RULES, type RowRule, type RowRuleCode } from './rules/rowRules.ts';

/** Where a row is. */
export interface RowPlace {
  readonly row: number;
  readonly line: number;
  /** 1-based; 1 when unknown */
  readonly column?: number;
}

interface Tally {
  readonly rows: number[];
  readonly first: RowPlace;
  /** of the first row */
  readonly detail: string;
  count: number;
}

export class RowFindings {
  readonly #tallies = new Map<RowRuleCode, Tally>();

  /** @param detail what exactly is wrong, completing the rule's sentence after a colon; may be empty */
  add(code: RowRuleCode, place: RowPlace, detail = ''): void {
    const tally = this.#tallies.get(code);
    if (!tally) {
      this.#tallies.set(code, { rows: [place.row], first: place, detail, count: 1 });
      return;
    }
    tally.count++;
    if (tally.rows.length < ROWS_NAMED) tally.rows.push(place.row);
  }

  /** Counts rows that are known by their first ones only. */
  addMany(code: RowRuleCode, rows: readonly number[], first: RowPlace, count: number, detail = ''): void {
    this.#tallies.set(code, { rows: rows.slice(0, ROWS_NAMED), first, detail, count });
  }

  /** For what only the rows so far made true. */
  remove(code: RowRuleCode): void {
    this.#tallies.delete(code);
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
  const { rows, count, detail, first } = tally;
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
