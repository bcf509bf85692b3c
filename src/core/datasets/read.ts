/** Streams the rows of a dataset file, whatever its size: values where a row can be read, faults where not. */

import { createReadStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { parse as createCsvParser, type CsvError } from 'csv-parse';
import { formatBytes, formatCount } from '../wording/numbers.ts';
import { asFileError, openDataset, requireText, type DatasetFile } from './files.ts';
import { findJsonFault } from './jsonFault.ts';

export type ReadFaultCode = 'dataset.row.invalid-json' | 'dataset.row.invalid-csv' | 'dataset.row.wrong-columns' | 'dataset.row.too-long';

/** Why a row could not be read. */
export interface ReadFault {
  readonly code: ReadFaultCode;
  /** completes "Line 4 is not valid JSON: …" */
  readonly detail: string;
  /** 1-based */
  readonly column: number;
  /** the row is the start of a JSON value, as when one value is spread over several lines */
  readonly isUnfinished?: boolean;
}

export type RawRow = {
  /** 1-based: the line of JSONL; the record of CSV without its header */
  readonly row: number;
  /** 1-based line of the file where the row starts */
  readonly line: number;
} & ({ readonly value: unknown; readonly fault?: undefined } | { readonly value?: undefined; readonly fault: ReadFault });

export interface ReadOptions {
  readonly signal?: AbortSignal;
  /** bytes read so far, called once a batch */
  readonly onBytes?: (bytes: number) => void;
  /** the names of CSV's columns as they stand, and the 1-based line of the header */
  readonly onHeader?: (names: readonly string[], line: number) => void;
}

/**
 * Longest row, in characters: about a million tokens, beyond the context of every model that can be tuned.
 * It bounds memory, and the time one JSON.parse takes of the event loop (about 30 ms).
 */
export const MAX_ROW_CHARACTERS = 4 * 1024 * 1024;

/** Small enough that a batch is parsed within a few milliseconds; between batches the event loop is free. */
const CHUNK_BYTES = 256 * 1024;

/**
 * The rows of a file in order, blank lines left out. Memory is bounded by the longest row, not by the file.
 *
 * @throws UserError as `openDataset`, and "dataset.not-text" when the file is not UTF-8 text
 * @throws the signal's reason when aborted
 */
export async function* readRows(file: string, options: ReadOptions = {}): AsyncGenerator<RawRow> {
  const source = await openDataset(file);
  requireText(source);
  for await (const batch of readBatches(source, options)) yield* batch;
}

/** As `readRows`, a chunk of the file at a time, for who wants to pay for no promise a row. */
export async function* readBatches(source: DatasetFile, options: ReadOptions = {}): AsyncGenerator<readonly RawRow[]> {
  const splitter = source.kind === 'jsonl' ? new JsonLines() : new CsvRecords(source.delimiter, options.onHeader);
  const stream = createReadStream(source.file, { highWaterMark: CHUNK_BYTES, encoding: 'utf8' });
  try {
    let isFirst = true;
    for await (const chunk of stream as AsyncIterable<string>) {
      options.signal?.throwIfAborted();
      const batch = splitter.take(isFirst && chunk.startsWith('\uFEFF') ? chunk.slice(1) : chunk);
      isFirst = false;
      options.onBytes?.(stream.bytesRead);
      if (batch.length > 0) yield batch;
      if (splitter.isDone) return;
      // A read that is served from memory resolves without a turn of the event loop.
      await nextTurn();
    }
    options.signal?.throwIfAborted();
    const last = await splitter.end();
    if (last.length > 0) yield last;
  } catch (cause) {
    throw asFileError(cause, source.file);
  } finally {
    stream.destroy();
  }
}

interface RowSplitter {
  take(text: string): readonly RawRow[];
  end(): Promise<readonly RawRow[]> | readonly RawRow[];
  /** true when nothing after this can be read */
  readonly isDone: boolean;
}

class JsonLines implements RowSplitter {
  readonly isDone = false;
  #rest = '';
  #line = 0;
  #isSkipping = false;

  take(text: string): readonly RawRow[] {
    const rows: RawRow[] = [];
    const whole = this.#rest + text;
    let start = 0;
    for (let end = whole.indexOf('\n'); end !== -1; end = whole.indexOf('\n', start)) {
      this.#finishLine(whole.slice(start, end), rows);
      start = end + 1;
    }
    this.#rest = whole.slice(start);
    if (this.#rest.length > MAX_ROW_CHARACTERS) {
      if (!this.#isSkipping) rows.push(tooLong(this.#line + 1, this.#line + 1));
      this.#isSkipping = true;
      this.#rest = '';
    }
    return rows;
  }

  end(): readonly RawRow[] {
    const rows: RawRow[] = [];
    if (this.#rest !== '') this.#finishLine(this.#rest, rows);
    return rows;
  }

  #finishLine(text: string, rows: RawRow[]): void {
    const line = ++this.#line;
    if (this.#isSkipping) {
      this.#isSkipping = false;
      return;
    }
    if (text.length > MAX_ROW_CHARACTERS) rows.push(tooLong(line, line));
    else if (text.trim() !== '') rows.push(parseLine(text, line));
  }
}

function parseLine(text: string, line: number): RawRow {
  try {
    return { row: line, line, value: JSON.parse(text) as unknown };
  } catch {
    const { reason, column, isUnfinished } = findJsonFault(text) ?? { column: 1, reason: 'it cannot be parsed', isUnfinished: false };
    return { row: line, line, fault: { code: 'dataset.row.invalid-json', detail: reason, column, isUnfinished } };
  }
}

function tooLong(row: number, line: number): RawRow {
  const detail = `it is longer than ${formatBytes(MAX_ROW_CHARACTERS)}`;
  return { row, line, fault: { code: 'dataset.row.too-long', detail, column: 1 } };
}

class CsvRecords implements RowSplitter {
  isDone = false;
  readonly #parser;
  readonly #onHeader: ReadOptions['onHeader'];
  #header: readonly string[] | undefined;
  /** the first of each name, by place */
  #columns: readonly (readonly [name: string, at: number])[] = [];
  #rows: RawRow[] = [];
  #row = 0;
  #line = 1;
  #emptyLines = 0;
  #faultLine = 0;

  constructor(delimiter: string, onHeader: ReadOptions['onHeader']) {
    this.#onHeader = onHeader;
    this.#parser = createCsvParser({
      delimiter,
      max_record_size: MAX_ROW_CHARACTERS,
      relax_column_count: true,
      skip_empty_lines: true,
      skip_records_with_error: true,
      // Records are taken here, in order with the faults, instead of through the stream's buffers.
      on_record: (record: string[], { lines, empty_lines: emptyLines }) => {
        this.#takeRecord(record, lines, emptyLines);
        return null;
      },
      on_skip: (error) => {
        if (error) this.#takeFault(error);
      },
    });
    this.#parser.resume();
  }

  take(text: string): readonly RawRow[] {
    this.#parser.write(text);
    return this.#flush();
  }

  async end(): Promise<readonly RawRow[]> {
    this.#parser.end();
    await finished(this.#parser);
    return this.#flush();
  }

  #flush(): readonly RawRow[] {
    const rows = this.#rows;
    this.#rows = [];
    return rows;
  }

  #takeRecord(record: readonly string[], endLine: number, emptyLines: number): void {
    const line = this.#startLine(endLine, emptyLines);
    if (!this.#header) {
      const names = record.map((name) => name.trim());
      this.#header = names;
      this.#columns = [...new Map(names.map((name, at) => [name, at] as const).toReversed())].sort(([, a], [, b]) => a - b);
      this.#onHeader?.(names, line);
      return;
    }
    const row = ++this.#row;
    const header = this.#header;
    // Spreadsheets pad with empty cells; anything else beyond the header is a comma without its quotes.
    const surplus = record.slice(header.length).some((cell) => cell.trim() !== '');
    if (record.length < header.length || surplus) {
      const detail = `it has ${formatCount(record.length)} values where the header names ${formatCount(header.length)} columns`;
      this.#rows.push({ row, line, fault: { code: 'dataset.row.wrong-columns', detail, column: 1 } });
      return;
    }
    // fromEntries defines own properties, so that a column named __proto__ is a column.
    this.#rows.push({ row, line, value: Object.fromEntries(this.#columns.map(([name, at]) => [name, record[at] ?? ''])) });
  }

  /** Where the record that ends here began: after the one before it and the blank lines between. */
  #startLine(endLine: number, emptyLines: number): number {
    const line = this.#line + emptyLines - this.#emptyLines;
    this.#line = endLine + 1;
    this.#emptyLines = emptyLines;
    return line;
  }

  #takeFault(error: CsvError): void {
    const endLine = typeof error['lines'] === 'number' ? error['lines'] : this.#line;
    // One record may have several faults; the first one names it.
    if (endLine === this.#faultLine || this.isDone) return;
    this.#faultLine = endLine;
    const line = this.#startLine(endLine, typeof error['empty_lines'] === 'number' ? error['empty_lines'] : this.#emptyLines);
    const row = ++this.#row;
    if (error.code === 'CSV_MAX_RECORD_SIZE') {
      // A quote that is never closed swallows the rest: nothing after it can be told apart.
      this.isDone = true;
      this.#rows.push(tooLong(row, line));
      return;
    }
    this.#rows.push({ row, line, fault: { code: 'dataset.row.invalid-csv', detail: describeCsvError(error.code, line), column: 1 } });
  }
}

function describeCsvError(code: string, line: number): string {
  switch (code) {
    case 'CSV_QUOTE_NOT_CLOSED':
      return `a quote that opens at or after line ${formatCount(line)} is never closed`;
    case 'INVALID_OPENING_QUOTE':
      return 'a quote stands inside a value that does not start with one';
    case 'CSV_INVALID_CLOSING_QUOTE':
      return 'text follows a closing quote; a quote inside a value is written twice';
    default:
      return 'its quotes or delimiters are wrong';
  }
}
