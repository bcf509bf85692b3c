/** Reads a JSON list, each element a row, or values one after the other, without ever holding the list. */

import { Buffer } from 'node:buffer';
import { readBytes } from './bytes.ts';
import { parseRow } from './jsonLines.ts';
import { asNext, MAX_ROW_BYTES, tooLong, type Mark, type RawRow, type RowReader } from './rows.ts';

export const readJsonValues: RowReader = async function* (source, options) {
  const values = new ValueSplitter(options.from);
  for await (const { bytes, read } of readBytes(source, options)) {
    const rows = values.take(bytes);
    yield { rows, bytes: read, ...asNext(values.mark) };
    if (values.isDone) return;
  }
  const last = values.end();
  if (last.length > 0) yield { rows: last, bytes: source.bytes };
};

const TAB = 0x09;
const LINE_FEED = 0x0a;
const RETURN = 0x0d;
const SPACE = 0x20;
const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_LIST = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

/** A mark inside of a list is told from one inside of a sequence by this header. */
const IN_LIST = ['['];

type Place =
  /** before the first value */
  | 'start'
  /** before a value or the end */
  | 'between'
  /** inside of an object or list */
  | 'nested'
  /** inside of a string that is itself a row */
  | 'text'
  /** inside of a number, true, false or null, or of something that is none */
  | 'word';

/**
 * Finds where values begin and end by their brackets and quotes alone; what they are is for JSON.parse to say. Brackets
 * that do not fit are a fault of that row, unless one is missing: then the row goes on until it is too long.
 */
export class ValueSplitter {
  /** true when nothing after this can be told apart */
  isDone = false;
  #place: Place;
  #isList: boolean;
  #hasEnded = false;
  #row: number;
  #line: number;
  #at: number;
  #depth = 0;
  #inString = false;
  #isEscaped = false;
  /** of a list: a comma stands before the next value, or none is needed */
  #isSeparated = true;
  #wasSeparated = true;
  #startLine = 1;
  #rest: Buffer[] = [];
  #restBytes = 0;
  #mark: Mark | undefined;
  readonly #onValue: ((row: number, start: number, end: number) => void) | undefined;

  /** @param onValue hears of every value, sound or not, that has an end: where it lies in bytes */
  constructor(start: Mark, onValue?: (row: number, start: number, end: number) => void) {
    const { at, row, line, header } = start;
    this.#onValue = onValue;
    this.#mark = start;
    this.#at = at;
    this.#row = row;
    this.#line = line;
    this.#isList = header !== undefined;
    this.#place = at === 0 ? 'start' : 'between';
    this.#isSeparated = at === 0 || header === undefined;
  }

  /** Behind the last value; unknown behind a fault between two values. */
  get mark(): Mark | undefined {
    return this.#mark;
  }

