/** Submitting can be cancelled until the job is recorded, and then nothing of it is left. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { expect, it, vi } from 'vitest';

import { inspectDataset } from '../../../../src/core/datasets/inspect.ts';
import { openJobClient } from '../../../../src/core/jobs/openJobClient.ts';
import { takeSnapshot } from '../../../../src/core/jobs/jobSnapshot.ts';
import { readRecipe } from '../../../../src/core/recipes/readRecipe.ts';
import { JOB_TEST_MS } from '../../support/until.ts';
import { openWorkshop, PROGRAMS } from '../../support/workshop.ts';

vi.setConfig({ testTimeout: JOB_TEST_MS });

it('stops the inspection of the data', async () => {
  await using workshop = await openWorkshop();
  const cancel = new AbortController();
  const client = openJobClient({
    home: workshop.home, programs: PROGRAMS, readRecipe: (file) => readRecipe(file), onFault: (fault) => expect.fail(String(fault)),
    inspectDataset: (file, signal) => inspectDataset(file, { ...(signal && { signal }), onProgress: () => cancel.abort() }),
  });
  try {
    await expect(client.submit(workshop.recipe, { signal: cancel.signal })).rejects.toMatchObject({ name: 'AbortError' });
    expect(client.list()).toEqual([]);
    expect(existsSync(join(workshop.home, 'jobs'))).toBe(false);
  } finally {
    client.dispose();
  }
});

it('removes the copies that were made', async () => {
  await using workshop = await openWorkshop();
  const folder = join(workshop.folder, 'job');
  const signal = AbortSignal.abort();
  const taking = takeSnapshot(folder, { id: 'job', createdAt: 0 }, workshop.recipe, await readRecipe(workshop.recipe), undefined, signal);
  await expect(taking).rejects.toBe(signal.reason);
  expect([existsSync(folder), existsSync(`${folder}.draft`)]).toEqual([false, false]);
});
