/** Reads datasets in a thread of its own, so that the extension host stays responsive. */

import { basename } from 'node:path';
import { Worker } from 'node:worker_threads';
import { UserError } from '../errors.ts';
import type { FileConversion, FileConversionOptions } from './convertFile.ts';
import type { ColumnMapping } from './formats/labelledText.ts';
import type { ConversionPreview } from './previewConversions.ts';
import type { DatasetProfile } from './profile.ts';
import type { InspectOptions } from './inspect.ts';
import type { RawRow } from './readers/rows.ts';
import type { RepairReport } from './repair/repairFile.ts';
import type { RowDetail } from './rowView.ts';
import type { RowQuery, SearchEnd, SearchNews } from './search.ts';
import type { TokenView } from './tokenView.ts';
import type { FileSplit, FileSplitOptions, UpdateOptions } from './splits/splitFile.ts';
import type { SplitCheck } from './splits/verifySplit.ts';
import { restoreFault, type DatasetAnswer, type DatasetTasks, type SplitSummary, type TaskKind, type WorkerReply, type WorkerRequest } from './workerMessages.ts';

/** Enough for the fingerprints of about twenty million rows; beyond it the thread ends and says so. */
const MEMORY_MB = 1024;

interface Asked {
  readonly file: string;
  readonly hear: (answer: DatasetAnswer) => void;
  readonly fail: (fault: unknown) => void;
}

/**
 * One thread for all questions. It starts with the first one and keeps what it has learnt, so that a file that grew is
 * read from where it ended, and a row is found at once. It does not keep the process alive.
 */
export class DatasetInspector {
  readonly #workerFile: string;
  #worker: Worker | undefined;
  readonly #asked = new Map<number, Asked>();
  #nextId = 0;

  /** @param workerFile absolute path of the built worker, dist/datasetWorker.cjs */
  constructor(workerFile: string) {
    this.#workerFile = workerFile;
  }

