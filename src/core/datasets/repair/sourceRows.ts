/** Reads the rows of a dataset together with their bytes, so that what nobody changes can be written as it stands. */

import { Buffer } from 'node:buffer';
import type { DatasetFile } from '../files.ts';
import { readBytes } from '../readers/bytes.ts';
import { CsvRecords } from '../readers/csv.ts';
import { parseRow } from '../readers/jsonLines.ts';
import { ValueSplitter } from '../readers/jsonValues.ts';
import { MAX_ROW_BYTES, START, tooLong, type RawRow } from '../readers/rows.ts';
import { readBatches } from '../readers/table.ts';
import { cutRecords, lineBehind, splitEnds } from './cutRecords.ts';

/** A row: what stands before it and belongs to no row, the row itself, and the end of its line. */
export interface SourceRow {
  readonly kind: 'row';
  readonly raw: RawRow;
  readonly lead: Buffer;
  /** undefined where a file has no text to a row, as Parquet */
  readonly body: Buffer | undefined;
  readonly end: Buffer;
  /** of CSV, where the record could be parsed */
  readonly cells?: readonly string[];
}

/** All pieces together are the file, byte for byte. */
export type Piece =
  | SourceRow
  /** the rest of a row that is too long to be held */
  | { readonly kind: 'more'; readonly bytes: Buffer }
  /** what stands behind the last row */
  | { readonly kind: 'tail'; readonly bytes: Buffer };

export interface PieceBatch {
  readonly pieces: readonly Piece[];
  /** of the file, as it lies on the disk, read so far */
  readonly bytes: number;
}

export const EMPTY = Buffer.alloc(0);

/** @throws as `readBytes` and `readBatches` */
export function readPieces(source: DatasetFile, signal: AbortSignal | undefined, onHeader?: (names: readonly string[]) => void): AsyncGenerator<PieceBatch> {
  switch (source.kind) {
    case 'jsonl':
      return readLines(source, signal);
    case 'json':
      return readValues(source, signal);
    case 'csv':
      return readRecords(source, signal, onHeader);
    case 'parquet':
    case 'text-folder':
      return readWithoutText(source, signal);
  }
}

const LINE_FEED = 0x0a;
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

async function* readLines(source: DatasetFile, signal: AbortSignal | undefined): AsyncGenerator<PieceBatch> {
  let line = 1;
  let lead: Buffer = EMPTY;
  let rest: Buffer = EMPTY;
  let isSkipping = false;
  const finish = (bytes: Buffer, pieces: Piece[]): void => {
    const split = splitEnds(bytes);
    let { body } = split;
    if (line === 1 && body.subarray(0, 3).equals(BYTE_ORDER_MARK)) [lead, body] = [BYTE_ORDER_MARK, body.subarray(3)];
    const text = body.toString('utf8');
    if (text.trim() === '') lead = Buffer.concat([lead, body, split.end]);
    else {
      pieces.push({ kind: 'row', raw: body.length > MAX_ROW_BYTES ? tooLong(line, line) : parseRow(text, line, line), lead, body, end: split.end });
      lead = EMPTY;
    }
    line++;
  };
  for await (const { bytes, read } of readBytes(source, { from: START, signal })) {
    const pieces: Piece[] = [];
    const chunk = Buffer.from(bytes);
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end !== -1; end = chunk.indexOf(LINE_FEED, start)) {
      const part = chunk.subarray(start, end + 1);
      start = end + 1;
      if (isSkipping) {
        pieces.push({ kind: 'more', bytes: part });
        isSkipping = false;
        line++;
      } else {
        finish(rest.length === 0 ? part : Buffer.concat([rest, part]), pieces);
        rest = EMPTY;
      }
    }
    const open = chunk.subarray(start);
    if (isSkipping) pieces.push({ kind: 'more', bytes: open });
    else rest = rest.length === 0 ? open : Buffer.concat([rest, open]);
    if (rest.length > MAX_ROW_BYTES) {
      pieces.push({ kind: 'row', raw: tooLong(line, line), lead, body: rest, end: EMPTY });
      [lead, rest, isSkipping] = [EMPTY, EMPTY, true];
    }
    yield { pieces, bytes: read };
  }
  const pieces: Piece[] = [];
  if (rest.length > 0) finish(rest, pieces);
  yield { pieces: [...pieces, { kind: 'tail', bytes: lead }], bytes: source.bytes };
}

/** The bytes that have been read and belong to no piece yet. */
class Waiting {
  #bytes: Buffer = EMPTY;
  /** place in the file */
  #start = 0;

