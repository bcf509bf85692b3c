/** The readers, one for each kind of dataset. */

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { DatasetKind } from '../extensions.ts';
import type { DatasetFile } from '../files.ts';
import { readCsv } from './csv.ts';
import { readJsonLines } from './jsonLines.ts';
import { readJsonValues } from './jsonValues.ts';
import { readParquet } from './parquet.ts';
import { START, type ReaderOptions, type RowBatch, type RowReader } from './rows.ts';
import { readTextFolder } from './textFolder.ts';

const READERS: Readonly<Record<DatasetKind, RowReader>> = {
  jsonl: readJsonLines,
  json: readJsonValues,
  csv: readCsv,
  parquet: readParquet,
  'text-folder': readTextFolder,
};

export type ReadOptions = Partial<ReaderOptions>;

/**
 * The rows of a dataset in order, a few at a time, from the beginning where `options.from` does not say otherwise.
 *
 * @throws UserError when the file as a whole cannot be read any further, such as "dataset.changed-while-read"
 * @throws the signal's reason when aborted
 */
export async function* readBatches(source: DatasetFile, { from = START, signal, ...hear }: ReadOptions = {}): AsyncGenerator<RowBatch> {
  signal?.throwIfAborted();
  for await (const batch of READERS[source.kind](source, { from, signal, ...hear })) {
    yield batch;
    signal?.throwIfAborted();
    // What comes from memory comes without a turn of the event loop.
    await nextTurn();
  }
}
