/** Reads every row of a dataset once and says what it is, what is wrong with it, and what to do. */

import { basename } from 'node:path';
import { performance } from 'node:perf_hooks';
import { crc32 } from 'node:zlib';
import type { DatasetProfile, Finding } from './example.ts';
import { openDataset, type DatasetFile } from './files.ts';
import { promptKey } from './fingerprint.ts';
import type { FingerprintSet } from './fingerprintSet.ts';
import { Inspection } from './inspection.ts';
import { readBytes } from './readers/bytes.ts';
import { START, type Mark } from './readers/rows.ts';
import { RowFindings } from './rowFindings.ts';
import { RowIndexer, stampOf, type RowIndex } from './rowIndex.ts';
import { scanRows, type RowVisitor, type ScanTotals } from './scan.ts';

export interface InspectProgress {
  readonly bytes: number;
  readonly totalBytes: number;
  readonly rows: number;
}

export interface InspectOptions {
  readonly signal?: AbortSignal;
  /** called a few times a megabyte, and at the end */
  readonly onProgress?: (progress: InspectProgress) => void;
  /** what was found in rows so far, each time another rule has found its first one */
  readonly onFindings?: (findings: readonly Finding[]) => void;
  /** absolute path of a held-out file: its rows that ask a prompt of this file become the finding "dataset.leakage" */
  readonly heldOut?: string;
}

/**
 * Checks all rows of a dataset: about twice the work of parsing it, a chunk of 256 kB between two turns of the
 * event loop. The extension host calls it through `DatasetInspector`, in a thread.
 *
 * Faults of the data are findings of the profile; an empty or binary file is one too.
 *
 * @param file absolute path of a file, or of a folder of text files
 * @throws UserError as `openDataset` and `readBatches`
 * @throws the signal's reason when aborted
 */
export async function inspectDataset(file: string, options: InspectOptions = {}): Promise<DatasetProfile> {
  return new FileInspection(file).inspect(options);
}

/** The state of a scan that reached the end of its file. */
interface Scan {
  readonly source: DatasetFile;
  readonly inspection: Inspection;
  readonly totals: ScanTotals;
  readonly indexer: RowIndexer;
  readonly stamp: string;
  /** of all bytes up to the end */
  readonly checksum: number;
  readonly end: Mark | undefined;
}

/** Inspects one file again and again: what was only added to its end since the last time is all that is read then. */
export class FileInspection {
  readonly #file: string;
  #scan: Scan | undefined;

  constructor(file: string) {
    this.#file = file;
  }

  /** Where the rows lie, as of the last inspection; undefined before, and where the file is not what its name says. */
  get index(): RowIndex | undefined {
    return this.#scan && this.#scan.indexer.finish(this.#scan.source, this.#scan.stamp);
  }

  /** As `inspectDataset`. Not to be called again before it has answered. */
  async inspect(options: InspectOptions = {}): Promise<DatasetProfile> {
    const started = performance.now();
    const source = await openDataset(this.#file);
    const earlier = this.#scan;
    this.#scan = undefined;
    const scan = source.notText === undefined ? await scanOn(source, earlier, options) : undefined;
    this.#scan = scan;
    const inspection = scan?.inspection ?? new Inspection();
    const profile = inspection.finish(source, scan?.totals);
    const leakage = options.heldOut === undefined ? [] : await findLeakage(options.heldOut, inspection.prompts, options.signal);
    return { ...profile, findings: [...profile.findings, ...leakage], seconds: (performance.now() - started) / 1000 };
  }
}

async function scanOn(source: DatasetFile, earlier: Scan | undefined, options: InspectOptions): Promise<Scan> {
  const stamp = await stampOf(source);
  const goesOn = earlier?.end && (await isContinued(source, earlier, options.signal)) ? earlier : undefined;
  const inspection = goesOn?.inspection ?? new Inspection();
  const indexer = goesOn?.indexer ?? new RowIndexer();
  let checksum = goesOn?.checksum ?? 0;
  let end = goesOn?.end;
  let told = 0;
  const totals = await scanRows(source, inspection, {
    from: goesOn?.end ?? START,
    totals: goesOn?.totals,
    signal: options.signal,
    onBytes: (bytes) => {
      checksum = crc32(bytes, checksum);
    },
    onBatch: (batch) => {
      indexer.add(batch);
      end = batch.next;
      options.onProgress?.({ bytes: batch.bytes, totalBytes: source.bytes, rows: inspection.rows });
      if (inspection.rulesBroken === told) return;
      told = inspection.rulesBroken;
      options.onFindings?.(inspection.findingsSoFar(source));
    },
  });
  return { source, inspection, totals, indexer, stamp, checksum, end: end?.at === source.bytes ? end : undefined };
}

/** Whether a file is as it was, with rows added at its end at most. */
async function isContinued(source: DatasetFile, { source: earlier, checksum }: Scan, signal: AbortSignal | undefined): Promise<boolean> {
  if (source.isGzip || (source.kind !== 'jsonl' && source.kind !== 'csv') || source.delimiter !== earlier.delimiter || source.bytes < earlier.bytes) return false;
  let sum = 0;
  for await (const { bytes } of readBytes({ ...source, bytes: earlier.bytes }, { from: START, signal })) sum = crc32(bytes, sum);
  return sum === checksum;
}

async function findLeakage(heldOut: string, trained: FingerprintSet, signal: AbortSignal | undefined): Promise<readonly Finding[]> {
  const source = await openDataset(heldOut);
  // What else is wrong with that file is told when it is inspected itself.
  if (source.notText !== undefined) return [];
  const findings = new RowFindings();
  const visitor: RowVisitor = {
    example: ({ messages }, _format, place) => {
      if (trained.has(promptKey(messages))) findings.add('dataset.leakage', place);
    },
    fault: () => undefined,
  };
  await scanRows(source, visitor, { signal });
  return findings.finish(basename(heldOut), source.kind);
}
