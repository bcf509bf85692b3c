/** The end of a job is said once, by one window, and by none that it does not concern. */

import { mkdtempSync, readdirSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Job } from '../../../src/core/jobs/job.ts';
import type { JobClient } from '../../../src/core/jobs/jobClient.ts';
import { Emitter } from '../../../src/core/lifecycle.ts';
import { JobModel } from '../../../src/host/jobs/jobModel.ts';
import { type Claim, fileClaims, JobNotifier } from '../../../src/host/jobs/jobNotifier.ts';
import type { EndNotice } from '../../../src/host/jobs/jobText.ts';
import { aJob, summary } from './samples.ts';

/** A store of one job that several windows look at, and where they claim to speak of it. */
class Store {
  job = aJob();
  readonly #claimed = new Set<string>();
  readonly claim: Claim = (name) => Promise.resolve(!this.#claimed.has(name) && this.#claimed.size < this.#claimed.add(name).size);
  readonly #changed = new Emitter<readonly Job[]>();

  client(): JobClient {
    return { list: () => [this.job], get: () => this.job, onDidChangeJobs: this.#changed.event, dispose: () => undefined } as Partial<JobClient> as JobClient;
  }

  become(over: Partial<Job>): void {
    this.job = aJob(over);
    this.#changed.fire([this.job]);
  }
}

async function openWindow(store: Store, isOurs: boolean, answer?: EndNotice['actions'][number]) {
  const model = new JobModel(() => Promise.resolve(store.client()));
  const said: string[] = [];
  const ran: string[] = [];
  const notifier = new JobNotifier(model, {
    announce: ({ message }) => {
      said.push(message);
      return Promise.resolve(answer);
    },
    run: (id, jobId) => Promise.resolve(void ran.push(`${id} ${jobId}`)),
    claim: store.claim,
    isOurs: () => isOurs,
  });
  await model.client();
  return { notifier, said, ran };
}

/** Every promise that can go on has gone on. */
const everybodyTried = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('JobNotifier', () => {
  it('speaks in one of two windows with the same folder', async () => {
    const store = new Store();
    const windows = [await openWindow(store, true), await openWindow(store, true)];
    store.become({ state: 'succeeded', evaluation: summary, endedAt: 5 });
    await everybodyTried();
    expect(windows.flatMap(({ said }) => said)).toEqual([`tickets is tuned. ${summary.sentence}`]);
  });

  it('is silent in a window of another folder, unless the job was launched there', async () => {
    const store = new Store();
    const other = await openWindow(store, false);
    const launcher = await openWindow(store, false);
    launcher.notifier.launchedHere(store.job.id);
    store.become({ state: 'failed', endedAt: 5 });
    await everybodyTried();
    expect(launcher.said).toHaveLength(1);
    expect(other.said).toEqual([]);
  });

  it('says nothing of steps, of a stop that was asked for, and of jobs that had ended before', async () => {
    const store = new Store();
    const { said } = await openWindow(store, true);
    store.become({ step: 44 });
    store.become({ state: 'stopping' });
    store.become({ state: 'stopped' });
    const ended = new Store();
    ended.job = aJob({ state: 'succeeded' });
    const late = await openWindow(ended, true);
    await everybodyTried();
    expect([...said, ...late.said]).toEqual([]);
  });

  it('announces the second end of a resumed job', async () => {
    const store = new Store();
    const { said } = await openWindow(store, true);
    store.become({ state: 'failed', endedAt: 5 });
    await everybodyTried();
    store.become({ state: 'training' });
    store.become({ state: 'succeeded', endedAt: 9 });
    await everybodyTried();
    expect(said).toHaveLength(2);
  });

  it('runs what the user chose', async () => {
    const store = new Store();
    const { ran } = await openWindow(store, true, 'Compare');
    store.become({ state: 'succeeded', evaluation: summary, endedAt: 5 });
    await everybodyTried();
    expect(ran).toEqual([`tunesmith.job.compare ${store.job.id}`]);
  });
});

it('keeps no claim for ever', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'claims-'));
  const claim = fileClaims(folder, () => Date.now());
  const age = (name: string, days: number): void => utimesSync(join(folder, name), 0, Date.now() / 1000 - days * 24 * 3600);
  try {
    for (const name of ['old', 'recent']) await claim(name);
    age('old', 8);
    age('recent', 6);
    await claim('new');
    expect(readdirSync(folder)).toEqual(['new', 'recent']);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

it('lets one of many processes have a claim', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'claims-'));
  try {
    const mine = (): Claim => fileClaims(folder, () => Date.now());
    const claims = await Promise.all([mine(), mine(), mine()].map((claim) => claim('job-1/succeeded')));
    expect(claims.filter(Boolean)).toHaveLength(1);
    expect(await mine()('job-2')).toBe(true);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
