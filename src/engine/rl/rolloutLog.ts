/** Rollouts on disk: one JSON line each, whole steps at a time, and each step once however often a run is resumed. */

import { open, type FileHandle } from 'node:fs/promises';
import type { ChatMessage } from '../text/chat.ts';
import { writeFault } from '../train/writeFault.ts';

/** One sampled completion with what became of it. */
export interface RolloutRecord {
  /** 1-based */
  readonly step: number;
  /** 1-based row of the dataset that the prompt is from */
  readonly row: number;
  /** 0-based place among the completions of the prompt */
  readonly sample: number;
  readonly prompt: readonly ChatMessage[];
  readonly completion: string;
  /** with the token that ended it */
  readonly tokens: number;
  readonly finish: 'end' | 'length' | 'aborted';
  /** what each reward function said, by its name; null is unscored */
  readonly rewards: Readonly<Record<string, number | null>>;
  /** the weighted sum; null is unscored */
  readonly reward: number | null;
  /** null without a reward; 0 when all completions of the prompt had the same */
  readonly advantage: number | null;
  /** why it is unscored */
  readonly problem?: string;
}

export interface RolloutWriter {
  /** Called once a step, before the model is changed by it; a resumed run may come to a step again. */
  write(step: number, records: readonly RolloutRecord[]): Promise<void>;
}

const NEWLINE = 0x0a;
const CHUNK = 2 ** 16;

/** A JSON-lines file. A process that dies while it writes leaves at most one torn line, which the next one removes. */
export class RolloutLog implements RolloutWriter {
  private readonly file: string;
  private readonly handle: FileHandle;
  /** where the lines of each step begin, in bytes, in rising order of both */
  private readonly starts: { readonly step: number; readonly offset: number }[];
  private end: number;

  private constructor(file: string, handle: FileHandle, starts: { step: number; offset: number }[], end: number) {
    this.file = file;
    this.handle = handle;
    this.starts = starts;
    this.end = end;
  }

  /** Opens a log to go on with, or begins one. */
  static async open(file: string): Promise<RolloutLog> {
    const handle = await open(file, 'a+').then(async (created) => {
      await created.close();
      return open(file, 'r+');
    });
    const starts: { step: number; offset: number }[] = [];
    let end = 0;
    for await (const { text, offset, next } of linesOf(handle)) {
      const step = stepOf(text);
      if (step === undefined || step < (starts.at(-1)?.step ?? 0)) break;
      if (step !== starts.at(-1)?.step) starts.push({ step, offset });
      end = next;
    }
    return new RolloutLog(file, handle, starts, end);
  }

  /**
   * Appends the lines of a step, in place of those that an earlier attempt wrote of it and of later steps.
   *
   * @throws UserError "disk.full", "file.write.failed"
   */
  async write(step: number, records: readonly RolloutRecord[]): Promise<void> {
    while ((this.starts.at(-1)?.step ?? -Infinity) >= step) this.end = (this.starts.pop() as { offset: number }).offset;
    const bytes = Buffer.from(records.map((record) => `${JSON.stringify(record)}\n`).join(''));
    try {
      await this.handle.truncate(this.end);
      // A disk that fills up takes a part first.
      for (let at = 0; at < bytes.length; ) at += (await this.handle.write(bytes, at, bytes.length - at, this.end + at)).bytesWritten;
      await this.handle.datasync();
    } catch (cause) {
      throw writeFault(cause, `the rollouts of step ${step}`, this.file);
    }
    if (bytes.length > 0) this.starts.push({ step, offset: this.end });
    this.end += bytes.length;
  }

  async close(): Promise<void> {
    await this.handle.close();
  }
}

/** The complete lines of a file; what follows the last line break is none. */
async function* linesOf(handle: FileHandle): AsyncGenerator<{ text: string; offset: number; next: number }> {
  let rest = Buffer.alloc(0);
  let offset = 0;
  for (let position = 0; ; ) {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(CHUNK), 0, CHUNK, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    rest = Buffer.concat([rest, buffer.subarray(0, bytesRead)]);
    let from = 0;
    for (let at = rest.indexOf(NEWLINE); at >= 0; at = rest.indexOf(NEWLINE, from)) {
      yield { text: rest.toString('utf8', from, at), offset: offset + from, next: offset + at + 1 };
      from = at + 1;
    }
    offset += from;
    rest = rest.subarray(from);
  }
}

function stepOf(line: string): number | undefined {
  try {
    const { step } = JSON.parse(line) as { step?: unknown };
    return Number.isSafeInteger(step) ? (step as number) : undefined;
  } catch {
    return undefined;
  }
}
