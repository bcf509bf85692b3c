/** The store of jobs: nothing is lost, nobody writes where another does, and every process sees the same. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { UserError } from '../../../../src/core/errors.ts';
import { databaseFile } from '../../../../src/core/jobs/home.ts';
import { JobDatabase } from '../../../../src/core/jobs/jobDatabase.ts';
import { JobStore, type NewJob } from '../../../../src/core/jobs/jobStore.ts';
import { JobWriter } from '../../../../src/core/jobs/jobWriter.ts';
import { LeaseLostError, SILENCE_MS } from '../../../../src/core/jobs/leases.ts';
import { systemProcesses } from '../../../../src/core/jobs/processes.ts';
import { systemClock } from '../../../../src/core/jobs/clock.ts';
import { FakeClock, FakeMachine } from '../../support/fakeTime.ts';
import { hand } from '../../support/hands.ts';
import { JOB_TEST_MS } from '../../support/until.ts';

vi.setConfig({ testTimeout: JOB_TEST_MS, hookTimeout: JOB_TEST_MS });

let home: string;
let clock: FakeClock;
let machine: FakeMachine;
const opened: JobStore[] = [];

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'tunesmith-store-'));
  clock = new FakeClock();
  machine = new FakeMachine();
});

afterEach(() => {
  for (const store of opened.splice(0)) store.close();
  rmSync(home, { recursive: true, force: true });
});

function open(pid = 1): JobStore {
  const store = new JobStore(home, clock, machine.seenFrom(pid));
  opened.push(store);
  return store;
}

function openReal(): JobStore {
  const store = new JobStore(home, systemClock, systemProcesses());
  opened.push(store);
  return store;
}

function newJob(id: string, more: Partial<NewJob> = {}): NewJob {
  return {
    id, token: id, fingerprint: id, name: `job ${id}`, backend: 'local', technique: 'sft', method: 'lora', baseModel: 'starter', baseHash: 'hash',
    recipeFile: '/work/a.tune.yaml', ...more,
  };
}

function codeOf(work: () => unknown): string | undefined {
  try {
    work();
    return undefined;
  } catch (fault) {
    return fault instanceof UserError ? fault.code : String(fault);
  }
}

describe('the database', () => {
  it('makes its folder and its tables, and opens again', () => {
    open().insert(newJob('a'));
    expect(open().list().map(({ id, state }) => [id, state])).toEqual([['a', 'queued']]);
  });

  it('applies only the steps that are missing, each once', () => {
    const file = join(home, 'any.db');
    const steps = ['CREATE TABLE one (x INTEGER)', 'ALTER TABLE one ADD COLUMN y INTEGER', 'INSERT INTO one VALUES (1, 2)'];
    new JobDatabase(file, steps.slice(0, 1)).close();
    new JobDatabase(file, steps).close();
    const database = new JobDatabase(file, steps);
    expect(database.all('SELECT * FROM one').map((row) => ({ ...row }))).toEqual([{ x: 1, y: 2 }]);
    database.close();
  });

  it('leaves the schema as it was when a step fails', () => {
    const file = join(home, 'any.db');
    expect(codeOf(() => new JobDatabase(file, ['CREATE TABLE one (x INTEGER)', 'NONSENSE']))).toBe('store.unreadable');
    const database = new JobDatabase(file, ['CREATE TABLE one (x INTEGER)']);
    expect(database.all('SELECT * FROM one')).toEqual([]);
    database.close();
  });

  it('refuses one that a newer version wrote, and one that is no database', () => {
    open();
    const raw = new DatabaseSync(databaseFile(home));
    raw.exec('PRAGMA user_version = 99');
    raw.close();
    expect(codeOf(() => open())).toBe('store.newer');
    const other = join(home, 'text.db');
    writeFileSync(other, 'not a database at all, only text that is long enough to be read as a header of one.'.repeat(20));
    expect(codeOf(() => new JobDatabase(other))).toBe('store.damaged');
  });

  it('never changes an event', () => {
    const store = open();
    store.insert(newJob('a'));
    expect(() => store.database.run(`UPDATE events SET at = 0`)).toThrow('append-only');
  });
});

describe('submitting', () => {
  it('gives the same job for the same token', () => {
    const store = open();
    expect(store.insert(newJob('a', { token: 't' })).isNew).toBe(true);
    const again = open(2).insert(newJob('b', { token: 't' }));
    expect(again).toMatchObject({ isNew: false, job: { id: 'a' } });
    expect(store.list()).toHaveLength(1);
  });

  it('refuses a job whose twin is running, and takes it once that has ended', () => {
    const store = open();
    store.insert(newJob('a', { fingerprint: 'same' }));
    expect(codeOf(() => store.insert(newJob('b', { fingerprint: 'same' })))).toBe('job.already-running');
    store.requestStop('a');
    expect(store.insert(newJob('b', { fingerprint: 'same' })).isNew).toBe(true);
  });
});

describe('leases', () => {
  it('let one writer in at a time', () => {
    const store = open(1);
    store.insert(newJob('a'));
    const writer = JobWriter.open(store, 'a', 'first');
    expect(codeOf(() => JobWriter.open(open(2), 'a', 'second'))).toBe('job.already-running');
    writer?.end({ state: 'stopped' });
    expect(JobWriter.open(open(2), 'a', 'second')).toBeUndefined();
    store.requeue('a');
    expect(JobWriter.open(open(2), 'a', 'second')).toBeInstanceOf(JobWriter);
  });

  it('of a dead process are taken over at once, with the job seen as lost since its last sign of life', () => {
    const mine = open(1);
    mine.insert(newJob('a'));
    JobWriter.open(open(2), 'a', 'doomed')?.enter('training');
    clock.advance(5000);
    mine.noticeLost();
    expect(mine.get('a')?.state).toBe('training');
    machine.kill(2);
    mine.noticeLost();
    expect(mine.get('a')).toMatchObject({ state: 'lost', heartbeatAt: clock.now() - 5000 });
    expect(mine.get('a')?.reason).toMatch(/^No sign of life since 2026-11-22 \d\d:\d\d:00$/);
    expect(mine.requeue('a').state).toBe('queued');
    clock.advance(1000);
    mine.noticeLost();
    expect(mine.get('a')?.state).toBe('queued');
    expect(JobWriter.open(mine, 'a', 'heir')?.job.state).toBe('preparing');
  });

  it('are kept by a silent process that is there, for two minutes', () => {
    const store = open(1);
    store.insert(newJob('a'));
    JobWriter.open(open(2), 'a', 'slow')?.enter('training');
    clock.advance(SILENCE_MS - 1);
    store.noticeLost();
    expect(store.get('a')?.state).toBe('training');
    expect(codeOf(() => store.requeue('a'))).toBe('job.already-running');
    clock.advance(1);
    store.noticeLost();
    expect(store.get('a')?.state).toBe('lost');
  });

  it('let a writer that only slept go on where it was', () => {
    const store = open(1);
    store.insert(newJob('a'));
    const sleeper = JobWriter.open(open(2), 'a', 'sleeper');
    sleeper?.enter('training');
    clock.advance(SILENCE_MS * 10);
    store.noticeLost();
    expect(store.get('a')?.state).toBe('lost');
    sleeper?.progress({ step: 7 });
    expect(store.get('a')).toMatchObject({ state: 'training', step: 7 });
  });

  it('shut out a writer whose job was taken over, before it writes anything', () => {
    const store = open(1);
    store.insert(newJob('a'));
    const sleeper = JobWriter.open(open(2), 'a', 'sleeper');
    sleeper?.enter('training');
    clock.advance(SILENCE_MS);
    store.requeue('a');
    const heir = JobWriter.open(open(3), 'a', 'heir');
    expect(() => sleeper?.progress({ step: 99 })).toThrow(LeaseLostError);
    expect(() => sleeper?.end({ state: 'succeeded' })).toThrow(LeaseLostError);
    heir?.progress({ step: 1 });
    expect(store.get('a')).toMatchObject({ state: 'preparing', step: 1 });
  });

  it('tell a process from a later one with its number', () => {
    const { self, isAlive } = systemProcesses();
    expect(isAlive(self)).toBe(true);
    if (self.born !== '') expect(isAlive({ ...self, born: `${self.born}1` })).toBe(false);
    expect(isAlive({ ...self, pid: 2 ** 30 })).toBe(false);
    expect(isAlive({ host: 'another machine', pid: 2 ** 30, born: '' })).toBe(true);
  });
});

describe('stopping', () => {
  it('is asked of the writer, which hears of it with its next stroke', () => {
    const store = open(1);
    store.insert(newJob('a'));
    const writer = JobWriter.open(open(2), 'a', 'w');
    writer?.enter('training');
    expect(writer?.heartbeat()).toEqual({ stopRequested: false });
    expect(store.requestStop('a').state).toBe('stopping');
    expect(writer?.enter('evaluating')).toEqual({ stopRequested: true });
    expect(store.get('a')?.state).toBe('stopping');
    writer?.end({ state: 'stopped' });
    expect(store.get('a')?.state).toBe('stopped');
    expect(store.requestStop('a').state).toBe('stopped');
  });

  it('needs no writer where there is none', () => {
    const store = open(1);
    store.insert(newJob('a'));
    expect(store.requestStop('a').state).toBe('stopped');
    expect(JobWriter.open(open(2), 'a', 'late')).toBeUndefined();
    expect(store.leases.get('a')).toBeUndefined();
  });

  it('of a job that never came up frees it after a minute', () => {
    const store = open(1);
    store.insert(newJob('a'));
    clock.advance(60_001);
    store.noticeLost();
    expect(store.get('a')?.state).toBe('lost');
  });
});

describe('a start that fails', () => {
  const fault = { code: 'runner.start.failed', message: 'no', remedy: 'again' };

  it('fails the job, but not once a writer is up, nor a later start', () => {
    const store = open();
    store.insert(newJob('a'));
    const first = store.attemptOf('a');
    store.failToStart('a', first, fault);
    expect(store.get('a')).toMatchObject({ state: 'failed', fault });
    store.requeue('a');
    store.failToStart('a', first, fault);
    expect(store.get('a')).toMatchObject({ state: 'queued', fault: undefined });
    JobWriter.open(open(2), 'a', 'w');
    store.failToStart('a', store.attemptOf('a'), fault);
    expect(store.get('a')?.state).toBe('preparing');
  });
});

describe('several processes', () => {
  it('append to one history without losing or doubling a number', async () => {
    const store = openReal();
    for (const id of ['a', 'b']) store.insert(newJob(id));
    const hands = ['a', 'a', 'b', 'b'].map((id) => hand(home, 'append', id, '150'));
    expect(await Promise.all(hands.map(({ ended }) => ended))).toEqual(hands.map(() => ({ code: 0, signal: null })));
    const events = ['a', 'b'].flatMap((id) => store.events(id));
    expect(events).toHaveLength(602);
    expect(new Set(events.map(({ seq }) => seq)).size).toBe(602);
    expect(store.lastSeq()).toBe(Math.max(...events.map(({ seq }) => seq)));
    for (const { process: { pid } } of hands) {
      const own = events.filter((event) => event.kind === 'log' && event.text.startsWith(`${pid} `));
      expect(own.map((event) => event.kind === 'log' && event.text)).toEqual(Array.from({ length: 150 }, (_, i) => `${pid} ${i}`));
    }
  });

  it('leave nothing of a transaction in which one of them was killed', async () => {
    const store = openReal();
    store.insert(newJob('a'));
    expect(await hand(home, 'dieInTransaction', 'a').ended).toEqual({ code: null, signal: 'SIGKILL' });
    expect(store.get('a')).toMatchObject({ state: 'preparing', step: 1 });
    expect(store.events('a').some((event) => event.kind === 'log')).toBe(false);
    store.noticeLost();
    expect(store.get('a')?.state).toBe('lost');
    expect(JobWriter.open(store, 'a', 'heir')?.progress({ step: 3 })).toEqual({ stopRequested: false });
  });

  it('resume a job once', async () => {
    const store = openReal();
    store.insert(newJob('a'));
    store.requestStop('a');
    const answers = await Promise.all(Array.from({ length: 4 }, () => hand(home, 'requeue', 'a').says));
    expect(answers.sort()).toEqual(['done', 'job.already-running', 'job.already-running', 'job.already-running']);
  });

  it('acquire a lease once, and see it free when its holder is killed', async () => {
    const store = openReal();
    store.insert(newJob('a'));
    const hands = Array.from({ length: 4 }, () => hand(home, 'acquire', 'a'));
    const answers = await Promise.all(hands.map(({ says }) => says));
    expect(answers.filter((answer) => answer === 'done')).toHaveLength(1);
    expect(store.leases.live('a')).toBeDefined();
    for (const one of hands) one.process.kill('SIGKILL');
    await Promise.all(hands.map(({ ended }) => ended));
    expect(store.leases.live('a')).toBeUndefined();
  });
});

describe('what is kept', () => {
  it('of paths survives moving the home', () => {
    const store = open();
    const { job } = store.insert(newJob('a'));
    const writer = JobWriter.open(store, 'a', 'w');
    writer?.checkpoint(5, join(job.folder, 'checkpoints', 'step-00000005'));
    writer?.artifact(join(job.folder, 'artifact'));
    expect(store.database.get('SELECT checkpoint, artifact FROM jobs')).toMatchObject({ checkpoint: 'checkpoints/step-00000005', artifact: 'artifact' });
    expect(store.get('a')).toMatchObject({ checkpoint: join(job.folder, 'checkpoints/step-00000005'), artifact: join(job.folder, 'artifact') });
    expect(store.events('a').at(-1)).toMatchObject({ kind: 'checkpoint', folder: join(job.folder, 'checkpoints/step-00000005') });
  });

  it('of metrics forgets the steps that are done again', () => {
    const store = open();
    store.insert(newJob('a'));
    const writer = JobWriter.open(store, 'a', 'w');
    for (const step of [1, 2, 3]) writer?.metrics(step, { loss: 1 / step }, { step });
    writer?.forgetMetricsAfter(1);
    writer?.metrics(2, { loss: 0.4 }, { step: 2 });
    expect(store.metrics('a').map(({ step, values }) => [step, values.loss])).toEqual([[1, 1], [2, 0.4]]);
  });

  it('of a removed job is nothing, and a running one cannot be removed', () => {
    const store = open();
    store.insert(newJob('a'));
    expect(codeOf(() => store.remove('a'))).toBe('job.still-running');
    store.requestStop('a');
    store.remove('a');
    expect(store.list()).toEqual([]);
    expect(store.events('a')).toEqual([]);
  });
});
