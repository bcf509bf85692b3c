/** Answers questions about datasets, and remembers what it has read: an inspection goes on, a row is found at once. */

import type { DatasetProfile } from './example.ts';
import { FileInspection, type InspectOptions } from './inspect.ts';
import type { RawRow } from './readers/rows.ts';
import { indexRows, readRows, type RowIndex } from './rowIndex.ts';
import { describeFault, type DatasetAnswer, type DatasetQuestion } from './workerMessages.ts';

/** A remembered row takes about 50 bytes; these are some 200 MB. */
const ROWS_KEPT = 4_000_000;

interface Memory {
  readonly inspection: FileInspection;
  index: RowIndex | undefined;
  isBusy: boolean;
}

export class Desk {
  /** the one that was needed last is the last */
  readonly #memories = new Map<string, Memory>();

  /** Gives progress and findings as they come, then one answer. Never fails: a fault is an answer, too. */
  async ask(question: DatasetQuestion, answer: (message: DatasetAnswer) => void, signal: AbortSignal): Promise<void> {
    try {
      if (question.kind === 'rows') {
        const rows = await this.#readRows(question.file, question.from, question.count, signal);
        tell(answer, rows);
        return;
      }
      let told = 0;
      const profile = await this.#inspect(question.file, {
        signal,
        ...(question.heldOut !== undefined && { heldOut: question.heldOut }),
        onFindings: (findings) => answer({ kind: 'findings', findings }),
        onProgress: (progress) => {
          // A percent is what can be seen; a message a chunk would keep the asker busy.
          if (progress.bytes - told < progress.totalBytes / 100) return;
          told = progress.bytes;
          answer({ kind: 'progress', progress });
        },
      });
      answer({ kind: 'profile', profile });
    } catch (fault) {
      answer({ kind: 'fault', fault: describeFault(fault) });
    }
  }

  async #inspect(file: string, options: InspectOptions): Promise<DatasetProfile> {
    const memory = this.#remember(file);
    // Two at once cannot share a state; the second one is rare and pays in full.
    if (memory.isBusy) return new FileInspection(file).inspect(options);
    memory.isBusy = true;
    try {
      return await memory.inspection.inspect(options);
    } finally {
      memory.isBusy = false;
      memory.index = memory.inspection.index;
      this.#forget();
    }
  }

  async #readRows(file: string, from: number, count: number, signal: AbortSignal): Promise<readonly RawRow[]> {
    const memory = this.#remember(file);
    if (memory.index) {
      try {
        return await readRows(memory.index, from, count, signal);
      } catch (fault) {
        if (!(fault instanceof Error && 'code' in fault && fault.code === 'dataset.changed')) throw fault;
      }
    }
    memory.index = await indexRows(file, signal);
    return readRows(memory.index, from, count, signal);
  }

  #remember(file: string): Memory {
    const memory = this.#memories.get(file) ?? { inspection: new FileInspection(file), index: undefined, isBusy: false };
    this.#memories.delete(file);
    this.#memories.set(file, memory);
    return memory;
  }

  /** Lets go of what was not needed for longest. */
  #forget(): void {
    let rows = 0;
    for (const [file, { index, isBusy }] of [...this.#memories].reverse()) {
      rows += index?.lastRow ?? 0;
      if (rows > ROWS_KEPT && !isBusy) this.#memories.delete(file);
    }
  }
}

/** A value that is nested too deeply for a message is told as a fault of its row. */
function tell(answer: (message: DatasetAnswer) => void, rows: readonly RawRow[]): void {
  try {
    answer({ kind: 'rows', rows });
  } catch {
    answer({ kind: 'rows', rows: rows.map((row) => (canBeSent(row) ? row : tooDeep(row))) });
  }
}

function canBeSent(row: RawRow): boolean {
  try {
    structuredClone(row);
    return true;
  } catch {
    return false;
  }
}

function tooDeep({ row, line }: RawRow): RawRow {
  return { row, line, fault: { code: 'dataset.row.too-long', detail: 'it is nested too deeply to be shown', column: 1 } };
}
