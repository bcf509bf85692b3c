/** Inspects datasets in threads of their own, so that the extension host stays responsive. */

import { basename } from 'node:path';
import { Worker } from 'node:worker_threads';
import { UserError } from '../errors.ts';
import type { DatasetProfile } from './example.ts';
import type { InspectOptions } from './inspect.ts';
import { restoreFault, type InspectReply, type InspectRequest } from './workerMessages.ts';

/** Enough for the fingerprints of about ten million rows; beyond it the thread ends and says so. */
const MEMORY_MB = 1024;

export class DatasetInspector {
  readonly #workerFile: string;

  /** @param workerFile absolute path of the built worker, dist/datasetWorker.cjs */
  constructor(workerFile: string) {
    this.#workerFile = workerFile;
  }

  /**
   * As `inspectDataset`. Aborting ends the thread at once.
   *
   * @throws UserError as `inspectDataset`, and "dataset.too-large" when the thread runs out of memory
   * @throws the signal's reason when aborted
   */
  async inspect(file: string, options: InspectOptions = {}): Promise<DatasetProfile> {
    options.signal?.throwIfAborted();
    const worker = new Worker(this.#workerFile, { resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB } });
    const { promise, resolve, reject } = Promise.withResolvers<DatasetProfile>();
    const abort = (): void => reject(options.signal?.reason);
    options.signal?.addEventListener('abort', abort, { once: true });
    worker.on('message', (message: InspectReply) => {
      switch (message.kind) {
        case 'progress':
          return options.onProgress?.(message.progress);
        case 'profile':
          return resolve(message.profile);
        case 'fault':
          return reject(restoreFault(message.fault));
      }
    });
    worker.once('error', (cause) => reject(asWorkerError(cause, file)));
    worker.once('exit', (code) => reject(new Error(`The dataset worker ended with code ${code} and no answer.`)));
    worker.postMessage({ file, heldOut: options.heldOut } satisfies InspectRequest);
    try {
      return await promise;
    } finally {
      options.signal?.removeEventListener('abort', abort);
      await worker.terminate();
    }
  }
}

function asWorkerError(cause: unknown, file: string): unknown {
  if (!(cause instanceof Error) || !('code' in cause) || cause.code !== 'ERR_WORKER_OUT_OF_MEMORY') return cause;
  return new UserError('dataset.too-large', `${basename(file)} has more rows than fit in ${MEMORY_MB} MB.`, 'Split the file and train on a part', { cause, place: { file } });
}
