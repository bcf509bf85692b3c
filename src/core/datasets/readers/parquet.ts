/** Reads Parquet, a part of a row group at a time: whole pages, however large the group is. */

import { open, type FileHandle } from 'node:fs/promises';
import type * as hyparquet from 'hyparquet';
import type { AsyncBuffer, Compressors, FileMetaData, RowGroup } from 'hyparquet';
import { UserError } from '../../errors.ts';
import { formatList } from '../../wording/lists.ts';
import { formatCount } from '../../wording/numbers.ts';
import { asFileError } from '../fileFaults.ts';
import type { DatasetFile } from '../files.ts';
import { changedWhileRead, requireThere } from './bytes.ts';
import type * as parquetPages from './parquetPages.ts';
import type { Mark, RawRow, RowReader } from './rows.ts';

/** Unpacked. Pages are usually of a megabyte, and those at the two ends of a part are read for its neighbours again. */
const PART_BYTES = 8 * 1024 * 1024;
/** Rows handed on at once, so that the event loop is free between two batches. */
const BATCH_ROWS = 256;

export const readParquet: RowReader = async function* (source, { from, rows: wanted = Infinity, signal }) {
  await using handle = await open(source.file, 'r').catch((cause: unknown) => {
    throw asFileError(cause, source.file);
  });
  const file = new ParquetFile(source, handle, await loadLibrary());
  const metadata = await file.readMetadata();
  const end = Math.min(Number(metadata.num_rows), from.at + wanted);
  let groupStart = 0;
  for (const group of metadata.row_groups) {
    const groupEnd = Math.min(end, groupStart + Number(group.num_rows));
    const step = rowsAtOnce(group);
    for (let start = Math.max(groupStart, from.at); start < groupEnd; start += step) {
      const partEnd = Math.min(groupEnd, start + step);
      signal?.throwIfAborted();
      const cells = await file.readCells(metadata, group, start, partEnd);
      for (let at = 0; at < cells.length; at += BATCH_ROWS) {
        const rows = file.asRows(metadata, cells.slice(at, at + BATCH_ROWS), start + at);
        const done = start + at + rows.length;
        yield { rows, bytes: Math.round((source.bytes * done) / Number(metadata.num_rows)), next: asMark(done) };
      }
    }
    groupStart += Number(group.num_rows);
  }
  signal?.throwIfAborted();
  await requireThere(source);
};

function asMark(rows: number): Mark {
  return { at: rows, row: rows, line: rows + 1 };
}

function rowsAtOnce({ num_rows: rows, total_byte_size: bytes }: RowGroup): number {
  return Math.max(1, Math.ceil((Number(rows) * PART_BYTES) / Math.max(Number(bytes), PART_BYTES)));
}

type Library = typeof hyparquet & typeof parquetPages & { readonly compressors: Compressors };

/** Read on first use: the unpackers bring their tables and a WebAssembly module. */
async function loadLibrary(): Promise<Library> {
  const [library, pages, { compressors }] = await Promise.all([import('hyparquet'), import('./parquetPages.ts'), import('hyparquet-compressors')]);
  return { ...library, ...pages, compressors };
}

/** What was learnt of a file, for the next one who reads it. */
interface Known {
  readonly metadata: FileMetaData;
  /** page indexes that the file does not have, one after the other; they are read as if they lay at `BEYOND` */
  indexes: Uint8Array;
}

const knownOf = new WeakMap<DatasetFile, Known>();

/** Beyond the end of every file. */
const BEYOND = 2 ** 50;

class ParquetFile implements AsyncBuffer {
  readonly byteLength: number;
  readonly #source: DatasetFile;
  readonly #handle: FileHandle;
  readonly #library: Library;

  constructor(source: DatasetFile, handle: FileHandle, library: Library) {
    this.byteLength = source.bytes;
    this.#source = source;
    this.#handle = handle;
    this.#library = library;
  }

