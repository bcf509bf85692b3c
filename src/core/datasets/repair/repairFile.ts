/** Writes a repaired version of a dataset with a manifest beside it: both whole or neither, and never over a file unasked. */

import { Buffer } from 'node:buffer';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

import { UserError } from '../../errors.ts';
import { parseDatasetName } from '../extensions.ts';
import { openDataset, requireText, type DatasetFile } from '../files.ts';
import { alreadyThere, asWriteError, exists, modeFor, partialName, publishAll } from '../publish.ts';
import type { ReadFault } from '../readers/rows.ts';
import { readBatches } from '../readers/table.ts';
import { stampOf } from '../rowIndex.ts';
import { isGzipName, requireName } from '../outName.ts';
import type { TargetId } from '../targets/target.ts';
import { ChangeLog, factsOf } from './manifest.ts';
import { manifestName, repairedName } from './names.ts';
import { RowRepairer } from './rowRepairer.ts';
import { RowWriter } from './rowWriter.ts';
import { describeChange, type RowChange } from './rowChange.ts';
import { readPieces } from './sourceRows.ts';
import { nearDuplicatesOf } from './nearDuplicatesOf.ts';
import type { RepairId } from './table.ts';

export interface RepairOptions {
  readonly repairs: readonly RepairId[];
  /** where the rows are to be trained on, which decides which of them cannot be; if absent this machine */
  readonly target?: TargetId;
  /** absolute; without it a name beside the source, see `repairedName` */
  readonly out?: string;
  /** whether existing files are replaced */
  readonly force?: boolean;
  /** only tells what would be done */
  readonly isDry?: boolean;
  /** of Tunesmith, for the manifest */
  readonly version: string;
  readonly signal?: AbortSignal;
  /** a few times a megabyte */
  readonly onProgress?: (progress: { readonly bytes: number; readonly totalBytes: number }) => void;
}

export interface RepairReport {
  readonly file: string;
  /** undefined when there was nothing to repair, or nothing was to be written */
  readonly out: string | undefined;
  readonly manifest: string | undefined;
  readonly rows: number;
  readonly written: number;
  readonly changed: number;
  readonly dropped: number;
  /** rows that cannot be read and stay as they are, whatever is in them */
  readonly unread: number;
  /** those that had something to do, in the order of their work */
  readonly repairs: readonly { readonly id: RepairId; readonly title: string; readonly rows: number; readonly firstRow: number }[];
  /** the first rows that did not stay as they were, at most `CHANGES_SHOWN` */
  readonly changes: readonly RowChange[];
}

/** More than anybody reviews one by one. */
export const CHANGES_SHOWN = 200;

/**
 * Streams all rows in their order; memory is bounded by the longest row and a few bytes for each that is changed. Rows that
 * no repair names are written byte for byte.
 *
 * @throws UserError "dataset.repair.exists", "dataset.repair.unwritable", "dataset.repair.bad-name", "dataset.repair.folder", "dataset.repair.nothing-left",
 *   "dataset.changed"; as `openDataset`, `requireText` and `readBatches`
 * @throws the signal's reason when aborted; nothing is kept then
 */
export async function repairFile(file: string, options: RepairOptions): Promise<RepairReport> {
  const source = await openSource(file, options);
  const out = options.out ?? repairedName(file);
  if (!options.isDry) requireName('dataset.repair', out, writtenKind(source));
  const files = [out, manifestName(out)];
  if (!options.force && !options.isDry) for (const one of files) if (await exists(one)) throw alreadyThere('dataset.repair', one);
  const [partial, partialManifest] = files.map(partialName) as [string, string];
  const stamp = await stampOf({ ...source });
  const repairing = new Repairing(source, options, await nearDuplicatesOf(source, options));
  try {
    const { signal } = options;
    if (options.isDry) for await (const _ of repairing.chunks()) continue;
    else await pipeline([Readable.from(repairing.chunks()), ...(isGzipName(out) ? [createGzip()] : []), createWriteStream(partial, { flags: 'wx', mode: await modeFor(file) })], signal ? { signal } : {});
    if ((await stampOf(source)) !== stamp) throw new UserError('dataset.changed', `${source.name} was changed while it was repaired.`, 'Try again once nothing writes to it', { place: { file } });
    const report = repairing.report(file);
    if (options.isDry || report.repairs.length === 0) return { ...report, out: undefined, manifest: undefined };
    if (report.written === 0) throw nothingLeft(source, report);
    const head = {
      tunesmith: 'repair', version: 1, by: options.version, date: new Date().toISOString(),
      source: await factsOf(file, source.name, report.rows, signal), result: await factsOf(partial, basename(out), report.written, signal),
    } as const;
    await pipeline(Readable.from(repairing.log.write(head)), createWriteStream(partialManifest, { flags: 'wx' }));
    signal?.throwIfAborted();
    await publishAll([{ partial, out }, { partial: partialManifest, out: manifestName(out) }], options.force ?? false);
    return { ...report, out, manifest: manifestName(out) };
  } catch (cause) {
    if (options.signal?.aborted) throw options.signal.reason;
    throw asWriteError('dataset.repair', cause, out);
  } finally {
    for (const one of [partial, partialManifest]) await rm(one, { force: true });
  }
}

