/** The right to write a job: held by one process at a time, kept by a heartbeat, taken over from the dead. */

import { UserError } from '../errors.ts';
import type { Clock } from './clock.ts';
import { number, type JobDatabase } from './jobDatabase.ts';
import type { ProcessIdentity, Processes } from './processes.ts';

/**
 * A holder whose process is there but that has given no sign for so long counts as lost. Long, because a step of a large
 * model, a slow disk or a suspended laptop must not cost the lease; a holder whose process is gone loses it at once.
 */
export const SILENCE_MS = 120_000;

/** How often a writer gives a sign of life when nothing else makes it write. */
export const HEARTBEAT_MS = 2_000;

export interface Lease {
  readonly jobId: string;
  /** unguessable name of this holding; a writer proves with it that it still holds the lease */
  readonly owner: string;
  readonly holder: ProcessIdentity;
  readonly heartbeatAt: number;
}

/** Thrown to a writer whose lease another process has taken over: it must end and write nothing. */
export class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError';

  constructor(jobId: string) {
    super(`The lease of job ${jobId} was taken over by another process.`);
  }
}

export class Leases {
  readonly #database: JobDatabase;
  readonly #clock: Clock;
  readonly #processes: Processes;

  constructor(database: JobDatabase, clock: Clock, processes: Processes) {
    this.#database = database;
    this.#clock = clock;
    this.#processes = processes;
  }

  get(jobId: string): Lease | undefined {
    const row = this.#database.get('SELECT * FROM leases WHERE job_id = ?', jobId);
    return row && {
      jobId,
      owner: String(row['owner']),
      holder: { host: String(row['host']), pid: number(row['pid']), born: String(row['born']) },
      heartbeatAt: number(row['heartbeat_at']),
    };
  }

  isLive(lease: Lease): boolean {
    return this.#clock.now() - lease.heartbeatAt < SILENCE_MS && this.#processes.isAlive(lease.holder);
  }

  /** The lease of a job if its holder is there. */
  live(jobId: string): Lease | undefined {
    const lease = this.get(jobId);
    return lease && this.isLive(lease) ? lease : undefined;
  }

  /**
   * Takes a free lease, or that of a dead holder.
   *
   * @throws UserError "job.already-running" when another process holds it
   */
  acquire(jobId: string, owner: string): Lease {
    return this.#database.transaction(() => {
      const held = this.live(jobId);
      if (held) throw alreadyRunning(jobId, held.holder.pid);
      const now = this.#clock.now();
      const holder = this.#processes.self;
      this.#database.run(
        `INSERT OR REPLACE INTO leases (job_id, owner, host, pid, born, acquired_at, heartbeat_at)
         VALUES (?, ?, ?, ?, ?, ?, ?)`, jobId, owner, holder.host, holder.pid, holder.born, now, now);
      return { jobId, owner, holder, heartbeatAt: now };
    });
  }

  /** @throws LeaseLostError */
  renew(lease: Lease): void {
    const changed = this.#database.run('UPDATE leases SET heartbeat_at = ? WHERE job_id = ? AND owner = ?',
      this.#clock.now(), lease.jobId, lease.owner);
    if (changed === 0) throw new LeaseLostError(lease.jobId);
  }

  release(lease: Lease): void {
    this.#database.run('DELETE FROM leases WHERE job_id = ? AND owner = ?', lease.jobId, lease.owner);
  }

  /** Frees the lease of a holder that was found dead. */
  revoke(jobId: string): void {
    this.#database.run('DELETE FROM leases WHERE job_id = ?', jobId);
  }
}

export function alreadyRunning(jobId: string, pid: number | undefined): UserError {
  return new UserError('job.already-running',
    `Job ${jobId} is already running${pid === undefined ? '' : ` in process ${pid}`}.`,
    'Open the running job to watch it, or stop it first.');
}
