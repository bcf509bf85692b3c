/** What is known of all jobs, in one SQLite file that every window, the command line and the runners share. */

import { UserError } from '../errors.ts';
import type { BackendId, Technique } from '../recipes/recipe.ts';
import type { Clock } from './clock.ts';
import { databaseFile } from './home.ts';
import type { Job, JobEvent, JobEventBody, JobFault, JobState, MetricPoint } from './job.ts';
import type { JobHistory } from './jobClient.ts';
import { JobDatabase, number } from './jobDatabase.ts';
import { eventFromRow, jobFromRow, metricFromRow, pathForStore } from './jobRows.ts';
import { metricHistory } from './metricHistory.ts';
import { assertMove, canResume, hasEnded, isActive, JOB_STATES } from './jobState.ts';
import { alreadyRunning, Leases } from './leases.ts';
import type { Processes } from './processes.ts';

/** A queued job whose runner has not come up after so long is lost. */
const START_MS = 60_000;

export interface NewJob {
  readonly id: string;
  /** submitting the same token again gives the same job */
  readonly token: string;
  /** equal for two jobs that would have the same result: hash of recipe, data and base model */
  readonly fingerprint: string;
  readonly name: string;
  readonly backend: BackendId;
  readonly technique: Technique;
  readonly method: 'lora' | 'full';
  readonly baseModel: string;
  /** hash of the base model's configuration: jobs with the same one run at the same speed */
  readonly baseHash: string | undefined;
  readonly recipeFile: string;
}

/** What earlier jobs with the same base model and method measured on this machine, newest first. */
export interface MeasuredSpeed {
  readonly tokensPerSecond: number;
  readonly charactersPerToken: number | undefined;
}

export interface StoredHistory extends JobHistory {
  /** when it last changed */
  readonly changedAt: number;
}

/** As a list of SQL. */
const ACTIVE = `(${JOB_STATES.filter(isActive).map((state) => `'${state}'`).join(', ')})`;

export class JobStore {
  readonly home: string;
  readonly leases: Leases;
  readonly clock: Clock;
  readonly database: JobDatabase;

  /** @throws UserError when the database cannot be opened; see JobDatabase */
  constructor(home: string, clock: Clock, processes: Processes) {
    this.home = home;
    this.clock = clock;
    this.database = new JobDatabase(databaseFile(home));
    this.leases = new Leases(this.database, clock, processes);
  }

  /** newest first */
  list(): readonly Job[] {
    return this.database.all('SELECT * FROM jobs ORDER BY created_at DESC, id DESC').map((row) => jobFromRow(row, this.home));
  }

  get(id: string): Job | undefined {
    const row = this.database.get('SELECT * FROM jobs WHERE id = ?', id);
    return row && jobFromRow(row, this.home);
  }

  /** @throws UserError "job.unknown" */
  expect(id: string): Job {
    const job = this.get(id);
    if (!job) throw unknownJob(id);
    return job;
  }

  byToken(token: string): Job | undefined {
    const row = this.database.get('SELECT * FROM jobs WHERE token = ?', token);
    return row && jobFromRow(row, this.home);
  }

  lastSeq(): number {
    return this.database.lastSeq();
  }

  /** Jobs with a change after `seq`, newest job first. */
  changedSince(seq: number): readonly Job[] {
    return this.database.all('SELECT * FROM jobs WHERE seq > ? ORDER BY created_at DESC, id DESC', seq)
      .map((row) => jobFromRow(row, this.home));
  }

  hasActive(): boolean {
    return this.database.get(`SELECT 1 FROM jobs WHERE state IN ${ACTIVE} LIMIT 1`) !== undefined;
  }

  /** A job with what was added to it after `seq`, as of one moment. */
  changeOf(id: string, seq: number): StoredHistory | undefined {
    return this.database.reading(() => {
      const job = this.get(id);
      if (!job) return undefined;
      const changedAt = number(this.database.get('SELECT seq FROM jobs WHERE id = ?', id)?.['seq']);
      return { job, changedAt, seq: this.lastSeq(), events: this.events(id, seq), metrics: metricHistory(this.database, id, seq) };
    });
  }

