/** Answers questions about datasets, and remembers what it has read: an inspection goes on, a row is found at once. */

import type { DatasetProfile } from './profile.ts';
import { fileTasks } from './fileTasks.ts';
import { FileInspection, type InspectOptions } from './inspect.ts';
import type { RawRow } from './readers/rows.ts';
import { repairFile } from './repair/repairFile.ts';
import { indexOfStart, indexRows, readRows, type RowIndex } from './rowIndex.ts';
import { tableTasks } from './tableTasks.ts';
import { Tokenizers } from './tokenizers.ts';
import { describeFault, type DatasetAnswer, type DatasetQuestion, type DatasetTasks, type TaskKind } from './workerMessages.ts';

/** A remembered row takes about 50 bytes; these are some 200 MB. */
const ROWS_KEPT = 4_000_000;

/** Found by reading up to them, sooner than the whole file can be read for the places of its rows. */
const ROWS_AT_START = 1000;

interface Memory {
  readonly inspection: FileInspection;
  index: RowIndex | undefined;
  /** ends with the inspection that runs */
  busy: Promise<void> | undefined;
}

type Tasks = {
  readonly [Kind in TaskKind]: (ask: DatasetTasks[Kind]['ask'], tell: (news: DatasetTasks[Kind]['news']) => void, signal: AbortSignal) => Promise<DatasetTasks[Kind]['answer']>;
};

export class Desk {
  /** the one that was needed last is the last */
  readonly #memories = new Map<string, Memory>();

  readonly #tokenizers = new Tokenizers();

  readonly #tasks: Tasks = {
    inspect: ({ file, ...options }, tell, signal) => {
      return this.#inspect(file, {
        ...options,
        signal,
        onFindings: (findings) => tell({ findings }),
        onProgress: seldom((progress) => tell({ progress })),
      });
    },
    rows: async ({ file, from, count }, _tell, signal) =>
      (await this.#read(file, from + count, signal, (index) => readRows(index, from, count, signal))).map(sendable),
    ...fileTasks({ read: (file, farthest, signal, read) => this.#read(file, farthest, signal, read) }),
    repair: (ask, tell, signal) => repairFile(ask.file, { ...ask, signal, onProgress: seldom(tell) }),
    ...tableTasks({
      read: (file, farthest, signal, read) => this.#read(file, farthest, signal, read),
      rowsOf: (file, code) => this.#memories.get(file)?.inspection.rowsOf(code) ?? new Uint32Array(),
      targetOf: (file) => this.#memories.get(file)?.inspection.target,
      lastRow: (file) => this.#indexOf(file)?.lastRow ?? 0,
    }, this.#tokenizers),
  };

  /** Gives news as they come, then one answer. Never fails: a fault is an answer, too. */
  async ask(question: DatasetQuestion, say: (message: DatasetAnswer) => void, signal: AbortSignal): Promise<void> {
    try {
      say({ answer: await this.#do(question, (news) => say({ news }), signal) });
    } catch (fault) {
      say({ fault: describeFault(fault) });
    }
  }

  /** The kind and what is asked belong together, which a union of questions does not tell a table of tasks. */
  #do<Kind extends TaskKind>(question: { readonly kind: Kind; readonly ask: DatasetTasks[Kind]['ask'] }, tell: (news: DatasetTasks[Kind]['news']) => void, signal: AbortSignal): Promise<DatasetTasks[Kind]['answer']> {
    return this.#tasks[question.kind](question.ask, tell, signal);
  }

  async #inspect(file: string, options: InspectOptions): Promise<DatasetProfile> {
    let memory = this.#remember(file);
    // Two at once cannot share a state; the next goes on from what the one before has come to.
    while (memory.busy) {
      await memory.busy;
      options.signal?.throwIfAborted();
      memory = this.#remember(file);
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    memory.busy = promise;
    try {
      return await memory.inspection.inspect(options);
    } finally {
      memory.busy = undefined;
      memory.index = memory.inspection.index;
      this.#forget();
      resolve();
    }
  }

  async #read<T>(file: string, farthest: number, signal: AbortSignal, read: (index: RowIndex) => Promise<T>): Promise<T> {
    const memory = this.#remember(file);
    const known = this.#indexOf(file);
    if (known) {
      try {
        return await read(known);
      } catch (fault) {
        if (!(fault instanceof Error && 'code' in fault && fault.code === 'dataset.changed')) throw fault;
      }
    }
    if (memory.busy || farthest <= ROWS_AT_START) return read(await indexOfStart(file));
    memory.index = await indexRows(file, signal);
    return read(memory.index);
  }

  /** Of a file that is being inspected, or whose inspection was stopped, of the rows so far. */
  #indexOf(file: string): RowIndex | undefined {
    const memory = this.#memories.get(file);
    return (memory?.busy ? undefined : memory?.index) ?? memory?.inspection.indexSoFar;
  }

  #remember(file: string): Memory {
    const memory = this.#memories.get(file) ?? { inspection: new FileInspection(file, this.#tokenizers), index: undefined, busy: undefined };
    this.#memories.delete(file);
    this.#memories.set(file, memory);
    return memory;
  }

  /** Lets go of what was not needed for longest. */
  #forget(): void {
    let rows = 0;
    for (const [file, { index, busy }] of [...this.#memories].reverse()) {
      rows += index?.lastRow ?? 0;
      if (rows > ROWS_KEPT && !busy) this.#memories.delete(file);
    }
  }
}

/** A percent is what can be seen; a message a chunk would keep the asker busy. */
function seldom<Progress extends { readonly bytes: number; readonly totalBytes: number }>(tell: (progress: Progress) => void): (progress: Progress) => void {
  let told = 0;
  return (progress) => {
    if (progress.bytes - told < progress.totalBytes / 100) return;
    told = progress.bytes;
    tell(progress);
  };
}

/** Beyond this, cloning a value for a message may overflow the stack. */
const DEEPEST_SENT = 1000;

/** A value that is nested too deeply for a message is told as a fault of its row. */
function sendable(row: RawRow): RawRow {
  if (!isDeeper(row.value, DEEPEST_SENT)) return row;
  return { row: row.row, line: row.line, fault: { code: 'dataset.row.too-long', detail: 'it is nested too deeply to be shown', column: 1 } };
}

function isDeeper(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return depth === 0 || Object.values(value).some((inner) => isDeeper(inner, depth - 1));
}
