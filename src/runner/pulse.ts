/** Gives signs of life while a job runs, and hears in return whether it shall stop. */

import type { Disposable } from '../core/lifecycle.ts';
import type { Clock } from '../core/jobs/clock.ts';
import type { JobWriter, WriterNews } from '../core/jobs/jobWriter.ts';

/** How soon a request to stop is heard between steps; a beat is one small transaction. */
const BEAT_MS = 500;

export class Pulse implements Disposable {
  readonly #writer: JobWriter;
  readonly #clock: Clock;
  readonly #controller = new AbortController();
  #timer: Disposable | undefined;

  constructor(writer: JobWriter, clock: Clock) {
    this.#writer = writer;
    this.#clock = clock;
    this.#schedule();
  }

  /** Aborts when the job shall stop; aborts with LeaseLostError when another process has taken it over. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Every write to the store goes through here: its answer may be the request to stop. */
  write(stroke: (writer: JobWriter) => WriterNews): void {
    if (stroke(this.#writer).stopRequested) this.#controller.abort();
  }

  /** The system wants the process to end. */
  stop(reason: string): void {
    this.write((writer) => writer.stopping(reason));
  }

  /** Lets timers and signals in during long work that never waits. */
  async breathe(): Promise<void> {
    await new Promise<void>((resolve) => setImmediate(resolve));
  }

  dispose(): void {
    this.#timer?.dispose();
    this.#timer = undefined;
  }

  #schedule(): void {
    this.#timer = this.#clock.after(BEAT_MS, () => {
      try {
        this.write((writer) => writer.heartbeat());
        this.#schedule();
      } catch (fault) {
        this.#controller.abort(fault);
      }
    });
  }
}