  events(id: string, afterSeq = 0): readonly JobEvent[] {
    return this.database.all('SELECT * FROM events WHERE job_id = ? AND seq > ? ORDER BY seq', id, afterSeq)
      .map((row) => eventFromRow(row, this.home));
  }

  metrics(id: string, afterSeq = 0): readonly MetricPoint[] {
    return this.database.all('SELECT * FROM metrics WHERE job_id = ? AND seq > ? ORDER BY seq', id, afterSeq).map(metricFromRow);
  }

  speeds(baseHash: string, method: 'lora' | 'full'): readonly MeasuredSpeed[] {
    return this.database.all(
      `SELECT tokens_per_second, characters_per_token FROM jobs
       WHERE base_hash = ? AND method = ? AND tokens_per_second > 0 ORDER BY created_at DESC LIMIT 5`, baseHash, method,
    ).map((row) => ({
      tokensPerSecond: number(row['tokens_per_second'] ?? undefined),
      charactersPerToken: typeof row['characters_per_token'] === 'number' ? row['characters_per_token'] : undefined,
    }));
  }

  /**
   * Records a job as queued. A token that is known gives the job recorded with it.
   *
   * @throws UserError "job.already-running" when a job with the same fingerprint is active
   */
  insert(job: NewJob): { readonly job: Job; readonly isNew: boolean } {
    return this.database.transaction(() => {
      const known = this.byToken(job.token);
      if (known) return { job: known, isNew: false };
      this.noticeLost();
      const twin = this.database.all('SELECT * FROM jobs WHERE fingerprint = ?', job.fingerprint)
        .map((row) => jobFromRow(row, this.home)).find((other) => isActive(other.state));
      if (twin) throw alreadyRunning(twin.id, this.leases.live(twin.id)?.holder.pid);
      const now = this.clock.now();
      this.database.run(
        `INSERT INTO jobs (id, token, fingerprint, seq, name, state, backend, technique, method, base_model, base_hash,
           recipe_file, created_at, queued_at) VALUES (?, ?, ?, ?, ?, 'queued', ?, ?, ?, ?, ?, ?, ?, ?)`,
        job.id, job.token, job.fingerprint, this.database.nextSeq(), job.name, job.backend, job.technique, job.method,
        job.baseModel, job.baseHash ?? null, job.recipeFile, now, now);
      this.addEvent(job.id, { kind: 'state', state: 'queued', reason: undefined });
      return { job: this.expect(job.id), isNew: true };
    });
  }

  /** Asks the writer to stop; a job without one is stopped at once. Does nothing to a job that has ended. */
  requestStop(id: string): Job {
    return this.database.transaction(() => {
      this.noticeLost();
      const job = this.expect(id);
      if (job.state === 'lost' || (isActive(job.state) && !this.leases.live(id))) {
        this.leases.revoke(id); // should the lost writer wake up, it finds out that it is not wanted
        this.move(id, 'stopped', undefined);
      } else if (isActive(job.state) && job.state !== 'stopping') this.move(id, 'stopping', undefined);
      return this.expect(id);
    });
  }

  /**
   * Puts an ended job back in the queue. Of several processes that ask, one succeeds.
   *
   * @throws UserError "job.already-running", "job.cannot-resume"
   */
  requeue(id: string): Job {
    return this.database.transaction(() => {
      this.noticeLost();
      const job = this.expect(id);
      const lease = this.leases.live(id);
      // A job that has just stopped may still be letting go of its lease: not yet free either way.
      if (lease || isActive(job.state)) throw alreadyRunning(id, lease?.holder.pid);
      if (!canResume(job.state)) {
        throw new UserError('job.cannot-resume', `Job ${id} has ${job.state}: there is nothing left to do.`,
          'Launch its recipe again to train a new model.');
      }
      this.database.run('UPDATE jobs SET attempt = attempt + 1, queued_at = ?, ended_at = NULL, fault = NULL, seconds_left = NULL WHERE id = ?',
        this.clock.now(), id);
      this.leases.revoke(id); // of the dead; else the job would count as lost again before its new writer is up
      this.move(id, 'queued', undefined);
      return this.expect(id);
    });
  }

