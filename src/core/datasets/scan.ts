/** Reads a dataset file row by row and hands on each row as what it says, or as a fault. */

import { quoteBriefly } from '../wording/lists.ts';
import type { Example, Fields, TrainingExample } from './example.ts';
import { FormatDetector, FormatVote } from './detect.ts';
import type { DatasetFile } from './files.ts';
import { RowFault, type Format, type FormatId } from './formats/format.ts';
import { isFields, nameType } from './formats/values.ts';
import type { RawRow, RowBatch } from './readers/rows.ts';
import { readBatches, type ReadOptions } from './readers/table.ts';
import type { RowPlace } from './rowFindings.ts';
import type { RowRuleCode } from './rules/catalogue.ts';
import { toTraining } from './training.ts';

/** One row that could be read. */
export interface ReadRow {
  readonly place: RowPlace;
  readonly format: FormatId;
  /** as the file has it, in the format's spelling */
  readonly fields: Fields;
  readonly example: Example;
  /** as SFT and DPO train on it on this machine, or why they do not */
  readonly trainable: TrainingExample | RowFault;
}

/** What hears about each row in the order of the file: exactly one of the first two a row, and remarks before them. */
export interface RowVisitor {
  row(read: ReadRow): void;
  fault(code: RowRuleCode, place: RowPlace, detail: string): void;
  /** of a row that may be usable all the same */
  remark?(code: RowRuleCode, place: RowPlace, detail: string): void;
}

export interface ScanTotals {
  /** blank lines not counted */
  rows: number;
  /** of all rows that are in a known format, usable or not */
  readonly formats: FormatVote;
  unreadableRows: number;
  keys: readonly string[];
  unsupported: string | undefined;
  /** the first row is the start of a JSON value that does not end on its line */
  spansLines: boolean;
  /** of CSV: names that more than one column has, and the line of the header */
  repeatedColumns: { readonly names: readonly string[]; readonly line: number };
}

export function newTotals(): ScanTotals {
  return { rows: 0, formats: new FormatVote(), unreadableRows: 0, keys: [], unsupported: undefined, spansLines: false, repeatedColumns: { names: [], line: 1 } };
}

export interface ScanOptions extends ReadOptions {
  /** to be added to, when this goes on with an earlier scan */
  readonly totals?: ScanTotals;
  /** called when the visitor has heard of its rows */
  readonly onBatch?: (batch: RowBatch) => void;
}

/** @throws as `readBatches` */
export async function scanRows(source: DatasetFile, visitor: RowVisitor, { totals = newTotals(), onBatch, ...options }: ScanOptions = {}): Promise<ScanTotals> {
  const detector = new FormatDetector();
  const onHeader = (names: readonly string[], line: number): void => {
    // Spreadsheets pad with columns that have no name.
    const seen = new Set(['']);
    const again = names.filter((name) => name !== '' && (seen.has(name) || !seen.add(name)));
    totals.repeatedColumns = { names: [...new Set(again)], line };
  };
  for await (const batch of readBatches(source, { ...options, onHeader })) {
    for (const raw of batch.rows) visitRow(raw, detector, visitor, totals);
    onBatch?.(batch);
  }
  return totals;
}

/** Tells a visitor of one row. */
export function visitRow(raw: RawRow, detector: FormatDetector, visitor: RowVisitor, totals: ScanTotals): void {
  totals.rows++;
  if (raw.fault) {
    totals.unreadableRows++;
    if (totals.rows === 1) totals.spansLines = raw.fault.isUnfinished ?? false;
    visitor.fault(raw.fault.code, { row: raw.row, line: raw.line, column: raw.fault.column }, raw.fault.detail);
    return;
  }
  const place: RowPlace = { row: raw.row, line: raw.line };
  const { value, repeatedKey } = raw;
  if (repeatedKey !== undefined) visitor.remark?.('dataset.row.repeated-key', place, quoteBriefly(repeatedKey));
  if (!isFields(value)) {
    visitor.fault('dataset.row.not-an-object', place, `it is ${nameType(value)}`);
    return;
  }
  if (totals.keys.length === 0) totals.keys = Object.keys(value);
  const detected = detector.detect(value);
  if (!detected) {
    visitor.fault('dataset.row.unknown-format', place, describeKeys(Object.keys(value)));
    return;
  }
  const { format, row } = detected;
  totals.formats.add(format.id, raw.row);
  if (!format.trainsAs) totals.unsupported ??= format.holds;
  let example: Example;
  try {
    example = format.read(row);
  } catch (fault) {
    if (!(fault instanceof RowFault)) throw fault;
    visitor.fault(fault.code, place, fault.detail);
    return;
  }
  visitor.row({ place, format: format.id, fields: row, example, trainable: asTrainable(format, example, raw.row) });
}

/** As this machine trains on it, or why it does not. */
export function asTrainable(format: Format, example: Example, row: number): TrainingExample | RowFault {
  try {
    return { row, ...toTraining(format, example) };
  } catch (fault) {
    if (!(fault instanceof RowFault)) throw fault;
    return fault;
  }
}

function describeKeys(keys: readonly string[]): string {
  if (keys.length === 0) return 'it has no fields';
  const named = keys.slice(0, 5).map((key) => JSON.stringify(key.slice(0, 40)));
  return `its fields are ${named.join(', ')}${keys.length > 5 ? ', …' : ''}`;
}
