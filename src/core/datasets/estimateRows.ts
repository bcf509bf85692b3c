/** Guesses how many rows a dataset has, for rules that need no exact number, without reading all of it. */

import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { parseDatasetName } from './extensions.ts';
import { openDataset } from './files.ts';
import { readBatches } from './readers/table.ts';

/** Above these, reading on costs more than a rough count is worth; the first part tells the length of a row. */
const COUNTED_BYTES = 16_000_000;
const PARSED_BYTES = 4_000_000;

/** @returns undefined when there are none, or the file cannot be read */
export async function estimateRows(dataset: string): Promise<number | undefined> {
  const name = parseDatasetName(dataset);
  const hasLines = name !== undefined && !name.isGzip && (name.kind === 'jsonl' || name.kind === 'csv');
  try {
    return hasLines ? await countLines(dataset, name.kind === 'csv' ? 1 : 0) : await countFirstRows(dataset);
  } catch {
    return undefined;
  }
}

/** Lines that are not empty: a CSV record over two lines counts twice, which no rule minds. */
async function countLines(dataset: string, headers: number): Promise<number | undefined> {
  const { size } = await stat(dataset);
  let lines = 0;
  let bytes = 0;
  let endsLine = true;
  for await (const chunk of createReadStream(dataset, { end: COUNTED_BYTES - 1 }) as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    for (const byte of chunk) {
      if (byte === 10) endsLine = true;
      else if (byte > 32 && endsLine) [lines, endsLine] = [lines + 1, false];
    }
  }
  const rows = lines - headers;
  return rows > 0 ? Math.round(rows * Math.max(1, size / bytes)) : undefined;
}

async function countFirstRows(dataset: string): Promise<number | undefined> {
  const source = await openDataset(dataset);
  let rows = 0;
  let read = 0;
  for await (const batch of readBatches(source)) {
    rows += batch.rows.length;
    read = batch.bytes;
    if (rows > 0 && read > PARSED_BYTES) break;
  }
  return rows > 0 ? Math.round(rows * Math.max(1, source.bytes / Math.max(1, read))) : undefined;
}
