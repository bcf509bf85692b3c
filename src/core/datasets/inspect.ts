/** Reads every row of a dataset once and says what it is, what is wrong with it, and what to do. */

import { performance } from 'node:perf_hooks';
import { crc32 } from 'node:zlib';
import { NearRepetition } from './checks/nearRepetition.ts';
import { Privacy } from './checks/privacy.ts';
import { TokenCounts } from './checks/tokenCounts.ts';
import type { Finding } from './finding.ts';
import type { DatasetProfile } from './profile.ts';
import { openDataset, type DatasetFile } from './files.ts';
import { Inspection } from './inspection.ts';
import { findContamination, findLeakage } from './overlaps.ts';
import { readBytes } from './readers/bytes.ts';
import { START, type Mark } from './readers/rows.ts';
import { RowIndexer, stampOf, type RowIndex } from './rowIndex.ts';
import { targetOf } from './targets/table.ts';
import type { Target, TargetId } from './targets/target.ts';
import { newTotals, scanRows, type ScanTotals } from './scan.ts';
import { CountedTokens } from './tokens/countedTokens.ts';
import { EstimatedTokens } from './tokens/estimate.ts';
import { Tokenizers } from './tokenizers.ts';

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
  /** absolute path of a held-out file: its rows that ask a prompt of this file, or nearly one, become findings */
  readonly heldOut?: string;
  /** absolute paths of files that models are compared by: rows of this file that ask one of their prompts become findings */
  readonly evalSets?: readonly string[];
  /** what the rows are checked for; if absent this machine, with the technique that they are made for */
  readonly target?: TargetId;
  /** 'full' if absent: also what is nearly the same, secrets and personal data, and tokens; 'structural' takes a third of the time */
  readonly depth?: 'structural' | 'full';
  /** counts tokens; if absent they are estimated */
  readonly tokenizer?: TokenizerChoice;
  /** the most tokens that a row may have */
  readonly maxTokens?: number;
}

/** Whose tokens are counted. */
export interface TokenizerChoice {
  /** as reports name it */
  readonly model: string;
  /** absolute path, in Hugging Face layout */
  readonly folder: string;
}

/**
 * Checks all rows of a dataset: two (structural) to six times (full) the work of parsing it, a chunk of 256 kB between two
 * turns of the event loop. The extension host calls it through `DatasetInspector`, in a thread.
 *
 * Faults of the data are findings of the profile; an empty or binary file is one too.
 *
 * @param file absolute path of a file, or of a folder of text files
 * @throws UserError as `openDataset`, `readBatches` and, with a tokenizer, the engine's `loadChatTokenizer`
 * @throws the signal's reason when aborted
 */
export async function inspectDataset(file: string, options: InspectOptions = {}): Promise<DatasetProfile> {
  return new FileInspection(file).inspect(options);
}

/** What a scan has come to; true of the rows before `end` whenever it is looked at. */
interface Scan {
  readonly target: TargetId | undefined;
  /** what was asked for, see `askedOf` */
  readonly asked: string;
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
 * time was aborted, is all that is read then; a change anywhere else, or in what is checked, starts anew.
 */
export class FileInspection {
  readonly #file: string;
  readonly #tokenizers: Tokenizers;
  #contaminated: Uint32Array = new Uint32Array();
  #scan: Scan | undefined;
  #index: RowIndex | undefined;
  #indexSoFar: RowIndex | undefined;

  /** @param tokenizers shared with others, who need the same ones */
  constructor(file: string, tokenizers = new Tokenizers()) {
    this.#file = file;
    this.#tokenizers = tokenizers;
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
    return code === 'dataset.contamination' ? this.#contaminated : (this.#scan?.inspection.rowsOf(code) ?? new Uint32Array());
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
    const inspection = scan?.inspection ?? new Inspection({ target: options.target });
    const profile = await inspection.finish(source, scan?.totals, options.signal);
    const overlaps = scan ? await this.#findOverlaps(source, inspection, options) : [];
    return { ...profile, findings: [...profile.findings, ...overlaps], seconds: (performance.now() - started) / 1000 };
  }

  async #findOverlaps(source: DatasetFile, { prompts }: Inspection, { heldOut, evalSets = [], depth, signal }: InspectOptions): Promise<readonly Finding[]> {
    const how = { signal, isNear: depth !== 'structural' };
    const leakage = heldOut === undefined ? [] : await findLeakage(heldOut, source, prompts, how);
    const { findings, rows } = evalSets.length === 0 ? { findings: [], rows: new Uint32Array() } : await findContamination(evalSets, source, how);
    this.#contaminated = rows;
    return [...leakage, ...findings];
  }

  async #start({ delimiter }: DatasetFile, options: InspectOptions): Promise<Scan> {
    const { target, depth, tokenizer, maxTokens } = options;
    const counter = tokenizer ? new CountedTokens(tokenizer.model, await this.#tokenizers.take(tokenizer.folder)) : new EstimatedTokens();
    const inspection = new Inspection({ target, ...(depth !== 'structural' && { tokens: new TokenCounts(counter, maxTokens), near: new NearRepetition(), privacy: new Privacy() }) });
    return { target, asked: askedOf(options), inspection, indexer: new RowIndexer(), totals: newTotals(), delimiter, end: START, checksum: 0, summed: 0 };
  }

  async #scanOn(source: DatasetFile, earlier: Scan | undefined, options: InspectOptions): Promise<Scan> {
    const stamp = await stampOf(source);
    const scan = earlier?.asked === askedOf(options) && (await goesOn(source, earlier, options.signal)) ? earlier : await this.#start(source, options);
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

/** What a scan can only go on with when it is asked for again. */
function askedOf({ target, depth = 'full', tokenizer, maxTokens }: InspectOptions): string {
  return JSON.stringify([target, depth, tokenizer?.model, tokenizer?.folder, maxTokens]);
}

/** Whether a file still begins with what was read of it. */
async function goesOn(source: DatasetFile, { end, delimiter, checksum, summed }: Scan, signal: AbortSignal | undefined): Promise<boolean> {
  const canGrow = (source.kind === 'jsonl' || source.kind === 'csv') && !source.isGzip;
  if (!end || !canGrow || source.delimiter !== delimiter || source.bytes < summed) return false;
  let sum = 0;
  for await (const { bytes } of readBytes({ ...source, bytes: summed }, { from: START, signal })) sum = crc32(bytes, sum);
  return sum === checksum;
}
