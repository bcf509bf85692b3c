/** The findings of a dataset as marks in its text: a few rows of each rule, and a word about the rest. Pure. */

import { basename } from 'node:path';
import { parseDatasetName } from '../../core/datasets/extensions.ts';
import type { Finding, Severity } from '../../core/datasets/finding.ts';
import type { DatasetProfile } from '../../core/datasets/profile.ts';
import { formatCount, formatQuantity } from '../../core/wording/numbers.ts';
import { joinSentences } from '../words.ts';
import { bySeverity, worst } from './datasetText.ts';

/** More of one rule would bury the others. */
export const ROWS_A_RULE = 20;

/** Larger files never reach an extension: "Files above 50MB cannot be synchronized with extensions." */
export const EDITOR_LIMIT = 50 * 1024 * 1024;

export interface Problem {
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  /** 1-based */
  readonly line: number;
  readonly column: number;
}

/** Whether the editor shows the file as the text that its rows stand in. */
export function isShownAsText({ file, bytes }: Pick<DatasetProfile, 'file' | 'bytes'>): boolean {
  const name = parseDatasetName(file);
  return name !== undefined && name.kind !== 'parquet' && !name.isGzip && bytes <= EDITOR_LIMIT;
}

/** Whether rows and lines have the same numbers. */
export function hasRowALine(file: string): boolean {
  return parseDatasetName(file)?.kind === 'jsonl';
}

/** Rows whose lines have to be looked up, ascending. */
export function rowsToPlace(profile: DatasetProfile): readonly number[] {
  if (!isShownAsText(profile) || hasRowALine(profile.file)) return [];
  return [...new Set(profile.findings.flatMap(({ rows }) => rows.slice(0, ROWS_A_RULE)))].sort((a, b) => a - b);
}

export interface ProblemWords {
  /** 1-based line where a row begins; undefined when it is not known */
  readonly lineOf: (row: number) => number | undefined;
  /** completes "Row 4 …"; undefined for a rule about the whole file */
  readonly says: (code: string) => string | undefined;
}

/** A file that the editor cannot show gets one mark at its top. */
export function problemsOf(profile: DatasetProfile, words: ProblemWords): readonly Problem[] {
  const findings = bySeverity(profile.findings);
  const severity = worst(findings);
  if (severity === undefined) return [];
  if (!isShownAsText(profile)) {
    const others = findings.length - 1;
    const message = joinSentences(findings[0]?.message ?? '', others > 0 ? `${formatQuantity(others, 'more finding')} ${others === 1 ? 'is' : 'are'} in the Datasets view` : '');
    return [{ code: findings[0]?.code ?? '', severity, message, line: 1, column: 1 }];
  }
  return findings.flatMap((finding) => problemsOfRule(finding, profile.file, words));
}

function problemsOfRule(finding: Finding, file: string, { lineOf, says }: ProblemWords): readonly Problem[] {
  const { code, severity, message, remedy, rows, count, at } = finding;
  const whole = (line: number, column: number): Problem => ({ code, severity, message: joinSentences(message, remedy), line, column });
  const said = says(code);
  if (rows.length === 0 || count === 1 || said === undefined) return [whole(at?.line ?? 1, at?.column ?? 1)];
  const word = hasRowALine(file) ? 'Line' : 'Row';
  const shown = rows.slice(0, ROWS_A_RULE).flatMap((row, index): readonly Problem[] => {
    const isFirst = row === rows[0];
    const line = lineOf(row) ?? (isFirst ? at?.line : undefined);
    if (line === undefined) return [];
    const column = isFirst && at?.line === line ? at.column : 1;
    // The first has the words about all of them.
    return [index === 0 ? whole(line, column) : { code, severity, message: joinSentences(`${word} ${formatCount(row)} ${said}`, remedy), line, column }];
  });
  if (shown.length === 0) return [whole(at?.line ?? 1, at?.column ?? 1)];
  const more = count - shown.length;
  const last = shown.at(-1);
  if (more <= 0 || !last) return shown;
  return [...shown, { code, severity, message: `And ${formatQuantity(more, `more ${word.toLowerCase()}`)} of ${basename(file)}, for the same reason; the Datasets view and Preview list them.`, line: last.line, column: 1 }];
}
