/** Runs an export in a child process of its own, so that neither the editor nor an answer under way waits for it. */

import type { ExportFormat, ExportProgress, ExportReport } from '../../../engine/export/exportFormats.ts';
import { startInferenceChild, valueOf } from './inferenceChild.ts';
import type { ExportSource } from './inferenceContract.ts';
import type { LocalPrograms } from './nodeProcess.ts';

export interface ExportJob {
  readonly source: ExportSource;
  readonly format: ExportFormat;
  readonly folder: string;
}

/** The one call of its process. */
const CALL = 1;

export class ExportClient {
  readonly #programs: LocalPrograms;
  readonly #environment: NodeJS.ProcessEnv;
  readonly #running = new Set<{ disconnect(): void }>();

  constructor(programs: LocalPrograms, environment: NodeJS.ProcessEnv) {
    this.#programs = programs;
    this.#environment = environment;
  }

  /** @throws UserError as the engine's `exportModel`, "inference.crashed"; the signal's reason */
  async run({ source, format, folder }: ExportJob, onProgress: (progress: ExportProgress) => void, signal: AbortSignal): Promise<ExportReport> {
    signal.throwIfAborted();
    const { process, rpc, ended } = startInferenceChild(this.#programs, this.#environment, {
      onText: () => undefined,
      onExport: (_, progress) => onProgress(progress),
    });
    this.#running.add(process);
    // The child is asked and not killed: it removes what it has written so far.
    const abort = (): void => void rpc.abort.asEvent(CALL);
    signal.addEventListener('abort', abort, { once: true });
    try {
      const report = valueOf(await Promise.race([rpc.exportModel(CALL, source, format, folder), ended]));
      if (report !== undefined) return report;
      throw signal.reason;
    } finally {
      signal.removeEventListener('abort', abort);
      this.#running.delete(process);
      process.kill();
    }
  }

  dispose(): void {
    for (const process of this.#running) process.disconnect();
  }
}
