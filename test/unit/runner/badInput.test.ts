/** What is wrong with files, models and disks is said in the job, and nothing hangs. */

import { chmod, readdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, it, vi } from 'vitest';

import { ended, openWorkshop } from '../support/workshop.ts';
import { ticketLines } from '../support/tinyModel.ts';
import { JOB_TEST_MS, until } from '../support/until.ts';

vi.setConfig({ testTimeout: JOB_TEST_MS, hookTimeout: JOB_TEST_MS });

describe('before anything is recorded', () => {
  it.each([
    ['an empty file', [''], 'dataset.'],
    ['no JSON at all', ['hello', 'world'], 'dataset.'],
    ['empty answers only', [JSON.stringify({ messages: [{ role: 'user', content: 'a' }, { role: 'assistant', content: '' }] })], 'dataset.'],
  ])('%s is refused', async (_, lines, code) => {
    await using workshop = await openWorkshop({ lines });
    const client = workshop.client();
    await expect(client.submit(workshop.recipe)).rejects.toMatchObject({ name: 'UserError', code: expect.stringContaining(code) as string });
    expect(client.list()).toEqual([]);
    expect(await readdir(workshop.home)).not.toContain('jobs');
  });

  it('a missing model folder, a truncated model and a missing recipe are refused', async () => {
    await using workshop = await openWorkshop();
    const client = workshop.client();
    await expect(client.submit(join(workshop.folder, 'no.tune.yaml'))).rejects.toMatchObject({ code: 'recipe.missing-file' });
    await truncate(join(workshop.model, 'model.safetensors'), 5000);
    await expect(client.submit(workshop.recipe)).rejects.toMatchObject({ code: 'model.weights.truncated' });
    await rm(workshop.model, { recursive: true });
    await expect(client.submit(workshop.recipe)).rejects.toMatchObject({ code: 'model.folder.missing' });
    expect(client.list()).toEqual([]);
  });
});

describe('a job', () => {
  it('leaves broken rows out and says so', async () => {
    await using workshop = await openWorkshop({ lines: [...ticketLines(24), '{"messages": [', '{"messages": []}'] });
    const client = workshop.client();
    const job = await ended(client, (await client.submit(workshop.recipe)).id);
    expect(job.state).toBe('succeeded');
    const warnings = client.events(job.id).flatMap((event) => (event.kind === 'log' && event.level === 'warning' ? [event.text] : []));
    expect(warnings.join('\n')).toContain('25');
  });

  it('is decided by its snapshot, not by what becomes of the files', async () => {
    await using workshop = await openWorkshop();
    const client = workshop.client();
    const { id, folder } = await client.submit(workshop.recipe);
    await writeFile(join(workshop.folder, 'tickets.jsonl'), 'gone');
    await rm(workshop.recipe);
    expect(await ended(client, id)).toMatchObject({ state: 'succeeded' });
    const manifest = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')) as { data: { train: { sha256: string } } };
    expect(manifest.data.train.sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it('whose model is taken away before it is resumed fails with the reason, and succeeds when the model is back', async () => {
    await using workshop = await openWorkshop({ epochs: 100 });
    const client = workshop.client();
    const { id } = await client.submit(workshop.recipe);
    await until('training', () => (client.get(id)?.step ?? 0) > 5);
    await client.stop(id);
    await ended(client, id);
    const aside = `${workshop.model}-aside`;
    await rename(workshop.model, aside);
    await client.resume(id);
    expect((await ended(client, id)).fault).toMatchObject({ code: 'model.folder.missing' });
    await rename(aside, workshop.model);
    await client.resume(id);
    await until('training to go on', () => client.get(id)?.state === 'training');
    expect(client.get(id)?.fault).toBeUndefined();
  });

  it('that a fault of the program ends keeps the stack in its log', async () => {
    await using workshop = await openWorkshop();
    const client = workshop.client();
    const broken = join(workshop.folder, 'broken.mjs');
    const runner = JSON.stringify(join(import.meta.dirname, '../../../src/runner/main.ts'));
    await writeFile(broken, `JSON.stringify = ((real) => (value, ...rest) => {
      if (value?.adapter_config || value?.peft_type) throw new TypeError('a fault of ours');
      return real(value, ...rest);
    })(JSON.stringify);
    await import(${runner});`);
    const job = await ended(workshop.client({ runnerFile: broken }), (await workshop.client({ runnerFile: broken }).submit(workshop.recipe)).id);
    expect(job).toMatchObject({ state: 'failed', fault: { code: 'internal', message: 'Something went wrong inside Tunesmith: a fault of ours' } });
    expect(await readFile(join(job.folder, 'log.txt'), 'utf8')).toMatch(/TypeError: a fault of ours\n\s+at /);
    expect(client.get(job.id)?.checkpoint).toBeDefined();
  });

  it('whose runner does not come up fails at once, with what it said', async () => {
    await using workshop = await openWorkshop();
    const client = workshop.client({ runnerFile: join(workshop.folder, 'nowhere.mjs') });
    const job = await ended(client, (await client.submit(workshop.recipe)).id);
    expect(job).toMatchObject({ state: 'failed', fault: { code: 'runner.start.failed' } });
    expect(job.fault?.message).toContain('nowhere.mjs');
    const missing = workshop.client({ execPath: join(workshop.folder, 'no-node') });
    await expect(missing.resume(job.id)).rejects.toMatchObject({ code: 'runner.start.failed' });
    expect(client.get(job.id)).toMatchObject({ state: 'failed', fault: { code: 'runner.start.failed' } });
  });
});

// The limit that a shell sets on the size of files meets every write of the runner, as a full disk does.
describe.skipIf(process.platform === 'win32')('a disk without room', () => {
  it('fails the job with the earlier checkpoints intact; with room again, it is resumed from there', async () => {
    await using workshop = await openWorkshop({ width: 256, epochs: 2, training: { rank: 64, checkpointEverySeconds: 0.01, batchSize: 8 } });
    const client = workshop.client();
    const { id, folder } = await client.submit(workshop.recipe);
    await until('a checkpoint', () => client.get(id)?.checkpoint);
    await client.stop(id);
    const stopped = await ended(client, id);
    expect(stopped.state).toBe('stopped');
    const before = (await readdir(join(folder, 'checkpoints'))).sort();

    const cramped = join(workshop.folder, 'cramped-node');
    // 1.5 MB in POSIX's blocks of 512 bytes: below a checkpoint's files of 2.1 MB, above those of the store.
    await writeFile(cramped, `#!/bin/sh\nulimit -f 3000\nexec "${process.execPath}" "$@"\n`);
    await chmod(cramped, 0o755);
    await workshop.client({ execPath: cramped }).resume(id);
    const failed = await ended(client, id);
    expect(failed, await readFile(join(folder, 'log.txt'), 'utf8')).toMatchObject({ state: 'failed', fault: { code: 'disk.full' } });
    expect(failed.checkpoint).toBe(stopped.checkpoint);
    expect((await readdir(join(folder, 'checkpoints'))).sort()).toEqual(before);

    await client.resume(id);
    expect(await ended(client, id)).toMatchObject({ state: 'succeeded' });
  });
});
