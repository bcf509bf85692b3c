/** The pen of the one process that holds a job's lease: every stroke proves that it still does. */

import type { EvaluationSummary } from '../evaluation/evaluation.ts';
import type { Job, JobEventBody, JobFault, JobState, MetricValues } from './job.ts';
import { pathForStore } from './jobRows.ts';
import { hasEnded } from './jobState.ts';
import type { JobStore } from './jobStore.ts';
import type { Lease } from './leases.ts';

/** What the writer learns with each stroke. */
export interface WriterNews {
  readonly stopRequested: boolean;
}

/** Fields of the job that change with progress; absent fields stay as they are. */
export interface JobProgress {
  readonly step?: number;
  readonly totalSteps?: number;
  readonly loss?: number;
  readonly evalLoss?: number;
  readonly tokensPerSecond?: number;
  readonly charactersPerToken?: number;
  readonly secondsLeft?: number | null;
  readonly reason?: string | null;
}

const COLUMNS: Readonly<Record<keyof JobProgress, string>> = {
  step: 'step',
  totalSteps: 'total_steps',
  loss: 'loss',
  evalLoss: 'eval_loss',
  tokensPerSecond: 'tokens_per_second',
  charactersPerToken: 'characters_per_token',
  secondsLeft: 'seconds_left',
  reason: 'reason',
};

/** Every method throws LeaseLostError, and writes nothing, once another process has taken the lease over. */
export class JobWriter {
  readonly #store: JobStore;
  readonly #lease: Lease;
  #state: JobState;

  private constructor(store: JobStore, lease: Lease) {
    this.#store = store;
    this.#lease = lease;
    this.#state = 'preparing';
  }

  /**
   * Takes the lease of a job that waits, or whose last writer is gone, and enters `preparing`.
   *
   * @returns undefined when the job was stopped or removed before its writer came up: there is nothing to do
   * @throws UserError "job.already-running" when another process holds the lease
   */
  static open(store: JobStore, jobId: string, owner: string): JobWriter | undefined {
    return store.database.transaction(() => {
      const state = store.get(jobId)?.state;
      if (state === undefined || (hasEnded(state) && state !== 'lost')) return undefined;
      const lease = store.leases.acquire(jobId, owner);
      // The last writer died and nobody has called the job lost yet.
      if (state !== 'queued' && state !== 'lost') store.move(jobId, 'lost', undefined);
      store.move(jobId, 'preparing', undefined);
      const now = store.clock.now();
      store.database.run('UPDATE jobs SET started_at = COALESCE(started_at, ?), heartbeat_at = ? WHERE id = ?', now, now, jobId);
      return new JobWriter(store, lease);
    });
  }

  get job(): Job {
    return this.#store.expect(this.#lease.jobId);
  }

  /** A sign of life when there is nothing else to write. */
  heartbeat(): WriterNews {
    return this.#write(() => undefined);
  }

  /** Enters the next stage. When a stop was asked for, the state stays `stopping` and the news says so. */
  enter(state: 'training' | 'evaluating', reason?: string): WriterNews {
    return this.#write((id) => {
      if (this.#store.expect(id).state === 'stopping') return;
      this.#store.move(id, state, reason);
      this.#set(id, { secondsLeft: null }); // that of the last stage
      this.#state = state;
    });
  }

  /** The writer was told to stop by the system and not through the store. */
  stopping(reason: string): WriterNews {
    return this.#write((id) => {
      if (this.#store.expect(id).state !== 'stopping') this.#store.move(id, 'stopping', reason);
      this.#state = 'stopping';
    });
  }

  progress(progress: JobProgress): WriterNews {
    return this.#write((id) => this.#set(id, progress));
  }

  /** One point of the curves, with the job's fields that follow from it. */
  metrics(step: number, values: MetricValues, progress: JobProgress = {}): WriterNews {
    return this.#write((id) => {
      this.#store.database.run('INSERT INTO metrics (seq, job_id, step, at, "values") VALUES (?, ?, ?, ?, ?)',
        this.#store.database.nextSeq(), id, step, this.#store.clock.now(), JSON.stringify(values));
      this.#set(id, progress);
    });
  }

  /** Drops the points of steps that will be done again. */
  forgetMetricsAfter(step: number): WriterNews {
    return this.#write((id) => void this.#store.database.run('DELETE FROM metrics WHERE job_id = ? AND step > ?', id, step));
  }

  log(level: 'info' | 'warning' | 'error', text: string): WriterNews {
    return this.#event({ kind: 'log', level, text });
  }

  checkpoint(step: number, folder: string): WriterNews {
    return this.#write((id) => {
      this.#store.database.run('UPDATE jobs SET checkpoint = ? WHERE id = ?', pathForStore(folder, this.job.folder), id);
      this.#store.addEvent(id, { kind: 'checkpoint', step, folder });
    });
  }

  artifact(folder: string): WriterNews {
    return this.#write((id) => {
      this.#store.database.run('UPDATE jobs SET artifact = ?, seq = ? WHERE id = ?', pathForStore(folder, this.job.folder),
        this.#store.database.nextSeq(), id);
    });
  }

  evaluation(summary: EvaluationSummary): WriterNews {
    return this.#write((id) => {
      this.#store.database.run('UPDATE jobs SET evaluation = ? WHERE id = ?', JSON.stringify(summary), id);
      this.#store.addEvent(id, { kind: 'evaluation', summary });
    });
  }

  /** Ends the job and lets go of the lease, in one step. Nothing can be written afterwards. */
  end(outcome: { readonly state: 'succeeded' | 'stopped'; readonly reason?: string }
    | { readonly state: 'failed'; readonly fault: JobFault }): void {
    this.#write((id) => {
      if (outcome.state === 'failed') {
        this.#store.database.run('UPDATE jobs SET fault = ? WHERE id = ?', JSON.stringify(outcome.fault), id);
      }
      this.#store.move(id, outcome.state, outcome.state === 'failed' ? undefined : outcome.reason);
      this.#state = outcome.state;
      this.#store.leases.release(this.#lease);
    });
  }

  #event(body: JobEventBody): WriterNews {
    return this.#write((id) => this.#store.addEvent(id, body));
  }

  #set(id: string, progress: JobProgress): void {
    const fields = (Object.keys(COLUMNS) as (keyof JobProgress)[]).filter((key) => progress[key] !== undefined);
    const assignments = fields.map((key) => `${COLUMNS[key]} = ?, `).join('');
    this.#store.database.run(`UPDATE jobs SET ${assignments}seq = ? WHERE id = ?`,
      ...fields.map((key) => progress[key] ?? null), this.#store.database.nextSeq(), id);
  }

  #write(work: (id: string) => void): WriterNews {
    const { database, leases, clock } = this.#store;
    const id = this.#lease.jobId;
    return database.transaction(() => {
      leases.renew(this.#lease);
      // Somebody took this process for dead, as after the machine slept: it is not.
      if (this.#store.expect(id).state === 'lost') this.#store.move(id, this.#state, undefined);
      work(id);
      database.run('UPDATE jobs SET heartbeat_at = ? WHERE id = ?', clock.now(), id);
      return { stopRequested: this.#store.expect(id).state === 'stopping' };
    });
  }
}
