/** Following a job always comes to an end: with the job, or with the reason why there is none. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, it } from 'vitest';

import { followJob } from '../../../src/cli/followJob.ts';
import { Terminal } from '../../../src/cli/terminal.ts';
import type { JobClient } from '../../../src/core/jobs/jobClient.ts';
import { JobStore } from '../../../src/core/jobs/jobStore.ts';
import { openJobClient } from '../../../src/core/jobs/openJobClient.ts';
import { systemProcesses } from '../../../src/core/jobs/processes.ts';
import { FakeClock } from '../support/fakeTime.ts';
import { PROGRAMS } from '../support/workshop.ts';

let home: string;
let clock: FakeClock;
let client: JobClient;
/** another process's connection */
let theirs: JobStore;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'tunesmith-follow-'));
  clock = new FakeClock();
  const never = (): Promise<never> => Promise.reject(new Error('not asked for'));
  client = openJobClient({ home, programs: PROGRAMS, readRecipe: never, inspectDataset: never, onFault: (fault) => expect.fail(String(fault)), clock });
  theirs = new JobStore(home, clock, systemProcesses());
  theirs.insert({
    id: 'a', token: 'a', fingerprint: 'a', name: 'a', backend: 'local', technique: 'sft', method: 'lora', baseModel: 'starter', baseHash: undefined, recipeFile: '/r',
  });
});

afterEach(() => {
  client.dispose();
  theirs.close();
  rmSync(home, { recursive: true, force: true });
});

function follow(): ReturnType<typeof followJob> {
  const nowhere = { write: () => true };
  return followJob(client, 'a', new Terminal(nowhere, nowhere, {}), { on: () => ({ dispose: () => undefined }) }, { quiet: true });
}

it('ends with the job', async () => {
  const following = follow();
  theirs.requestStop('a');
  clock.advance(500);
  expect(await following).toMatchObject({ job: { id: 'a', state: 'stopped' }, interrupted: false });
  expect(clock.timers).toBe(0);
});

it('says so when the job is removed before its end was seen', async () => {
  const following = follow();
  theirs.requestStop('a');
  theirs.remove('a');
  clock.advance(500);
  await expect(following).rejects.toMatchObject({ code: 'job.removed' });
  expect(clock.timers).toBe(0);
});

it('says so when there is no such job', async () => {
  theirs.requestStop('a');
  theirs.remove('a');
  await expect(follow()).rejects.toMatchObject({ code: 'job.unknown' });
});
