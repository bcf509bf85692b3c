/** Reads JSON Lines: one value a line; blank lines are no rows. */

import { Buffer } from 'node:buffer';
import { findJsonFault } from '../jsonFault.ts';
import { findRepeatedKey } from '../repeatedKeys.ts';
import { readBytes } from './bytes.ts';
import { asNext, MAX_ROW_BYTES, TEXT_SHOWN, tooLong, type Mark, type RawRow, type ReadFault, type RowReader } from './rows.ts';

const LINE_FEED = 0x0a;

export const readJsonLines: RowReader = async function* (source, options) {
  const lines = new LineSplitter(options.from);
  for await (const { bytes, read } of readBytes(source, options)) {
    const rows = lines.take(bytes);
    yield { rows, bytes: read, ...asNext(lines.mark) };
  }
  const last = lines.end();
  // A last line without its line feed may still grow, so reading cannot go on behind it.
  if (last.length > 0) yield { rows: last, bytes: source.bytes };
};

/** Cuts bytes at line feeds. What lies behind the last one waits for the next bytes. */
export class LineSplitter {
  #line: number;
  #at: number;
  #isFirst: boolean;
  /** the start of a line, in pieces */
  #rest: Buffer[] = [];
  #restBytes = 0;
  #isSkipping = false;

  constructor({ at, line }: Mark) {
    this.#line = line;
    this.#at = at;
    this.#isFirst = at === 0;
  }

  /** Where the line starts that is not complete yet, unless it has already been given as a fault. */
  get mark(): Mark | undefined {
    return this.#isSkipping ? undefined : { at: this.#at, row: this.#line - 1, line: this.#line };
  }

  take(bytes: Buffer): readonly RawRow[] {
    const rows: RawRow[] = [];
    const first = bytes.indexOf(LINE_FEED);
    if (first === -1) {
      this.#keep(bytes, rows);
      return rows;
    }
    this.#keep(bytes.subarray(0, first), rows);
    this.#finishRest(rows);
    const last = bytes.lastIndexOf(LINE_FEED);
    // One conversion for all lines of the chunk costs a fraction of one a line.
    if (last > first) this.#takeWhole(bytes.toString('utf8', first + 1, last), rows);
    this.#at += last - first;
    this.#keep(bytes.subarray(last + 1), rows);
    return rows;
  }

  end(): readonly RawRow[] {
    const rows: RawRow[] = [];
    if (this.#restBytes > 0) this.#finishRest(rows);
    return rows;
  }

  #takeWhole(text: string, rows: RawRow[]): void {
    let start = 0;
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
      takeLine(text.slice(start, end), this.#line++, rows);
      start = end + 1;
    }
    takeLine(text.slice(start), this.#line++, rows);
  }

  #keep(bytes: Buffer, rows: RawRow[]): void {
    if (bytes.length === 0) return;
    this.#restBytes += bytes.length;
    if (this.#isSkipping) return;
    if (this.#restBytes > MAX_ROW_BYTES) {
      rows.push(tooLong(this.#line, this.#line));
      this.#isSkipping = true;
      this.#rest = [];
    } else {
      // The chunk's buffer is used again.
      this.#rest.push(Buffer.from(bytes));
    }
  }

  #finishRest(rows: RawRow[]): void {
    if (!this.#isSkipping) {
      const text = Buffer.concat(this.#rest).toString('utf8');
      takeLine(this.#isFirst ? text.replace(/^\uFEFF/, '') : text, this.#line, rows);
    }
    this.#line++;
    this.#at += this.#restBytes + 1;
    this.#isFirst = false;
    this.#rest = [];
    this.#restBytes = 0;
    this.#isSkipping = false;
  }
}

function takeLine(text: string, line: number, rows: RawRow[]): void {
  if (text[0] !== '{' && text.trim() === '') return;
  rows.push(parseRow(text, line, line));
}

export function parseRow(text: string, row: number, line: number): RawRow {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { row, line, fault: asJsonFault(text) };
  }
  const repeatedKey = findRepeatedKey(text, value);
  return repeatedKey === undefined ? { row, line, value } : { row, line, value, repeatedKey };
}

function asJsonFault(text: string): ReadFault {
  const { reason, column, isUnfinished } = findJsonFault(text) ?? { column: 1, reason: 'it cannot be parsed', isUnfinished: false };
  return { code: 'dataset.row.invalid-json', detail: reason, column, isUnfinished, text: text.slice(0, TEXT_SHOWN).replace(/\r$/, '') };
}