  take(bytes: Buffer): readonly RawRow[] {
    const rows: RawRow[] = [];
    let start = 0;
    let at = 0;
    while (at < bytes.length && !this.isDone) {
      if (this.#place === 'start' || this.#place === 'between') {
        at = this.#skip(bytes, at, rows);
        start = at;
        continue;
      }
      const end = this.#findEnd(bytes, at);
      if (end !== undefined) {
        this.#finish(bytes.subarray(start, end), this.#at + end, rows);
        this.#mark = { at: this.#at + end, row: this.#row, line: this.#line, ...(this.#isList && { header: IN_LIST }) };
      }
      at = end ?? bytes.length;
    }
    if (this.#place === 'nested' || this.#place === 'text' || this.#place === 'word') this.#keep(bytes.subarray(start), rows);
    this.#at += bytes.length;
    return rows;
  }

  end(): readonly RawRow[] {
    const rows: RawRow[] = [];
    if (this.isDone) return rows;
    if (this.#place !== 'start' && this.#place !== 'between') this.#finish(Buffer.alloc(0), this.#at, rows);
    else if (this.#isList && !this.#hasEnded) rows.push(this.#fault('the file ends before the "]" of the list'));
    return rows;
  }

  /** Passes what is between two values. @returns where the next value, or nothing, is */
  #skip(bytes: Buffer, from: number, rows: RawRow[]): number {
    for (let at = from; at < bytes.length; at++) {
      const byte = bytes[at];
      if (byte === LINE_FEED) this.#line++;
      else if (byte === SPACE || byte === RETURN || byte === TAB || byte === BYTE_ORDER_MARK[this.#at + at]) continue;
      else if (byte === OPEN_LIST && this.#place === 'start') {
        this.#isList = true;
        this.#place = 'between';
      } else if (byte === COMMA && this.#isList && !this.#hasEnded) {
        if (this.#isSeparated) rows.push(this.#fault('a value is missing before the comma'));
        this.#isSeparated = true;
      } else if (byte === CLOSE_LIST && this.#isList && !this.#hasEnded) {
        if (this.#isSeparated && this.#row > 0) rows.push(this.#fault('a comma too many before the "]" of the list'));
        this.#hasEnded = true;
      } else if (this.#hasEnded) {
        rows.push(this.#fault('text follows after the "]" of the list'));
        this.isDone = true;
        return at;
      } else {
        this.#begin(byte);
        return at;
      }
    }
    return bytes.length;
  }

  #begin(byte: number | undefined): void {
    this.#place = byte === OPEN_OBJECT || byte === OPEN_LIST ? 'nested' : byte === QUOTE ? 'text' : 'word';
    this.#depth = 0;
    this.#inString = false;
    this.#isEscaped = false;
    this.#startLine = this.#line;
    this.#wasSeparated = !this.#isList || this.#isSeparated;
    this.#isSeparated = !this.#isList;
  }

  /** @returns the index behind the value; undefined when it does not end here */
  #findEnd(bytes: Buffer, from: number): number | undefined {
    return this.#place === 'word' ? this.#findWordEnd(bytes, from) : this.#findNestedEnd(bytes, from);
  }

  #findWordEnd(bytes: Buffer, from: number): number | undefined {
    for (let at = from; at < bytes.length; at++) {
      const byte = bytes[at];
      if (byte === LINE_FEED || byte === SPACE || byte === RETURN || byte === TAB || (this.#isList && (byte === COMMA || byte === CLOSE_LIST))) return at;
    }
    return undefined;
  }

  #findNestedEnd(bytes: Buffer, from: number): number | undefined {
    let at = from;
    while (at < bytes.length) {
      if (this.#inString) {
        at = this.#findStringEnd(bytes, at);
        if (!this.#inString && this.#depth === 0) return at;
        continue;
      }
      const byte = bytes[at++];
      if (byte === QUOTE) this.#inString = true;
      else if (byte === LINE_FEED) this.#line++;
      else if (byte === OPEN_OBJECT || byte === OPEN_LIST) this.#depth++;
      else if ((byte === CLOSE_OBJECT || byte === CLOSE_LIST) && --this.#depth === 0) return at;
    }
    return undefined;
  }

  /** @returns the index behind the closing quote, or the end of the bytes */
  #findStringEnd(bytes: Buffer, from: number): number {
    let at = from;
    for (;;) {
      if (this.#isEscaped) {
        if (at === bytes.length) return at;
        this.#isEscaped = false;
        at++;
      }
      const quote = bytes.indexOf(QUOTE, at);
      const end = quote === -1 ? bytes.length : quote;
      const escape = bytes.subarray(at, end).indexOf(BACKSLASH);
      if (escape !== -1) {
        this.#isEscaped = true;
        at += escape + 1;
        continue;
      }
      if (quote === -1) return bytes.length;
      this.#inString = false;
      return quote + 1;
    }
  }

  #keep(bytes: Buffer, rows: RawRow[]): void {
    this.#restBytes += bytes.length;
    if (this.#restBytes > MAX_ROW_BYTES) {
      rows.push(tooLong(++this.#row, this.#startLine));
      this.isDone = true;
      this.#rest = [];
    } else {
      // The chunk's buffer is used again.
      this.#rest.push(Buffer.from(bytes));
    }
  }

  #finish(bytes: Buffer, end: number, rows: RawRow[]): void {
    this.#onValue?.(this.#row + 1, end - this.#restBytes - bytes.length, end);
    if (this.#restBytes + bytes.length > MAX_ROW_BYTES) rows.push(tooLong(++this.#row, this.#startLine));
    else {
      const text = this.#rest.length === 0 ? bytes.toString('utf8') : Buffer.concat([...this.#rest, bytes]).toString('utf8');
      if (!this.#wasSeparated) rows.push(this.#fault('a comma is missing before it'));
      else rows.push(parseRow(text, ++this.#row, this.#startLine));
    }
    this.#place = 'between';
    this.#rest = [];
    this.#restBytes = 0;
  }

  #fault(detail: string): RawRow {
    this.#mark = undefined;
    return { row: ++this.#row, line: this.#line, fault: { code: 'dataset.row.invalid-json', detail, column: 1 } };
  }
}
