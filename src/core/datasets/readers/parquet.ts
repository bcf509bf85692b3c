/** Reads Parquet: a row group, or where the file says where its pages are a part of one, at a time. */

import { open, type FileHandle } from 'node:fs/promises';
import type * as hyparquet from 'hyparquet';
import type { AsyncBuffer, Compressors, FileMetaData, RowGroup } from 'hyparquet';
import { UserError } from '../../errors.ts';
import { formatList } from '../../wording/lists.ts';
import { formatBytes, formatCount } from '../../wording/numbers.ts';
import { asFileError } from '../fileFaults.ts';
import type { DatasetFile } from '../files.ts';
import { changedWhileRead, requireThere } from './bytes.ts';
import type { Mark, RawRow, RowReader } from './rows.ts';

/** Of unpacked data, where a part can be read; it is a batch then. */
const PART_BYTES = 2 * 1024 * 1024;
/** Unpacked, of a row group that must be read as a whole. */
const MAX_GROUP_BYTES = 512 * 1024 * 1024;
/** Rows handed on at once, so that the event loop is free between two batches. */
const BATCH_ROWS = 256;

export const readParquet: RowReader = async function* (source, { from, signal }) {
  await using handle = await open(source.file, 'r').catch((cause: unknown) => {
    throw asFileError(cause, source.file);
  });
  const file = new ParquetFile(source, handle, await loadLibrary());
  const metadata = await file.readMetadata();
  let groupStart = 0;
  for (const group of metadata.row_groups) {
    const groupEnd = groupStart + Number(group.num_rows);
    const step = rowsAtOnce(group, source);
    for (let start = Math.max(groupStart, from.at); start < groupEnd; start += step) {
      const end = Math.min(groupEnd, start + step);
      signal?.throwIfAborted();
      const rows = await file.readRows(metadata, start, end);
      for (let at = 0; at < rows.length; at += BATCH_ROWS) {
        const batch = rows.slice(at, at + BATCH_ROWS);
        const done = start + at + batch.length;
        yield { rows: batch, bytes: Math.round((source.bytes * done) / Number(metadata.num_rows)), next: asMark(done) };
      }
    }
    groupStart = groupEnd;
  }
  signal?.throwIfAborted();
  await requireThere(source);
};

function asMark(rows: number): Mark {
  return { at: rows, row: rows, line: rows + 1 };
}

type Library = typeof hyparquet & { readonly compressors: Compressors };

/** Read on first use: the unpackers bring their tables and a WebAssembly module. */
async function loadLibrary(): Promise<Library> {
  const [library, { compressors }] = await Promise.all([import('hyparquet'), import('hyparquet-compressors')]);
  return { ...library, compressors };
}

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
    const bytes = new Uint8Array(Math.max(0, Math.min(end, this.byteLength) - start));
    for (let done = 0; done < bytes.length; ) {
      const { bytesRead } = await this.#handle.read(bytes, done, bytes.length - done, start + done);
      if (bytesRead === 0) throw changedWhileRead(this.#source, 'shorter');
      done += bytesRead;
    }
    return bytes.buffer;
  }

  async readMetadata(): Promise<FileMetaData> {
    const metadata = await this.#library.parquetMetadataAsync(this).catch((cause: unknown) => {
      throw this.#damaged('its description at the end of the file cannot be read', cause);
    });
    const codecs = new Set(metadata.row_groups.flatMap(({ columns }) => columns.map(({ meta_data: column }) => column?.codec ?? 'an unnamed codec')));
    const unknown = [...codecs].filter((codec) => codec !== 'UNCOMPRESSED' && !Object.hasOwn(this.#library.compressors, codec));
    if (unknown.length === 0) return metadata;
    const { name, file } = this.#source;
    throw new UserError('dataset.unknown-codec', `${name} is compressed with ${formatList(unknown)}, which Tunesmith does not unpack.`,
      'Write the file again with snappy, zstd or gzip compression', { place: { file } });
  }

  /** @param start 0-based; @param end exclusive */
  async readRows(metadata: FileMetaData, start: number, end: number): Promise<readonly RawRow[]> {
    const { parquetRead, parquetSchema, compressors } = this.#library;
    const names = parquetSchema(metadata).children.map(({ element }) => element.name);
    let found: readonly (readonly unknown[])[] = [];
    try {
      await parquetRead({
        file: this, metadata, compressors, rowStart: start, rowEnd: end, useOffsetIndex: true, rowFormat: 'array',
        onComplete: (rows: unknown[][]) => void (found = rows),
      });
    } catch (cause) {
      throw this.#damaged(`rows ${formatCount(start + 1)} to ${formatCount(end)} cannot be read`, cause);
    }
    return found.map((cells, index) => {
      const row = start + index + 1;
      return { row, line: row, value: Object.fromEntries(names.map((name, at) => [name, toPlain(cells[at])])) };
    });
  }

  #damaged(what: string, cause: unknown): unknown {
    const known = asFileError(cause, this.#source.file);
    if (known instanceof UserError || !(cause instanceof Error)) return known;
    const { name, file } = this.#source;
    return new UserError('dataset.damaged-parquet', `${name} is no sound Parquet file: ${what} (${cause.message}).`, 'Copy the file again, or write it again', { cause, place: { file } });
  }
}

/** @throws UserError "dataset.row-group-too-large" */
function rowsAtOnce(group: RowGroup, { name, file }: DatasetFile): number {
  const rows = Number(group.num_rows);
  const bytes = Number(group.total_byte_size);
  if (group.columns.every(({ offset_index_offset: offset }) => offset !== undefined)) return Math.max(1, Math.ceil((rows * PART_BYTES) / Math.max(bytes, 1)));
  if (bytes <= MAX_GROUP_BYTES) return Math.max(1, rows);
  throw new UserError(
    'dataset.row-group-too-large',
    `${name} has a row group of ${formatBytes(bytes)} without a page index, which must be read as a whole; Tunesmith reads up to ${formatBytes(MAX_GROUP_BYTES)}.`,
    'Write the file again with smaller row groups, for example of 10,000 rows',
    { place: { file } },
  );
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