  async slice(start: number, end = this.byteLength): Promise<ArrayBuffer> {
    if (start >= BEYOND) return Uint8Array.from(knownOf.get(this.#source)?.indexes.subarray(start - BEYOND, end - BEYOND) ?? []).buffer;
    const bytes = new Uint8Array(Math.max(0, Math.min(end, this.byteLength) - start));
    for (let done = 0; done < bytes.length; ) {
      const { bytesRead } = await this.#handle.read(bytes, done, bytes.length - done, start + done);
      if (bytesRead === 0) throw changedWhileRead(this.#source, 'shorter');
      done += bytesRead;
    }
    return bytes.buffer;
  }

  async readMetadata(): Promise<FileMetaData> {
    const known = knownOf.get(this.#source);
    if (known) return known.metadata;
    const metadata = await this.#library.parquetMetadataAsync(this).catch((cause: unknown) => {
      throw this.#damaged('its description at the end of the file cannot be read', cause);
    });
    const codecs = new Set(metadata.row_groups.flatMap(({ columns }) => columns.map(({ meta_data: column }) => column?.codec ?? 'an unnamed codec')));
    const unknown = [...codecs].filter((codec) => codec !== 'UNCOMPRESSED' && !Object.hasOwn(this.#library.compressors, codec));
    if (unknown.length > 0) {
      const { name, file } = this.#source;
      throw new UserError('dataset.unknown-codec', `${name} is compressed with ${formatList(unknown)}, which Tunesmith does not unpack.`,
        'Write the file again with snappy, zstd or gzip compression', { place: { file } });
    }
    knownOf.set(this.#source, { metadata, indexes: new Uint8Array() });
    return metadata;
  }

  /** @param start 0-based; @param end exclusive, in the same row group */
  async readCells(metadata: FileMetaData, group: RowGroup, start: number, end: number): Promise<readonly (readonly unknown[])[]> {
    let found: readonly (readonly unknown[])[] = [];
    try {
      if (end - start < Number(group.num_rows)) await this.#indexPages(metadata, group);
      await this.#library.parquetRead({
        file: this, metadata, compressors: this.#library.compressors, rowStart: start, rowEnd: end, useOffsetIndex: true, rowFormat: 'array',
        onComplete: (rows: unknown[][]) => void (found = rows),
      });
    } catch (cause) {
      throw this.#damaged(`rows ${formatCount(start + 1)} to ${formatCount(end)} cannot be read`, cause);
    }
    return found;
  }

  /** Most programs write no page index, and without one every part would take the whole group. */
  async #indexPages(metadata: FileMetaData, { columns }: RowGroup): Promise<void> {
    const known = knownOf.get(this.#source);
    for (const column of columns) {
      if (!known || !column.meta_data || column.offset_index_offset !== undefined) continue;
      const index = await this.#library.indexPages(column.meta_data, metadata, this.#library.compressors, (from, to) => this.slice(from, to));
      column.offset_index_offset = BigInt(BEYOND + known.indexes.length);
      column.offset_index_length = index.length;
      known.indexes = Uint8Array.from([...known.indexes, ...index]);
    }
  }

  asRows(metadata: FileMetaData, cells: readonly (readonly unknown[])[], before: number): readonly RawRow[] {
    const names = this.#library.parquetSchema(metadata).children.map(({ element }) => element.name);
    return cells.map((values, index) => {
      const row = before + index + 1;
      return { row, line: row, value: Object.fromEntries(names.map((name, at) => [name, toPlain(values[at])])) };
    });
  }

  #damaged(what: string, cause: unknown): unknown {
    const known = asFileError(cause, this.#source.file);
    if (known instanceof UserError || !(cause instanceof Error)) return known;
    const { name, file } = this.#source;
    return new UserError('dataset.damaged-parquet', `${name} is no sound Parquet file: ${what} (${cause.message}).`, 'Copy the file again, or write it again', { cause, place: { file } });
  }
}

/** As the same value would be in JSON: numbers, text, null, lists and objects only. */
function toPlain(value: unknown): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (typeof value !== 'object' || value === null) return value ?? null;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (Array.isArray(value)) return value.map(toPlain);
  // Bytes that are no text, or a list of small numbers.
  if (ArrayBuffer.isView(value)) return Array.from(value as Uint8Array, toPlain);
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, toPlain(item)]));
}
