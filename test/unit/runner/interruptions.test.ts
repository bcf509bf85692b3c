/** Whatever ends a runner before its time, the job can be resumed and comes out as if nothing had happened. */

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';

import type { Job } from '../../../src/core/jobs/job.ts';
import type { JobClient } from '../../../src/core/jobs/jobClient.ts';
import { systemClock } from '../../../src/core/jobs/clock.ts';
import { JobStore } from '../../../src/core/jobs/jobStore.ts';
import { systemProcesses } from '../../../src/core/jobs/processes.ts';
import { JOB_TEST_MS, until } from '../support/until.ts';
import { ended, openWorkshop, type Workshop } from '../support/workshop.ts';

vi.setConfig({ testTimeout: JOB_TEST_MS, hookTimeout: JOB_TEST_MS });

const STEPS = 117;

let workshop: Workshop;
let store: JobStore;
let client: JobClient;
let undisturbed: Buffer;

beforeAll(async () => {
  workshop = await openWorkshop({ epochs: 13, training: { evalEverySteps: 50 } });
  store = new JobStore(workshop.home, systemClock, systemProcesses());
  client = workshop.client();
  const job = await ended(client, (await client.submit(workshop.recipe)).id);
  expect(job).toMatchObject({ state: 'succeeded', step: STEPS });
  undisturbed = await adapterOf(job);
});

afterAll(async () => {
  store.close();
  await workshop[Symbol.asyncDispose]();
});

function adapterOf(job: Job): Promise<Buffer> {
  return readFile(join(job.artifact ?? '', 'adapter_model.safetensors'));
}

async function reached(id: string, step: number): Promise<void> {
  await until(`step ${step}`, () => (client.get(id)?.step ?? 0) >= step);
}

function pidOf(id: string, of = store): number {
  const pid = of.leases.get(id)?.holder.pid;
  if (pid === undefined) throw new Error(`nobody holds the lease of ${id}`);
  return pid;
}

/** Every step once, whatever was done twice. */
function expectWholeHistory(id: string): void {
  const steps = client.metrics(id).filter(({ values }) => values.loss !== undefined).map(({ step }) => step);
  expect(steps).toEqual(Array.from({ length: STEPS }, (_, index) => index + 1));
}

describe('a job that is stopped', () => {
  it('ends with a checkpoint, and resumed gives the same adapter', async () => {
    const { id } = await client.submit(workshop.recipe);
    await reached(id, 40);
    await client.stop(id);
    expect(['stopping', 'stopped']).toContain(client.get(id)?.state);
    const stopped = await ended(client, id);
    expect(stopped).toMatchObject({ state: 'stopped', fault: undefined });
    expect(stopped.step).toBeLessThan(STEPS);
    expect(stopped.checkpoint).toMatch(new RegExp(`step-0*${stopped.step}$`));
    expect((await client.resume(id)).state).toBe('queued');
    const finished = await ended(client, id);
    expect(finished).toMatchObject({ state: 'succeeded', step: STEPS });
    expect((await adapterOf(finished)).equals(undisturbed)).toBe(true);
    expectWholeHistory(id);
    await client.remove(id);
  });

  it('by the system stops as well', async () => {
    const { id } = await client.submit(workshop.recipe);
    await reached(id, 20);
    process.kill(pidOf(id), 'SIGTERM');
    expect(await ended(client, id)).toMatchObject({ state: 'stopped', reason: 'The system ended the process (SIGTERM)' });
    await client.remove(id);
  });
});

describe('a job whose runner is killed', () => {
  it.each([1, 2])('at a random moment is lost, and resumed gives the same adapter (%i)', async () => {
    const { id } = await client.submit(workshop.recipe);
    // A new moment every time: what holds must hold at all of them, and a failure names its own.
    const step = 1 + Math.floor(Math.random() * (STEPS - 10));
    await reached(id, step);
    process.kill(pidOf(id), 'SIGKILL');
    // Whoever listens is who notices.
    const listening = client.onDidChangeJobs(() => undefined);
    await until('the job to be seen as lost', () => client.get(id)?.state === 'lost');
    listening.dispose();
    expect(client.get(id)?.reason).toMatch(/^No sign of life since /);
    await client.resume(id);
    const finished = await ended(client, id);
    expect(finished, `killed after step ${step}`).toMatchObject({ state: 'succeeded', step: STEPS });
    expect((await adapterOf(finished)).equals(undisturbed), `killed after step ${step}`).toBe(true);
    expectWholeHistory(id);
    await client.remove(id);
    expect(await readdir(join(workshop.home, 'jobs'))).not.toContain(id);
  });

  it('while it compares goes on with the comparison', async () => {
    // So many held-out rows that the comparison outlasts a busy machine's look at it.
    await using workshop = await openWorkshop({ rows: 2000, epochs: 1, training: { maxSteps: 2 } });
    const client = workshop.client();
    const store = new JobStore(workshop.home, systemClock, systemProcesses());
    onTestFinished(() => store.close());
    const { id } = await client.submit(workshop.recipe);
    await until('the comparison', () => client.get(id)?.state === 'evaluating');
    process.kill(pidOf(id, store), 'SIGKILL');
    await until('the runner to be gone', () => store.leases.live(id) === undefined);
    await client.resume(id);
    const finished = await ended(client, id);
    expect(finished).toMatchObject({ state: 'succeeded' });
    expect(client.events(id).filter((event) => event.kind === 'state').map(({ state }) => state))
      .toEqual(['queued', 'preparing', 'training', 'evaluating', 'lost', 'queued', 'preparing', 'evaluating', 'succeeded']);
    await client.remove(id);
  });
});

describe('two windows', () => {
  it('that resume one job start one runner, and the other is told', async () => {
    const { id } = await client.submit(workshop.recipe);
    await reached(id, 10);
    await client.stop(id);
    await ended(client, id);
    const other = workshop.client();
    const outcomes = await Promise.allSettled([client.resume(id), other.resume(id)]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(outcomes.find((outcome) => outcome.status === 'rejected')?.reason).toMatchObject({ code: 'job.already-running' });
    await expect(other.resume(id)).rejects.toMatchObject({ code: 'job.already-running' });
    await expect(other.submit(workshop.recipe)).rejects.toMatchObject({ code: 'job.already-running' });
    const starts = (await readFile(join(client.get(id)?.folder ?? '', 'log.txt'), 'utf8').catch(() => '')).match(/in process/g);
    expect(starts?.length ?? 0).toBeLessThanOrEqual(2);
    await client.stop(id);
    await ended(client, id);
    await client.remove(id);
  });

  it('that submit with one token have one job', async () => {
    const other = workshop.client();
    const [first, second] = await Promise.all([
      client.submit(workshop.recipe, { token: 'once' }), other.submit(workshop.recipe, { token: 'once' }),
    ]);
    expect(first.id).toBe(second.id);
    expect((await client.submit(workshop.recipe, { token: 'once' })).id).toBe(first.id);
    expect((await readdir(join(workshop.home, 'jobs'))).filter((name) => name === first.id || name.endsWith('.draft'))).toEqual([first.id]);
    await client.stop(first.id);
    await ended(client, first.id);
  });
});
