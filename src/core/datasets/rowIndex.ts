/** Finds any row of a dataset by its number, from places that a scan noted on its way. */

import { createHash } from 'node:crypto';
import { open, stat } from 'node:fs/promises';
import { UserError } from '../errors.ts';
import { asFileError } from './fileFaults.ts';
import { openDataset, requireText, type DatasetFile } from './files.ts';
import { START, type Mark, type RawRow, type RowBatch } from './readers/rows.ts';
import { readBatches } from './readers/table.ts';
import { listTextFiles } from './readers/textFolder.ts';

/** A place for each chunk that was read: some 4,000 for a gigabyte. It belongs to one state of the file. */
export interface RowIndex {
  readonly source: DatasetFile;
  readonly stamp: string;
  /** ascending, the first at the beginning of the file */
  readonly marks: readonly Mark[];
  /** number of the last row; blank lines of JSON Lines have numbers, too */
  readonly lastRow: number;
}

export class RowIndexer {
  readonly #marks: Mark[] = [START];
  #lastRow = 0;

  add({ rows, next }: RowBatch): void {
    this.#lastRow = rows.at(-1)?.row ?? this.#lastRow;
    if (next && next.at > (this.#marks.at(-1)?.at ?? 0)) this.#marks.push(next);
  }

  finish(source: DatasetFile, stamp: string): RowIndex {
    return { source, stamp, marks: this.#marks, lastRow: this.#lastRow };
  }
}

/**
 * Reads a file once for the places of its rows; who inspects it has them from there.
 *
 * @throws UserError as `openDataset`, `requireText` and `readBatches`
 * @throws the signal's reason when aborted
 */
export async function indexRows(file: string, signal?: AbortSignal): Promise<RowIndex> {
  const source = await openDataset(file);
  requireText(source);
  const stamp = await stampOf(source);
  const indexer = new RowIndexer();
  for await (const batch of readBatches(source, { signal })) indexer.add(batch);
  return indexer.finish(source, stamp);
}

/**
 * Rows by their number, in a few milliseconds wherever they are; of a compressed file only as fast as it unpacks.
 *
 * @param from 1-based number of a row, as findings name them; the next row where there is none of this number
 * @returns at most `count` rows, fewer at the end of the file
 * @throws UserError "dataset.changed" when the file is not what was indexed, and as `readBatches`
 * @throws the signal's reason when aborted
 */
export async function readRows({ source, stamp, marks }: RowIndex, from: number, count: number, signal?: AbortSignal): Promise<readonly RawRow[]> {
  await requireUnchanged(source, stamp);
  const found: RawRow[] = [];
  if (count <= 0) return found;
  const start = lastBefore(marks, from);
  for await (const { rows } of readBatches(source, { from: start, rows: from - start.row + count, signal })) {
    for (const row of rows) {
      if (row.row >= from) found.push(row);
      if (found.length === count) return found;
    }
  }
  return found;
}

/**
 * Rows that lie apart, each chunk of the file that holds some of them read once.
 *
 * @param numbers 1-based, ascending
 * @returns those that there are, in their order
 * @throws as `readRows`
 */
export async function readRowsAt({ source, stamp, marks }: RowIndex, numbers: readonly number[], signal?: AbortSignal): Promise<readonly RawRow[]> {
  await requireUnchanged(source, stamp);
  const found: RawRow[] = [];
  for (let at = 0; at < numbers.length;) {
    const start = lastBefore(marks, numbers[at] ?? 1);
    const end = marks[marks.indexOf(start) + 1]?.row ?? Infinity;
    const after = numbers.findIndex((number, index) => index >= at && number > end);
    const wanted = new Set(numbers.slice(at, after < 0 ? undefined : after));
    at += wanted.size;
    found.push(...(await pickRows(source, start, wanted, signal)));
  }
  return found;
}

async function pickRows(source: DatasetFile, from: Mark, wanted: ReadonlySet<number>, signal: AbortSignal | undefined): Promise<readonly RawRow[]> {
  const last = Math.max(...wanted);
  const found: RawRow[] = [];
  for await (const { rows } of readBatches(source, { from, rows: last - from.row, signal })) {
    for (const row of rows) {
      if (wanted.has(row.row)) found.push(row);
      if (row.row >= last) return found;
    }
  }
  return found;
}

/** An index of nothing but the beginning: for rows near it, which are there before a file has been read. */
export async function indexOfStart(file: string): Promise<RowIndex> {
  const source = await openDataset(file);
  requireText(source);
  return new RowIndexer().finish(source, await stampOf(source));
}

async function requireUnchanged(source: DatasetFile, stamp: string): Promise<void> {
  if ((await stampOf(source)) === stamp) return;
  throw new UserError('dataset.changed', `${source.name} has changed since its rows were looked up.`, 'Check the dataset again', { place: { file: source.file } });
}

/** The last place with no row of this number or a later one before it. */
function lastBefore(marks: readonly Mark[], row: number): Mark {
  let low = 0;
  let high = marks.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((marks[middle]?.row ?? 0) < row) low = middle;
    else high = middle - 1;
  }
  return marks[low] ?? START;
}

const STAMPED_BYTES = 4096;

/**
 * Short text that is another one when the file has changed: its size, its time, its first and last bytes.
 *
 * @throws UserError "dataset.missing-file", "dataset.unreadable"
 */
export async function stampOf({ file, kind }: DatasetFile): Promise<string> {
  const hash = createHash('sha1');
  try {
    if (kind === 'text-folder') {
      hash.update(JSON.stringify(await listTextFiles(file)));
    } else {
      const { size, mtimeMs } = await stat(file);
      await using handle = await open(file, 'r');
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(2 * STAMPED_BYTES), 0, STAMPED_BYTES, 0);
      const { bytesRead: lastRead } = await handle.read(buffer, bytesRead, STAMPED_BYTES, Math.max(0, size - STAMPED_BYTES));
      hash.update(`${size} ${mtimeMs} `).update(buffer.subarray(0, bytesRead + lastRead));
    }
  } catch (cause) {
    throw asFileError(cause, file);
  }
  return hash.digest('hex');
}