async function openSource(file: string, { repairs, signal }: RepairOptions): Promise<DatasetFile> {
  const source = await openDataset(file);
  requireText(source);
  if (source.kind === 'text-folder') {
    throw new UserError('dataset.repair.folder', `${source.name} is a folder of texts, which has no rows to repair.`, 'Convert it to JSON Lines first', { place: { file } });
  }
  if (source.kind !== 'jsonl' || !repairs.includes('unwrap-json')) return source;
  const asValues: DatasetFile = { ...source, kind: 'json' };
  const isSpread = (await firstFaultOf(source, signal))?.isUnfinished === true && (await firstFaultOf(asValues, signal)) === undefined;
  return isSpread ? asValues : source;
}

async function firstFaultOf(source: DatasetFile, signal: AbortSignal | undefined): Promise<ReadFault | undefined> {
  for await (const { rows } of readBatches(source, { signal })) if (rows[0]) return rows[0].fault;
  return undefined;
}

/** Parquet is written as JSON Lines, and so is a value that was spread over several lines. */
function writtenKind({ kind, file }: DatasetFile): 'jsonl' | 'json' | 'csv' {
  return kind === 'csv' ? 'csv' : kind === 'json' && parseDatasetName(file)?.kind === 'json' ? 'json' : 'jsonl';
}

class Repairing {
  readonly log = new ChangeLog();
  readonly #source: DatasetFile;
  readonly #options: RepairOptions;
  readonly #repairer: RowRepairer;
  readonly #writer: RowWriter;
  readonly #changes: RowChange[] = [];
  readonly #isUnwrapped: boolean;
  #rows = 0;
  #unread = 0;

  constructor(source: DatasetFile, options: RepairOptions, nearDuplicates: ReadonlySet<number>) {
    this.#source = source;
    this.#options = options;
    this.#repairer = new RowRepairer(options.repairs, nearDuplicates, options.target);
    this.#isUnwrapped = source.kind === 'json' && parseDatasetName(source.file)?.kind === 'jsonl';
    this.#writer = new RowWriter({
      kind: source.kind === 'csv' ? 'csv' : source.kind === 'json' ? 'json-list' : 'json-lines',
      delimiter: source.delimiter,
      isUnwrapped: this.#isUnwrapped,
      normalizesEnds: source.kind === 'jsonl' && options.repairs.includes('line-ends'),
      mendsList: options.repairs.includes('remove-unreadable'),
    });
  }

  async *chunks(): AsyncGenerator<Buffer> {
    const { signal, onProgress } = this.#options;
    for await (const { pieces, bytes } of readPieces(this.#source, signal, (names) => this.#writer.setHeader(names))) {
      signal?.throwIfAborted();
      onProgress?.({ bytes, totalBytes: this.#source.bytes });
      const written: Buffer[] = [];
      for (const piece of pieces) {
        if (piece.kind === 'row') {
          this.#rows++;
          const outcome = this.#repairer.repair(piece.raw);
          const { row } = piece.raw;
          if (outcome.kind === 'changed') this.log.changed(row, outcome.by);
          else if (outcome.kind === 'same' && outcome.isUnread) this.#unread++;
          else if (outcome.kind === 'dropped') this.log.dropped(row, outcome.by);
          if (this.#isUnwrapped && outcome.kind !== 'dropped') this.log.count('unwrap-json', row);
          if (outcome.kind !== 'same' && this.#changes.length < CHANGES_SHOWN) this.#changes.push(describeChange(piece, outcome));
          written.push(...this.#writer.row(piece, outcome));
        } else written.push(...(piece.kind === 'more' ? this.#writer.more(piece.bytes) : this.#writer.tail(piece.bytes)));
      }
      if (written.length > 0) yield Buffer.concat(written);
    }
    if (this.#writer.endsChanged > 0) this.log.count('line-ends', 1, this.#writer.endsChanged);
  }

  report(file: string): Omit<RepairReport, 'out' | 'manifest'> {
    const { changedRows: changed, droppedRows: dropped, repairs } = this.log;
    return { file, rows: this.#rows, written: this.#rows - dropped, changed, dropped, unread: this.#unread, repairs, changes: this.#changes };
  }
}

function nothingLeft({ name, file }: DatasetFile, { rows }: Pick<RepairReport, 'rows'>): UserError {
  const what = rows === 1 ? 'the only row' : `all ${rows} rows`;
  return new UserError('dataset.repair.nothing-left', `The repair would remove ${what} of ${name}; nothing was written.`, 'Choose fewer repairs, or correct the rows by hand', { place: { file } });
}
