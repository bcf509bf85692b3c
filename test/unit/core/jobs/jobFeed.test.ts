/** The feed: what any process changes is heard within half a second, once, and nothing ticks when nobody listens. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { JobFeed } from '../../../../src/core/jobs/jobFeed.ts';
import type { Job } from '../../../../src/core/jobs/job.ts';
import type { JobChange } from '../../../../src/core/jobs/jobClient.ts';
import { JobStore } from '../../../../src/core/jobs/jobStore.ts';
import { JobWriter } from '../../../../src/core/jobs/jobWriter.ts';
import { FakeClock, FakeMachine } from '../../support/fakeTime.ts';

const HALF_A_SECOND = 500;

let home: string;
let clock: FakeClock;
let machine: FakeMachine;
let mine: JobStore;
/** another process's connection */
let theirs: JobStore;
let feed: JobFeed;
const faults: unknown[] = [];

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'tunesmith-feed-'));
  clock = new FakeClock();
  machine = new FakeMachine();
  mine = new JobStore(home, clock, machine.seenFrom(1));
  theirs = new JobStore(home, clock, machine.seenFrom(2));
  feed = new JobFeed(mine, clock, (fault) => faults.push(fault));
});

afterEach(() => {
  feed.dispose();
  mine.close();
  theirs.close();
  rmSync(home, { recursive: true, force: true });
  expect(faults.splice(0)).toEqual([]);
});

function insert(store: JobStore, id: string): void {
  store.insert({
    id, token: id, fingerprint: id, name: id, backend: 'local', technique: 'sft', method: 'lora', baseModel: 'starter', baseHash: undefined, recipeFile: '/r',
  });
}

function listen(): { readonly heard: (readonly string[])[]; dispose(): void } {
  const heard: (readonly string[])[] = [];
  const { dispose } = feed.onDidChangeJobs((jobs: readonly Job[]) => heard.push(jobs.map(({ id, state }) => `${id} ${state}`)));
  return { heard, dispose };
}

describe('a listener', () => {
  it('hears within half a second of what another process did, with the jobs that changed', () => {
    insert(theirs, 'old');
    const { heard } = listen();
    insert(theirs, 'new');
    clock.advance(HALF_A_SECOND);
    expect(heard).toEqual([['new queued']]);
    const writer = JobWriter.open(theirs, 'old', 'w');
    clock.advance(HALF_A_SECOND);
    writer?.metrics(1, { loss: 2 }, { step: 1 });
    clock.advance(HALF_A_SECOND);
    expect(heard).toEqual([['new queued'], ['old preparing'], ['old preparing']]);
    clock.advance(10 * HALF_A_SECOND);
    expect(heard).toHaveLength(3);
  });

  it('hears of a removal, and asks for what is there', () => {
    insert(theirs, 'a');
    theirs.requestStop('a');
    const { heard } = listen();
    theirs.remove('a');
    clock.advance(HALF_A_SECOND);
    expect(heard).toEqual([[]]);
  });

  it('does not hear that a job was lost when the machine wakes, unless its process then gives no sign of life', () => {
    insert(theirs, 'a');
    insert(theirs, 'b');
    const writer = JobWriter.open(theirs, 'a', 'w');
    JobWriter.open(theirs, 'b', 'x');
    const { heard } = listen();
    clock.advance(5_000);
    clock.sleep(3600_000);
    clock.advance(HALF_A_SECOND);
    expect(heard).toEqual([]);
    writer?.heartbeat();
    clock.advance(20_000);
    expect(heard).toEqual([['b lost']]);
  });

  it('hears that a job was lost when its process is killed', () => {
    insert(theirs, 'a');
    JobWriter.open(theirs, 'a', 'w')?.enter('training');
    const { heard } = listen();
    machine.kill(2);
    clock.advance(2 * 2000);
    expect(heard).toEqual([['a lost']]);
  });

  it('costs no timer once it has left', () => {
    expect(clock.timers).toBe(0);
    const first = listen();
    const second = listen();
    expect(clock.timers).toBe(1);
    first.dispose();
    first.dispose();
    expect(clock.timers).toBe(1);
    second.dispose();
    expect(clock.timers).toBe(0);
  });

  it('that throws does not keep the others from hearing', () => {
    feed.onDidChangeJobs(() => {
      throw new Error('mine');
    });
    const { heard } = listen();
    insert(theirs, 'a');
    clock.advance(HALF_A_SECOND);
    expect(heard).toHaveLength(1);
    expect(faults.splice(0)).toEqual([new Error('mine')]);
  });
});

describe('a watcher', () => {
  it('gets the whole history first, then what is new, each piece once', async () => {
    insert(theirs, 'a');
    const writer = JobWriter.open(theirs, 'a', 'w');
    writer?.metrics(1, { loss: 3 }, { step: 1 });
    const changes: JobChange[] = [];
    feed.watch('a', (change) => changes.push(change));
    expect(changes).toEqual([]);
    await Promise.resolve();
    writer?.metrics(2, { loss: 2 }, { step: 2 });
    writer?.log('info', 'hello');
    clock.advance(HALF_A_SECOND);
    clock.advance(HALF_A_SECOND);
    expect(changes.map(({ job, events, metrics }) => [job.step, events.map(({ kind }) => kind), metrics.map(({ step }) => step)])).toEqual([
      [1, ['state', 'state'], [1]],
      [2, ['log'], [2]],
    ]);
  });

  it('that has a history already gets only what came after it', async () => {
    insert(theirs, 'a');
    const writer = JobWriter.open(theirs, 'a', 'w');
    writer?.metrics(1, { loss: 3 }, { step: 1 });
    const { seq } = mine.changeOf('a', 0)!;
    writer?.metrics(2, { loss: 2 }, { step: 2 });
    const steps: number[][] = [];
    feed.watch('a', ({ metrics }) => steps.push(metrics.map(({ step }) => step)), seq);
    await Promise.resolve();
    clock.advance(HALF_A_SECOND);
    writer?.metrics(3, { loss: 1 }, { step: 3 });
    clock.advance(HALF_A_SECOND);
    expect(steps).toEqual([[2], [3]]);
  });

  it('hears nothing of other jobs, and nothing once it has left', async () => {
    insert(theirs, 'a');
    insert(theirs, 'b');
    const changes: JobChange[] = [];
    const watching = feed.watch('a', (change) => changes.push(change));
    const never = feed.watch('a', () => expect.fail('it had left'));
    never.dispose();
    await Promise.resolve();
    theirs.requestStop('b');
    clock.advance(HALF_A_SECOND);
    expect(changes).toHaveLength(1);
    watching.dispose();
    theirs.requestStop('a');
    clock.advance(HALF_A_SECOND);
    expect(changes).toHaveLength(1);
  });

  it('of a job that there is not is told so', () => {
    expect(() => feed.watch('nobody', () => undefined)).toThrow('There is no job nobody.');
  });
});

it('tells of a store that cannot be read once, and hears again when it can', () => {
  const { heard } = listen();
  const look = vi.spyOn(mine, 'lastSeq').mockImplementation(() => {
    throw new Error('the disk is gone');
  });
  clock.advance(10 * HALF_A_SECOND);
  expect(faults.splice(0)).toEqual([new Error('the disk is gone')]);
  look.mockRestore();
  insert(theirs, 'new');
  clock.advance(HALF_A_SECOND);
  expect(heard).toEqual([['new queued']]);
});
