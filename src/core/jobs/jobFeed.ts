/** Notices what any process changed in the store and tells those who listen; at rest when nobody does. */

import { Emitter, type Disposable } from '../lifecycle.ts';
import type { Clock } from './clock.ts';
import type { Job } from './job.ts';
import type { JobChange } from './jobClient.ts';
import type { JobStore } from './jobStore.ts';

/** While something runs. One read of one row, some 20 µs. */
const ACTIVE_MS = 250;
/** Otherwise; another window can start something at any time, and half a second is promised. */
const IDLE_MS = 400;
/** How often the leases of active jobs are looked at. */
const LIVENESS_MS = 2_000;
/** A look that comes so late was held up by a suspended machine, and so was whoever should have given a sign of life. */
const SLEPT_MS = 30_000;
/** So long after that, nobody is called lost. */
const WAKING_MS = 10_000;

interface Watcher {
  readonly jobId: string;
  readonly listener: (change: JobChange) => void;
  /** what it has; undefined until the history was delivered */
  seq: number | undefined;
}

export class JobFeed implements Disposable {
  readonly #store: JobStore;
  readonly #clock: Clock;
  readonly #onFault: (fault: unknown) => void;
  readonly #changed: Emitter<readonly Job[]>;
  readonly #watchers = new Set<Watcher>();
  #listeners = 0;
  #timer: Disposable | undefined;
  #seq = 0;
  #livenessAt = 0;
  #lookedAt = 0;
  #wokeAt = -Infinity;
  #hasActive = false;
  /** what polling failed with last, so that a disk that is gone is told of once and not four times a second */
  #told: string | undefined;

  /** @param onFault hears of faults while polling, for example of a disk that went away; polling goes on */
  constructor(store: JobStore, clock: Clock, onFault: (fault: unknown) => void) {
    this.#store = store;
    this.#clock = clock;
    this.#onFault = onFault;
    this.#changed = new Emitter(onFault);
  }

  onDidChangeJobs(listener: (jobs: readonly Job[]) => void): Disposable {
    this.#wake();
    const subscription = this.#changed.event(listener);
    this.#listeners++;
    return this.#leaving(() => {
      subscription.dispose();
      this.#listeners--;
    });
  }

  /** The history is delivered from a microtask, so that the caller holds the handle first. */
  watch(jobId: string, listener: (change: JobChange) => void, afterSeq?: number): Disposable {
    this.#store.expect(jobId);
    this.#wake();
    const watcher: Watcher = { jobId, listener, seq: afterSeq };
    this.#watchers.add(watcher);
    queueMicrotask(() => {
      if (this.#watchers.has(watcher)) this.#deliver(watcher);
    });
    return this.#leaving(() => this.#watchers.delete(watcher));
  }

  /** Looks now: after a change by this process. */
  refresh(): void {
    if (this.#timer) this.#tick();
  }

  dispose(): void {
    this.#timer?.dispose();
    this.#timer = undefined;
    this.#watchers.clear();
    this.#changed.dispose();
  }

  #leaving(leave: () => void): Disposable {
    let left = false;
    return {
      dispose: () => {
        if (left) return;
        left = true;
        leave();
        if (this.#listeners > 0 || this.#watchers.size > 0) return;
        this.#timer?.dispose();
        this.#timer = undefined;
      },
    };
  }

  #wake(): void {
    if (this.#timer) return;
    this.#seq = this.#store.lastSeq();
    this.#hasActive = this.#store.hasActive();
    this.#lookedAt = this.#clock.now();
    this.#schedule();
  }

  #schedule(): void {
    this.#timer?.dispose();
    this.#timer = this.#clock.after(this.#hasActive ? ACTIVE_MS : IDLE_MS, () => this.#tick());
  }

  #tick(): void {
    try {
      this.#look();
      this.#told = undefined;
    } catch (fault) {
      if (this.#told !== String(fault)) this.#onFault(fault);
      this.#told = String(fault);
    }
    // A listener may have been the last one to leave.
    if (this.#timer) this.#schedule();
  }

  #look(): void {
    const now = this.#clock.now();
    if (now - this.#lookedAt > SLEPT_MS) this.#wokeAt = now;
    this.#lookedAt = now;
    if (this.#hasActive && Math.abs(now - this.#wokeAt) >= WAKING_MS && Math.abs(now - this.#livenessAt) >= LIVENESS_MS) {
      this.#livenessAt = now;
      this.#store.noticeLost();
    }
    const seq = this.#store.lastSeq();
    if (seq === this.#seq) return;
    const changed = this.#store.changedSince(this.#seq);
    this.#seq = seq;
    this.#hasActive = this.#store.hasActive();
    for (const watcher of [...this.#watchers]) {
      if (watcher.seq !== undefined && this.#watchers.has(watcher)) this.#deliver(watcher);
    }
    this.#changed.fire(changed);
  }

  #deliver(watcher: Watcher): void {
    const change = this.#store.changeOf(watcher.jobId, watcher.seq ?? 0);
    if (!change || (watcher.seq !== undefined && change.changedAt <= watcher.seq)) return;
    watcher.seq = change.seq;
    try {
      watcher.listener({ job: change.job, events: change.events, metrics: change.metrics });
    } catch (fault) {
      this.#onFault(fault);
    }
  }
}