  /** How often the job was put in the queue, which tells one start of it from the next. */
  attemptOf(id: string): number {
    return number(this.database.get('SELECT attempt FROM jobs WHERE id = ?', id)?.['attempt']);
  }

  /** Records that this attempt to start a job failed. Does nothing once a writer has it, it has ended, or there is a later attempt. */
  failToStart(id: string, attempt: number, fault: JobFault): void {
    this.database.transaction(() => {
      if (this.get(id)?.state !== 'queued' || this.leases.live(id) || this.attemptOf(id) !== attempt) return;
      this.database.run('UPDATE jobs SET fault = ? WHERE id = ?', JSON.stringify(fault), id);
      this.move(id, 'failed', undefined);
    });
  }

  /** Marks the active jobs whose writer is gone as lost. */
  noticeLost(): void {
    const suspects = this.database.all(
      `SELECT id, queued_at FROM jobs WHERE state IN ${ACTIVE}`)
      .filter((row) => this.#isLost(String(row['id']), number(row['queued_at'] ?? undefined)));
    if (suspects.length === 0) return;
    this.database.transaction(() => {
      for (const row of suspects) {
        const id = String(row['id']);
        const job = this.get(id);
        if (!job || !isActive(job.state) || !this.#isLost(id, number(row['queued_at'] ?? undefined))) continue;
        const since = this.leases.get(id)?.heartbeatAt ?? job.heartbeatAt ?? number(row['queued_at'] ?? undefined);
        this.move(id, 'lost', `No sign of life since ${localTime(since)}`);
      }
    });
  }

  /** @throws UserError "job.still-running" */
  remove(id: string): void {
    this.database.transaction(() => {
      const job = this.expect(id);
      if (!hasEnded(job.state) || this.leases.live(id)) {
        throw new UserError('job.still-running', `Job ${id} is still ${job.state}.`, 'Stop it first.');
      }
      this.database.run('DELETE FROM jobs WHERE id = ?', id);
      this.database.nextSeq();
    });
  }

  /** Changes the state by the rules and writes it into the history. For this folder only. */
  move(id: string, state: JobState, reason: string | undefined): void {
    this.database.transaction(() => {
      const job = this.expect(id);
      assertMove(job.state, state);
      this.database.run('UPDATE jobs SET state = ?, reason = ?, seq = ? WHERE id = ?', state, reason ?? null,
        this.database.nextSeq(), id);
      if (hasEnded(state)) {
        this.database.run('UPDATE jobs SET ended_at = ?, seconds_left = NULL WHERE id = ?', this.clock.now(), id);
      }
      this.addEvent(id, { kind: 'state', state, reason });
    });
  }

  /** Appends to a job's history and counts as a change of the job. For this folder only. */
  addEvent(id: string, body: JobEventBody): void {
    const stored = body.kind === 'checkpoint'
      ? { ...body, folder: pathForStore(body.folder, this.expect(id).folder) } : body;
    this.database.transaction(() => {
      const seq = this.database.nextSeq();
      this.database.run('INSERT INTO events (seq, job_id, at, body) VALUES (?, ?, ?, ?)', seq, id, this.clock.now(),
        JSON.stringify(stored));
      this.database.run('UPDATE jobs SET seq = ? WHERE id = ?', seq, id);
    });
  }

  close(): void {
    this.database.close();
  }

  #isLost(id: string, queuedAt: number): boolean {
    const lease = this.leases.get(id);
    return lease ? !this.leases.isLive(lease) : this.clock.now() - queuedAt > START_MS;
  }
}

export function unknownJob(id: string): UserError {
  return new UserError('job.unknown', `There is no job ${id}.`, 'List the jobs to see their ids.');
}

/** `2026-11-22 14:03:21` in the machine's time zone. */
function localTime(at: number): string {
  const date = new Date(at - new Date(at).getTimezoneOffset() * 60_000);
  return date.toISOString().slice(0, 19).replace('T', ' ');
}
