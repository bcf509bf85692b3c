/** What every reader gives: rows with their place in the file, and faults where a row cannot be read. */

import type { Buffer } from 'node:buffer';
import { formatBytes } from '../../wording/numbers.ts';
import type { DatasetFile } from '../files.ts';

export type ReadFaultCode = 'dataset.row.invalid-json' | 'dataset.row.invalid-csv' | 'dataset.row.wrong-columns' | 'dataset.row.too-long';

/** Why a row could not be read; the remedy is that of the rule with this code. */
export interface ReadFault {
  readonly code: ReadFaultCode;
  /** completes "Line 4 is not valid JSON: …" */
  readonly detail: string;
  /** 1-based */
  readonly column: number;
  /** the row is the start of a JSON value, as when one value is spread over several lines */
  readonly isUnfinished?: boolean;
  /** the row as it stands, of a very long one the beginning */
  readonly text?: string;
}

/** More than anybody reads. */
export const TEXT_SHOWN = 100_000;

export type RawRow = {
  /** 1-based: the line of JSON Lines, blank ones counted; else the record, value, row or file, a header not counted */
  readonly row: number;
  /** 1-based line of the file where the row starts; the row's number where a file has no lines */
  readonly line: number;
  /** a name that stands twice in one JSON object; the last one counts */
  readonly repeatedKey?: string;
} & ({ readonly value: unknown; readonly fault?: undefined } | { readonly value?: undefined; readonly fault: ReadFault });

/** A place between two rows where reading can start. */
export interface Mark {
  /** bytes of the file before it; of Parquet and of folders, rows or files */
  readonly at: number;
  /** number of the last row before it, 0 at the start */
  readonly row: number;
  /** 1-based line on which the next row starts at the earliest */
  readonly line: number;
  /** the columns that a header names, known once it is read */
  readonly header?: readonly string[];
}

export const START: Mark = { at: 0, row: 0, line: 1 };

/** A few rows at a time, for who wants to pay for no promise a row. */
export interface RowBatch {
  readonly rows: readonly RawRow[];
  /** bytes of the file, as it lies on the disk, that have been read so far */
  readonly bytes: number;
  /** where reading goes on with the row after these; absent where that is not known */
  readonly next?: Mark;
}

export function asNext(mark: Mark | undefined): { readonly next?: Mark } {
  return mark ? { next: mark } : {};
}

export interface ReaderOptions {
  /** where to start; must have come from the same reader and the same file */
  readonly from: Mark;
  readonly signal: AbortSignal | undefined;
  /** how many are wanted, for readers to which it makes a difference; others give them all */
  readonly rows?: number | undefined;
  /** hears of all bytes of a file that is not compressed, in order; they are valid during the call only */
  readonly onBytes?: ((bytes: Buffer) => void) | undefined;
  /** the names of CSV's columns as they stand, and the 1-based line of the header */
  readonly onHeader?: ((names: readonly string[], line: number) => void) | undefined;
}

/**
 * Rows of one kind of file, in their order; memory is bounded by the longest row, not by the file.
 *
 * @throws UserError when the file as a whole cannot be read any further
 * @throws the signal's reason when aborted
 */
export type RowReader = (source: DatasetFile, options: ReaderOptions) => AsyncGenerator<RowBatch>;

/**
 * Longest row: about a million tokens, beyond the context of every model that can be tuned.
 * It bounds memory, and the time one JSON.parse takes of the event loop (about 30 ms).
 */
export const MAX_ROW_BYTES = 4 * 1024 * 1024;

export function tooLong(row: number, line: number): RawRow {
  return { row, line, fault: { code: 'dataset.row.too-long', detail: `it is longer than ${formatBytes(MAX_ROW_BYTES)}`, column: 1 } };
}