  /**
   * As `FileInspection.inspect`.
   *
   * @throws UserError as `inspectDataset`, and "dataset.too-large" when the thread runs out of memory
   * @throws the signal's reason when aborted
   */
  async inspect(file: string, { signal, onProgress, onFindings, ...options }: InspectOptions = {}): Promise<DatasetProfile> {
    return this.#ask('inspect', { file, ...options }, signal, (news) => {
      if ('progress' in news) onProgress?.(news.progress);
      else onFindings?.(news.findings);
    });
  }

  /**
   * As the function `readRows`, in a file as it is now; the first time, a file that was not inspected is read as a whole.
   *
   * @throws UserError as `inspect`
   * @throws the signal's reason when aborted
   */
  async readRows(file: string, from: number, count: number, signal?: AbortSignal): Promise<readonly RawRow[]> {
    return this.#ask('rows', { file, from, count }, signal);
  }

  /**
   * Rows as lines of a table, of which those that the file does not have are left out.
   *
   * @param rows 1-based, ascending
   * @throws UserError as `readRows`
   */
  async table(file: string, rows: readonly number[]): Promise<DatasetTasks['table']['answer']> {
    return this.#ask('table', { file, rows }, undefined);
  }

  /** All rows that a rule has found in a file, ascending; none of a file that was not inspected. */
  async found(file: string, code: string): Promise<Uint32Array> {
    return this.#ask('found', { file, code }, undefined);
  }

  /**
   * As `searchRows`.
   *
   * @param code searches only the rows that this rule has found
   */
  async search(file: string, query: RowQuery, code: string | undefined, onNews: (news: SearchNews) => void, signal?: AbortSignal): Promise<SearchEnd> {
    return this.#ask('search', { file, query, code }, signal, onNews);
  }

  /** One row in full; undefined when there is none of this number. */
  async describe(file: string, row: number): Promise<RowDetail | undefined> {
    return this.#ask('row', { file, row }, undefined);
  }

  /**
   * As `tokenView`; undefined when there is no row of this number.
   *
   * @param model its folder
   */
  async tokens(file: string, row: number, model: string): Promise<TokenView | undefined> {
    return this.#ask('tokens', { file, row, model }, undefined);
  }

  /** As `convertFile`. */
  async convert(file: string, { signal, onProgress, ...options }: FileConversionOptions): Promise<FileConversion> {
    return this.#ask('convert', { file, options }, signal, onProgress);
  }

  /** As `previewConversions`. */
  async conversions(file: string, columns: ColumnMapping | undefined, signal?: AbortSignal): Promise<readonly ConversionPreview[]> {
    return this.#ask('conversions', { file, columns }, signal);
  }

  /** As `splitFile`. */
  async split(file: string, { signal, onProgress, ...options }: FileSplitOptions): Promise<FileSplit> {
    return this.#ask('split', { file, options }, signal, onProgress);
  }

  /** As the function `updateSplit`. @param manifest absolute path */
  async updateSplit(manifest: string, { force = false, signal, onProgress }: UpdateOptions = {}): Promise<FileSplit> {
    return this.#ask('updateSplit', { file: manifest, force }, signal, onProgress);
  }

  /** As the function `verifySplit`. @param manifest absolute path */
  async verifySplit(manifest: string, signal?: AbortSignal): Promise<SplitCheck> {
    return this.#ask('verifySplit', { file: manifest }, signal);
  }

  /** The splits of a dataset whose manifests are beside it. */
  async splits(file: string): Promise<readonly SplitSummary[]> {
    return this.#ask('splits', { file }, undefined);
  }

  /** What rules say of rows of a file, and what they mean. */
  async rules(file: string, codes: readonly string[]): Promise<DatasetTasks['rules']['answer']> {
    return this.#ask('rules', { file, codes }, undefined);
  }

  /** In which lines of a text rows begin. @param rows 1-based, ascending */
  async places(file: string, rows: readonly number[], signal?: AbortSignal): Promise<DatasetTasks['places']['answer']> {
    return this.#ask('places', { file, rows }, signal);
  }

  /**
   * As `repairFile`, into a file that is not there yet.
   *
   * @throws UserError as `repairFile`
   * @throws the signal's reason when aborted
   */
  async repair(ask: DatasetTasks['repair']['ask'], onProgress?: (progress: DatasetTasks['repair']['news']) => void, signal?: AbortSignal): Promise<RepairReport> {
    return this.#ask('repair', ask, signal, onProgress);
  }

  async dispose(): Promise<void> {
    await this.#worker?.terminate();
  }

  async #ask<Kind extends TaskKind>(
    kind: Kind,
    ask: DatasetTasks[Kind]['ask'],
    signal: AbortSignal | undefined,
    onNews?: (news: DatasetTasks[Kind]['news']) => void,
  ): Promise<DatasetTasks[Kind]['answer']> {
    signal?.throwIfAborted();
    const id = this.#nextId++;
    const { promise, resolve, reject } = Promise.withResolvers<DatasetTasks[Kind]['answer']>();
    this.#asked.set(id, {
      file: ask.file,
      fail: reject,
      hear: (message) => {
        if ('fault' in message) reject(restoreFault(message.fault));
        // What carries the number of a question is of its kind.
        else if ('news' in message) onNews?.(message.news);
        else resolve(message.answer);
      },
    });
    const abort = (): void => {
      this.#worker?.postMessage({ id, kind: 'cancel' } satisfies WorkerRequest);
      reject(signal?.reason);
    };
    signal?.addEventListener('abort', abort, { once: true });
    try {
      this.#start().postMessage({ id, kind, ask });
      return await promise;
    } finally {
      signal?.removeEventListener('abort', abort);
      this.#asked.delete(id);
      if (this.#asked.size === 0) this.#worker?.unref();
    }
  }

  #start(): Worker {
    if (!this.#worker) {
      const worker = new Worker(this.#workerFile, { resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB } });
      worker.on('message', ({ id, ...answer }: WorkerReply) => this.#asked.get(id)?.hear(answer));
      worker.once('error', (cause) => this.#end(worker, (file) => asWorkerError(cause, file)));
      worker.once('exit', (code) => this.#end(worker, () => new Error(`The dataset worker ended with code ${code} and no answer.`)));
      this.#worker = worker;
    }
    this.#worker.ref();
    return this.#worker;
  }

  /** The next question gets another thread. */
  #end(worker: Worker, fault: (file: string) => unknown): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    for (const { file, fail } of this.#asked.values()) fail(fault(file));
  }
}

function asWorkerError(cause: unknown, file: string): unknown {
  if (!(cause instanceof Error) || !('code' in cause) || cause.code !== 'ERR_WORKER_OUT_OF_MEMORY') return cause;
  return new UserError('dataset.too-large', `${basename(file)} has more rows than fit in ${MEMORY_MB} MB.`, 'Split the file and train on a part', { cause, place: { file } });
}