  add(chunk: Buffer): void {
    this.#bytes = this.#bytes.length === 0 ? chunk : Buffer.concat([this.#bytes, chunk]);
  }

  /** @param end place in the file */
  takeTo(end: number): Buffer {
    const taken = this.#bytes.subarray(0, end - this.#start);
    this.#bytes = this.#bytes.subarray(taken.length);
    this.#start += taken.length;
    return taken;
  }

  takeAll(): Buffer {
    return this.takeTo(Infinity);
  }
}

async function* readValues(source: DatasetFile, signal: AbortSignal | undefined): AsyncGenerator<PieceBatch> {
  const waiting = new Waiting();
  const spans = new Map<number, readonly [start: number, end: number]>();
  const values = new ValueSplitter(START, (row, start, end) => spans.set(row, [start, end]));
  const asPieces = (rows: readonly RawRow[]): Piece[] => {
    const pieces = rows.map((raw): Piece => {
      const [start, end] = spans.get(raw.row) ?? [];
      // A fault between two values has no text of its own; the one that ends all has the rest.
      if (start === undefined || end === undefined) return { kind: 'row', raw, lead: EMPTY, body: values.isDone ? waiting.takeAll() : EMPTY, end: EMPTY };
      return { kind: 'row', raw, lead: waiting.takeTo(start), body: waiting.takeTo(end), end: EMPTY };
    });
    spans.clear();
    return pieces;
  };
  for await (const { bytes, read } of readBytes(source, { from: START, signal })) {
    const chunk = Buffer.from(bytes);
    if (values.isDone) {
      yield { pieces: [{ kind: 'more', bytes: chunk }], bytes: read };
      continue;
    }
    waiting.add(chunk);
    yield { pieces: asPieces(values.take(chunk)), bytes: read };
  }
  yield { pieces: [...asPieces(values.end()), { kind: 'tail', bytes: waiting.takeAll() }], bytes: source.bytes };
}

async function* readRecords(source: DatasetFile, signal: AbortSignal | undefined, onHeader: ((names: readonly string[]) => void) | undefined): AsyncGenerator<PieceBatch> {
  const waiting = new Waiting();
  const known = new Map<number, { readonly cells: readonly string[]; readonly end: number }>();
  let header: Buffer = EMPTY;
  let line = 1;
  let unparsed: RawRow[] = [];
  const records = new CsvRecords(source.delimiter, START, onHeader, (cells, row, end) => {
    if (row > 0) known.set(row, { cells, end });
    else header = waiting.takeTo(end);
  });
  const cut = (rows: readonly RawRow[], bytes: Buffer): readonly SourceRow[] => {
    const pieces = cutRecords(bytes, line, rows, (row) => known.get(row)?.cells, header);
    line = lineBehind(bytes, lineBehind(header, line));
    header = EMPTY;
    return pieces;
  };
  const asPieces = (rows: readonly RawRow[]): Piece[] => {
    const pieces: Piece[] = [];
    for (const raw of rows) {
      const record = known.get(raw.row);
      unparsed.push(raw);
      if (!record) continue;
      pieces.push(...cut(unparsed, waiting.takeTo(record.end)));
      unparsed = [];
    }
    known.clear();
    return pieces;
  };
  for await (const { bytes, read } of readBytes(source, { from: START, signal })) {
    const chunk = Buffer.from(bytes);
    if (records.isDone) {
      yield { pieces: [...cutRest(), { kind: 'more', bytes: chunk }], bytes: read };
      continue;
    }
    waiting.add(chunk);
    records.take(chunk);
    yield { pieces: asPieces(records.flush()), bytes: read };
  }
  if (!records.isDone) await records.end();
  yield { pieces: [...asPieces(records.flush()), ...cutRest(), { kind: 'tail', bytes: Buffer.concat([header, waiting.takeAll()]) }], bytes: source.bytes };

  function cutRest(): readonly SourceRow[] {
    const rows = unparsed;
    unparsed = [];
    return rows.length === 0 ? [] : cut(rows, waiting.takeAll());
  }
}

async function* readWithoutText(source: DatasetFile, signal: AbortSignal | undefined): AsyncGenerator<PieceBatch> {
  for await (const { rows, bytes } of readBatches(source, { signal })) {
    yield { pieces: rows.map((raw) => ({ kind: 'row', raw, lead: EMPTY, body: undefined, end: EMPTY })), bytes };
  }
}
