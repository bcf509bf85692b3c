/** Copies the rows of a dataset into the files of its parts: byte for byte where a row is a line or a record, else as JSON Lines. */

import { Buffer } from 'node:buffer';
import type { DatasetFile } from '../files.ts';
import { readBytes } from '../readers/bytes.ts';
import { CsvRecords } from '../readers/csv.ts';
import { START } from '../readers/rows.ts';
import { readBatches } from '../readers/table.ts';
import { parseKeepingNumbers } from '../repair/rawNumbers.ts';
import { readPieces } from '../repair/sourceRows.ts';

/** Takes what is written into one part. */
export interface Sink {
  /** Copies the bytes. */
  add(bytes: Buffer): void;
  flush(): Promise<void>;
}

export interface CopyOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (bytes: number) => void;
}

/** Which rows go where: numbers of rows, ascending, and of each the index of its sink. Other rows are in no part. */
export interface Destinations {
  readonly rows: Uint32Array;
  readonly parts: Uint8Array;
}

/** "jsonl" where the rows are written anew, else as the source ends, without ".gz". */
export function partExtension({ name, kind }: Pick<DatasetFile, 'name' | 'kind'>): string {
  const plain = name.replace(/\.gz$/i, '');
  return kind === 'jsonl' || kind === 'csv' ? plain.slice(plain.lastIndexOf('.') + 1).toLowerCase() : 'jsonl';
}

/**
 * @param sinks one a part; undefined for a part that is not written
 * @throws UserError as `readBytes` and `readBatches`
 * @throws the signal's reason when aborted
 */
export async function copyRows(source: DatasetFile, destinations: Destinations, sinks: readonly (Sink | undefined)[], options: CopyOptions): Promise<void> {
  const cursor = new Cursor(destinations, sinks);
  if (source.kind === 'jsonl') await copyLines(source, cursor, options);
  else if (source.kind === 'csv') await copyRecords(source, cursor, options);
  else if (source.kind === 'json') await copyValues(source, cursor, options);
  else await writeRows(source, cursor, options);
}

class Cursor {
  readonly #destinations: Destinations;
  readonly sinks: readonly (Sink | undefined)[];
  #at = 0;

  constructor(destinations: Destinations, sinks: readonly (Sink | undefined)[]) {
    this.#destinations = destinations;
    this.sinks = sinks;
  }

  /** @param row not below the one asked for before */
  sinkOf(row: number): Sink | undefined {
    const { rows, parts } = this.#destinations;
    while (this.#at < rows.length && (rows[this.#at] ?? 0) < row) this.#at++;
    return rows[this.#at] === row ? this.sinks[parts[this.#at] ?? 0] : undefined;
  }

  async flush(): Promise<void> {
    for (const sink of this.sinks) await sink?.flush();
  }
}

const LINE_FEED = 0x0a;
const RETURN = 0x0d;
const NEW_LINE = Buffer.from('\n');
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** A line may be longer than the memory: its pieces are passed on as they come. */
async function copyLines(source: DatasetFile, cursor: Cursor, { signal, onProgress }: CopyOptions): Promise<void> {
  let line = 1;
  let sink = cursor.sinkOf(line);
  let isWhole = true;
  let isFirst = true;
  for await (const { bytes, read } of readBytes(source, { from: START, signal })) {
    // It belongs to the file, not to its first row.
    let start = isFirst && bytes.subarray(0, 3).equals(BYTE_ORDER_MARK) ? 3 : 0;
    isFirst = false;
    for (let end = bytes.indexOf(LINE_FEED, start); end !== -1; end = bytes.indexOf(LINE_FEED, start)) {
      sink?.add(bytes.subarray(start, end + 1));
      start = end + 1;
      sink = cursor.sinkOf(++line);
      isWhole = true;
    }
    if (start < bytes.length) {
      sink?.add(bytes.subarray(start));
      isWhole = false;
    }
    await cursor.flush();
    onProgress?.(read);
  }
  if (!isWhole) sink?.add(NEW_LINE);
  await cursor.flush();
}

async function copyRecords(source: DatasetFile, cursor: Cursor, { signal, onProgress }: CopyOptions): Promise<void> {
  let waiting = Buffer.alloc(0);
  let base = 0;
  let last = 0;
  const records = new CsvRecords(source.delimiter, START, undefined, (cells, row, end) => {
    const bytes = asLine(waiting.subarray(0, end - base));
    waiting = waiting.subarray(end - base);
    base = end;
    if (row === 0) for (const sink of cursor.sinks) sink?.add(bytes);
    // Behind a record that cannot be parsed, nobody knows where the next one begins.
    else cursor.sinkOf(row)?.add(row === last + 1 ? bytes : writeRecord(cells, source.delimiter));
    last = row;
  });
  for await (const { bytes, read } of readBytes(source, { from: START, signal })) {
    const chunk = Buffer.from(bytes);
    waiting = waiting.length === 0 ? chunk : Buffer.concat([waiting, chunk]);
    records.take(chunk);
    records.flush();
    await cursor.flush();
    onProgress?.(read);
    if (records.isDone) return;
  }
  await records.end();
  await cursor.flush();
}

/** Without the blank lines before it, and with an end. */
function asLine(bytes: Buffer): Buffer {
  let start = 0;
  while (bytes[start] === LINE_FEED || bytes[start] === RETURN) start++;
  const record = bytes.subarray(start);
  const last = record.at(-1);
  return last === LINE_FEED || last === RETURN ? record : Buffer.concat([record, NEW_LINE]);
}

function writeRecord(cells: readonly string[], delimiter: string): Buffer {
  const quoted = cells.map((cell) => (cell.includes(delimiter) || /["\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell));
  return Buffer.from(`${quoted.join(delimiter)}\n`);
}

/** Each value on a line of its own, with every digit of its numbers. */
async function copyValues(source: DatasetFile, cursor: Cursor, { signal, onProgress }: CopyOptions): Promise<void> {
  for await (const { pieces, bytes } of readPieces(source, signal)) {
    for (const piece of pieces) {
      if (piece.kind !== 'row' || piece.raw.fault || !piece.body) continue;
      cursor.sinkOf(piece.raw.row)?.add(Buffer.from(`${asOneLine(piece.body, piece.raw.value)}\n`));
    }
    await cursor.flush();
    onProgress?.(bytes);
  }
}

function asOneLine(body: Buffer, value: unknown): string {
  const text = body.toString('utf8');
  if (!/[\r\n]/.test(text)) return text;
  try {
    return JSON.stringify(parseKeepingNumbers(text));
  } catch {
    // Nested deeper than it can be read in this way.
    return JSON.stringify(value);
  }
}

async function writeRows(source: DatasetFile, cursor: Cursor, { signal, onProgress }: CopyOptions): Promise<void> {
  for await (const { rows, bytes } of readBatches(source, { signal })) {
    for (const { row, value, fault } of rows) {
      const sink = fault ? undefined : cursor.sinkOf(row);
      if (sink) sink.add(Buffer.from(`${JSON.stringify(value)}\n`));
    }
    await cursor.flush();
    onProgress?.(bytes);
  }
}
