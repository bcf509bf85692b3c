/** Reads comma, tab or semicolon separated values: one record a row, named by the header. */

import { Buffer } from 'node:buffer';
import { finished } from 'node:stream/promises';
import { parse as createCsvParser, type CsvError } from 'csv-parse';
import { formatCount } from '../../wording/numbers.ts';
import { readBytes } from './bytes.ts';
import { asNext, MAX_ROW_BYTES, tooLong, type Mark, type RawRow, type ReaderOptions, type RowReader } from './rows.ts';

export const readCsv: RowReader = async function* (source, options) {
  const records = new CsvRecords(source.delimiter, options.from, options.onHeader);
  for await (const { bytes, read } of readBytes(source, options)) {
    // The parser keeps what it was given until a record is complete; the chunk's buffer is used again.
    records.take(Buffer.from(bytes));
    yield { rows: records.flush(), bytes: read, ...asNext(records.mark) };
    if (records.isDone) return;
  }
  await records.end();
  // A last record without its line feed may still grow, so reading cannot go on behind it.
  yield { rows: records.flush(), bytes: source.bytes, ...(records.endsWithLine && asNext(records.mark)) };
};

const LINE_FEED = 0x0a;

export class CsvRecords {
  /** a quote that is never closed has swallowed the rest: nothing after it can be told apart */
  isDone = false;
  readonly #parser;
  readonly #start: Mark;
  readonly #onHeader: ReaderOptions['onHeader'];
  readonly #onRecord: ((cells: readonly string[], row: number, end: number) => void) | undefined;
  #header: readonly string[] | undefined;
  /** the first of each name, by place */
  #columns: readonly (readonly [name: string, at: number])[];
  #rows: RawRow[] = [];
  #row: number;
  #line: number;
  #emptyLines = 0;
  /** line ends of two characters inside quotes, each of which the parser counts twice */
  #countedTwice = 0;
  #faultLine = 0;
  #mark: Mark | undefined;
  #lastByte = LINE_FEED;

  /** @param onRecord hears of every record that can be parsed, where it ends in bytes, and of its number, 0 for the header */
  constructor(delimiter: string, start: Mark, onHeader?: ReaderOptions['onHeader'], onRecord?: (cells: readonly string[], row: number, end: number) => void) {
    this.#start = start;
    this.#onRecord = onRecord;
    this.#mark = start;
    this.#row = start.row;
    this.#line = start.line;
    this.#onHeader = onHeader;
    this.#header = start.header;
    this.#columns = firstOfEach(start.header ?? []);
    this.#parser = createCsvParser({
      bom: start.at === 0,
      delimiter,
      max_record_size: MAX_ROW_BYTES,
      // Found out by the parser, it would depend on where reading starts.
      record_delimiter: ['\r\n', '\n', '\r'],
      relax_column_count: true,
      skip_empty_lines: true,
      skip_records_with_error: true,
      // Records are taken here, in order with the faults, instead of through the stream's buffers.
      on_record: (record: string[], { lines, empty_lines: emptyLines }) => {
        this.#takeRecord(record, lines + start.line - 1, emptyLines);
        return null;
      },
      on_skip: (error) => {
        if (error) this.#takeFault(error);
      },
    });
    this.#parser.resume();
  }

  /** Behind the last record; unknown behind one that could not be read. */
  get mark(): Mark | undefined {
    return this.#mark;
  }

  /** Whether the bytes so far end with a line feed. */
  get endsWithLine(): boolean {
    return this.#lastByte === LINE_FEED;
  }

  take(bytes: Buffer): void {
    this.#lastByte = bytes.at(-1) ?? this.#lastByte;
    this.#parser.write(bytes);
  }

  async end(): Promise<void> {
    this.#parser.end();
    await finished(this.#parser);
  }

  flush(): readonly RawRow[] {
    const rows = this.#rows;
    this.#rows = [];
    return rows;
  }

  #takeRecord(record: readonly string[], endLine: number, emptyLines: number): void {
    for (const cell of record) for (let at = cell.indexOf('\r\n'); at !== -1; at = cell.indexOf('\r\n', at + 2)) this.#countedTwice++;
    const line = this.#startLine(endLine - this.#countedTwice, emptyLines);
    const isHeader = this.#header === undefined;
    if (this.#header) this.#rows.push(this.#asRow(record, this.#header, ++this.#row, line));
    else this.#takeHeader(record.map((name) => name.trim()), line);
    const end = this.#start.at + this.#parser.info.bytes;
    this.#onRecord?.(record, isHeader ? 0 : this.#row, end);
    this.#mark = { at: end, row: this.#row, line: this.#line, ...(this.#header && { header: this.#header }) };
  }

  #takeHeader(names: readonly string[], line: number): void {
    this.#header = names;
    this.#columns = firstOfEach(names);
    this.#onHeader?.(names, line);
  }

  #asRow(record: readonly string[], header: readonly string[], row: number, line: number): RawRow {
    // Spreadsheets pad with empty cells; anything else beyond the header is a comma without its quotes.
    const surplus = record.slice(header.length).some((cell) => cell.trim() !== '');
    if (record.length < header.length || surplus) {
      const detail = `it has ${formatCount(record.length)} values where the header names ${formatCount(header.length)} columns`;
      return { row, line, fault: { code: 'dataset.row.wrong-columns', detail, column: 1 } };
    }
    // fromEntries defines own properties, so that a column named __proto__ is a column.
    return { row, line, value: Object.fromEntries(this.#columns.map(([name, at]) => [name, record[at] ?? ''])) };
  }

  /** Where the record that ends here began: after the one before it and the blank lines between. */
  #startLine(endLine: number, emptyLines: number): number {
    const line = this.#line + emptyLines - this.#emptyLines;
    this.#line = endLine + 1;
    this.#emptyLines = emptyLines;
    return line;
  }

  #takeFault(error: CsvError): void {
    const endLine = typeof error['lines'] === 'number' ? error['lines'] + this.#start.line - 1 - this.#countedTwice : this.#line;
    // One record may have several faults; the first one names it.
    if (endLine === this.#faultLine || this.isDone) return;
    this.#faultLine = endLine;
    this.#mark = undefined;
    const line = this.#startLine(endLine, typeof error['empty_lines'] === 'number' ? error['empty_lines'] : this.#emptyLines);
    const row = ++this.#row;
    if (error.code === 'CSV_MAX_RECORD_SIZE') {
      this.isDone = true;
      this.#rows.push(tooLong(row, line));
      return;
    }
    this.#rows.push({ row, line, fault: { code: 'dataset.row.invalid-csv', detail: describeCsvError(error.code, line), column: 1 } });
  }
}

function firstOfEach(names: readonly string[]): readonly (readonly [name: string, at: number])[] {
  return [...new Map(names.map((name, at) => [name, at] as const).toReversed())].sort(([, a], [, b]) => a - b);
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
