/** Finds where the pages of a Parquet column begin, in files that do not say so, and writes it down as such files would. */

import type { ColumnMetaData, Compressors, DataReader, FileMetaData } from 'hyparquet';
import { parquetHeader } from 'hyparquet/src/column.js';
import { decompressPage } from 'hyparquet/src/datapage.js';
import { readRleBitPackedHybrid } from 'hyparquet/src/encoding.js';
import { parquetSchema } from 'hyparquet/src/metadata.js';
import { getMaxRepetitionLevel, getTreePath } from 'hyparquet/src/schema.js';

/** Some pages, one after the other, of which the first begins with a row. */
interface PageLocation {
  readonly offset: number;
  /** with their headers, in bytes */
  size: number;
  readonly firstRow: number;
}

export type ReadSlice = (start: number, end: number) => Promise<ArrayBuffer>;

/** Headers hold the least and the greatest value of a page, which may be long. */
const HEADER_BYTES = 64 * 1024;

/**
 * Goes through the pages of one column of one row group; lists are unpacked to count their rows, all others skipped.
 *
 * @returns the offset index as the file would have it, in Thrift's compact protocol
 * @throws Error when the pages cannot be read
 * @see https://github.com/apache/parquet-format, PageIndex.md
 */
export async function indexPages(column: ColumnMetaData, metadata: FileMetaData, compressors: Compressors, readSlice: ReadSlice): Promise<Uint8Array> {
  const depth = getMaxRepetitionLevel(getTreePath(parquetSchema(metadata), column.path_in_schema));
  const start = Number(column.dictionary_page_offset || column.data_page_offset);
  const end = start + Number(column.total_compressed_size);
  const pages: PageLocation[] = [];
  let row = 0;
  for (let at = start; at < end; ) {
    const { header, length } = await readHeader(at, end, readSlice);
    const pageEnd = at + length + header.compressed_page_size;
    if (header.type !== 'DICTIONARY_PAGE') {
      const { rows, startsRow } = await countRows(header, depth, async () =>
        decompressPage(new Uint8Array(await readSlice(at + length, pageEnd)), header.uncompressed_page_size, column.codec, compressors));
      const last = pages.at(-1);
      if (startsRow || !last) pages.push({ offset: at, size: pageEnd - at, firstRow: row });
      else last.size = pageEnd - last.offset;
      row += rows;
    }
    at = pageEnd;
  }
  return asOffsetIndex(pages);
}

type PageHeader = ReturnType<typeof parquetHeader>;

async function readHeader(at: number, end: number, readSlice: ReadSlice): Promise<{ readonly header: PageHeader; readonly length: number }> {
  const parse = async (to: number): Promise<{ readonly header: PageHeader; readonly length: number }> => {
    const reader: DataReader = { view: new DataView(await readSlice(at, to)), offset: 0 };
    return { header: parquetHeader(reader), length: reader.offset };
  };
  const near = Math.min(end, at + HEADER_BYTES);
  return parse(near).catch((cause: unknown) => {
    if (near === end) throw cause;
    return parse(end);
  });
}

/** @param depth how many lists are in each other at most */
async function countRows(header: PageHeader, depth: number, unpack: () => Promise<Uint8Array>): Promise<{ readonly rows: number; readonly startsRow: boolean }> {
  if (header.data_page_header_v2) return { rows: header.data_page_header_v2.num_rows, startsRow: true };
  const values = header.data_page_header?.num_values ?? 0;
  if (depth === 0) return { rows: values, startsRow: true };
  const { buffer, byteOffset, byteLength } = await unpack();
  // A value begins a row where its repetition level is 0.
  const levels = new Array<number>(values);
  readRleBitPackedHybrid({ view: new DataView(buffer, byteOffset, byteLength), offset: 0 }, 32 - Math.clz32(depth), levels);
  return { rows: levels.reduce((rows, level) => rows + (level === 0 ? 1 : 0), 0), startsRow: levels[0] === 0 };
}

const STRUCT = 12;
const LIST = 9;
const I32 = 5;
const I64 = 6;
const NEXT_FIELD = 0x10;
const LONG_LIST = 0xf0;

/** OffsetIndex { 1: list<PageLocation { 1: i64 offset, 2: i32 compressed_page_size, 3: i64 first_row_index }> } */
function asOffsetIndex(pages: readonly PageLocation[]): Uint8Array {
  const bytes: number[] = [NEXT_FIELD | LIST, LONG_LIST | STRUCT];
  const writeVarint = (value: number): void => {
    let rest = value;
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
    bytes.push(rest);
  };
  writeVarint(pages.length);
  for (const { offset, size, firstRow } of pages) {
    for (const [type, value] of [[I64, offset], [I32, size], [I64, firstRow]] as const) {
      bytes.push(NEXT_FIELD | type);
      // Zigzag: these are never negative.
      writeVarint(2 * value);
    }
    bytes.push(0);
  }
  bytes.push(0);
  return Uint8Array.from(bytes);
}
