/** Reads every row of a dataset once and says what it is, what is wrong with it, and what to do. */

import { basename } from 'node:path';
import { performance } from 'node:perf_hooks';
import { crc32 } from 'node:zlib';
import { promptOf } from './checks/repetition.ts';
import type { Finding } from './finding.ts';
import type { DatasetProfile } from './profile.ts';
import { openDataset, type DatasetFile } from './files.ts';
import type { FingerprintSet } from './fingerprintSet.ts';
import { Inspection } from './inspection.ts';
import { readBytes } from './readers/bytes.ts';
import { START, type Mark } from './readers/rows.ts';
import { RowFindings } from './rowFindings.ts';
import { RowIndexer, stampOf, type RowIndex } from './rowIndex.ts';
import { targetOf } from './targets/table.ts';
import type { Target, TargetId } from './targets/target.ts';
import { newTotals, scanRows, type RowVisitor, type ScanTotals } from './scan.ts';

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
  /** what the rows are checked for; if absent this machine, with the technique that they are made for */
  readonly target?: TargetId;
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

/** What a scan has come to; true of the rows before `end` whenever it is looked at. */
interface Scan {
  readonly target: TargetId | undefined;
  readonly inspection: Inspection;
  readonly indexer: RowIndexer;
  readonly totals: ScanTotals;
  readonly delimiter: string;
  /** where it can go on; undefined when it cannot */
  end: Mark | undefined;
  /** of the first `summed` bytes of the file, which may be a few beyond `end` */
  checksum: number;
  summed: number;
}

/**
 * Inspects one file again and again. What was only added to its end since the last time, or not read yet when the last
 * time was aborted, is all that is read then; a change anywhere else, or another target, starts anew.
 */
export class FileInspection {
  readonly #file: string;
  #scan: Scan | undefined;
  #index: RowIndex | undefined;
  #indexSoFar: RowIndex | undefined;

  constructor(file: string) {
    this.#file = file;
  }

  /** Where the rows lie, as of the last inspection that came to its end. */
  get index(): RowIndex | undefined {
    return this.#index;
  }

  /** Where the rows lie that have been read, while there are more and when there are not. */
  get indexSoFar(): RowIndex | undefined {
    return this.#index ?? this.#indexSoFar;
  }

  /** All rows that a rule has found, in the order of the file, as of the last inspection that came to its end. */
  rowsOf(code: string): Uint32Array {
    return this.#scan?.inspection.rowsOf(code) ?? new Uint32Array();
  }

  /** What the rows were checked for; undefined before the first inspection and where nobody chose. */
  get target(): Target | undefined {
    const id = this.#scan?.target;
    return id && targetOf(id);
  }

  /** As `inspectDataset`. Not to be called again before it has answered. */
  async inspect(options: InspectOptions = {}): Promise<DatasetProfile> {
    const started = performance.now();
    const source = await openDataset(this.#file);
    const earlier = this.#scan;
    this.#scan = undefined;
    this.#index = undefined;
    const scan = source.notText === undefined ? await this.#scanOn(source, earlier, options) : undefined;
    const inspection = scan?.inspection ?? new Inspection(options.target);
    const profile = await inspection.finish(source, scan?.totals);
    const leakage = options.heldOut === undefined ? [] : await findLeakage(options.heldOut, inspection.prompts, options.signal);
    return { ...profile, findings: [...profile.findings, ...leakage], seconds: (performance.now() - started) / 1000 };
  }

  async #scanOn(source: DatasetFile, earlier: Scan | undefined, options: InspectOptions): Promise<Scan> {
    const stamp = await stampOf(source);
    const scan = earlier && earlier.target === options.target && (await goesOn(source, earlier, options.signal)) ? earlier : startScan(source, options.target);
    const { inspection, indexer } = scan;
    // Kept when it is aborted; of a file that cannot be read, nothing is.
    this.#scan = scan;
    let at = scan.end?.at ?? 0;
    let told = 0;
    try {
      await scanRows(source, inspection, {
        from: scan.end ?? START,
        totals: scan.totals,
        signal: options.signal,
        onBytes: (bytes) => {
          const known = Math.min(bytes.length, Math.max(0, scan.summed - at));
          scan.checksum = crc32(bytes.subarray(known), scan.checksum);
          at += bytes.length;
          scan.summed = Math.max(scan.summed, at);
        },
        onBatch: (batch) => {
          indexer.add(batch);
          scan.end = batch.next;
          this.#indexSoFar = indexer.finish(source, stamp);
          options.onProgress?.({ bytes: batch.bytes, totalBytes: source.bytes, rows: inspection.rows });
          if (inspection.rulesBroken === told) return;
          told = inspection.rulesBroken;
          options.onFindings?.(inspection.findingsSoFar(source));
        },
      });
    } catch (fault) {
      if (!options.signal?.aborted) this.#scan = undefined;
      throw fault;
    }
    this.#index = indexer.finish(source, stamp);
    return scan;
  }
}

function startScan({ delimiter }: DatasetFile, target: TargetId | undefined): Scan {
  return { target, inspection: new Inspection(target), indexer: new RowIndexer(), totals: newTotals(), delimiter, end: START, checksum: 0, summed: 0 };
}

/** Whether a file still begins with what was read of it. */
async function goesOn(source: DatasetFile, { end, delimiter, checksum, summed }: Scan, signal: AbortSignal | undefined): Promise<boolean> {
  const canGrow = (source.kind === 'jsonl' || source.kind === 'csv') && !source.isGzip;
  if (!end || !canGrow || source.delimiter !== delimiter || source.bytes < summed) return false;
  let sum = 0;
  for await (const { bytes } of readBytes({ ...source, bytes: summed }, { from: START, signal })) sum = crc32(bytes, sum);
  return sum === checksum;
}

async function findLeakage(heldOut: string, trained: FingerprintSet, signal: AbortSignal | undefined): Promise<readonly Finding[]> {
  const source = await openDataset(heldOut);
  // What else is wrong with that file is told when it is inspected itself.
  if (source.notText !== undefined) return [];
  const findings = new RowFindings();
  const visitor: RowVisitor = {
    row: (read) => {
      const prompt = promptOf(read);
      if (prompt !== undefined && trained.has(prompt)) findings.add('dataset.leakage', read.place);
    },
    fault: () => undefined,
  };
  await scanRows(source, visitor, { signal });
  return findings.finish(basename(heldOut), source.kind);
}
