/** A clock that a test moves by hand, and processes that it lets die. */

import type { Clock } from '../../../src/core/jobs/clock.ts';
import type { ProcessIdentity, Processes } from '../../../src/core/jobs/processes.ts';

export class FakeClock implements Clock {
  #now = Date.UTC(2026, 10, 22, 12);
  readonly #timers = new Set<{ readonly at: number; readonly run: () => void }>();

  now(): number {
    return this.#now;
  }

  after(milliseconds: number, run: () => void): { dispose(): void } {
    const timer = { at: this.#now + milliseconds, run };
    this.#timers.add(timer);
    return { dispose: () => void this.#timers.delete(timer) };
  }

  get timers(): number {
    return this.#timers.size;
  }

  /** The machine is suspended: time passes and nothing runs. */
  sleep(milliseconds: number): void {
    this.#now += milliseconds;
  }

  /** Runs what falls due on the way, in its order. */
  advance(milliseconds: number): void {
    const end = this.#now + milliseconds;
    for (;;) {
      const [next] = [...this.#timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
      if (!next) break;
      this.#timers.delete(next);
      this.#now = Math.max(this.#now, next.at);
      next.run();
    }
    this.#now = end;
  }
}

/** Each `seenFrom` is one process's view of the same machine. */
export class FakeMachine {
  readonly #dead = new Set<number>();

  seenFrom(pid: number): Processes {
    const self: ProcessIdentity = { host: 'here', pid, born: String(pid) };
    return { self, isAlive: (identity) => !this.#dead.has(identity.pid) };
  }

  kill(pid: number): void {
    this.#dead.add(pid);
  }
}
