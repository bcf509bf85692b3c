/** The command line as a person or a script uses it: whole processes on a tiny model. */

import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import type { Job } from '../../../src/core/jobs/job.ts';
import { JOB_TEST_MS, until } from '../support/until.ts';
import { ended, openWorkshop, REPOSITORY, type Workshop } from '../support/workshop.ts';

vi.setConfig({ testTimeout: JOB_TEST_MS, hookTimeout: JOB_TEST_MS });

let workshop: Workshop;

beforeAll(async () => {
  workshop = await openWorkshop({ epochs: 4 });
});

afterAll(() => workshop[Symbol.asyncDispose]());

interface Said {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** @param whileRunning gets the process and what it has said on stderr so far */
function tunesmith(words: readonly string[], whileRunning?: (child: ReturnType<typeof spawn>, err: () => string) => Promise<void>): Promise<Said> {
  const child = spawn(process.execPath, [join(REPOSITORY, 'src/cli/main.ts'), '--home', workshop.home, ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.once('close', (code) => resolve({ code, out, err }));
    whileRunning?.(child, () => err).catch(reject);
  });
}

const json = (said: Said): unknown => JSON.parse(said.out) as unknown;

describe('tunesmith', () => {
  it('runs a recipe, then lists, shows and asks what came of it', async () => {
    const run = await tunesmith(['run', workshop.recipe]);
    expect(run, run.err).toMatchObject({ code: 0 });
    expect(run.out).toMatch(/^Job \S+ succeeded in /);
    expect(run.out).toContain('Tuned model: ');
    expect(run.err).toContain('Training · step ');
    expect(run.err + run.out).not.toContain('\u001b');

    const [job] = json(await tunesmith(['jobs', '--json'])) as Job[];
    expect(job).toMatchObject({ name: 'tickets', state: 'succeeded' });
    const id = job.id;
    expect((await tunesmith(['jobs'])).out).toContain(id);
    expect(json(await tunesmith(['show', id.slice(-4), '--json']))).toMatchObject({ id, metrics: expect.any(Array) as unknown });
    expect((await tunesmith(['show', 'latest'])).out).toContain('Training on 36 rows, 12 rows held out.');

    const ask = ['generate', 'latest', '--prompt', 'Ticket 3: my login is wrong', '--max-tokens', '6'];
    const answer = json(await tunesmith([...ask, '--json'])) as { model: string; text: string; finish: string };
    expect(answer).toMatchObject({ model: id, finish: expect.stringMatching(/end|length/) as string });
    expect((await tunesmith(ask)).out).toBe(`${answer.text}\n`);
    expect((await tunesmith([...ask, '--system', 'Something else.'])).code).toBe(0);
  });

  it('explains every value of a recipe, or one of them', async () => {
    const fields = json(await tunesmith(['explain', workshop.recipe, '--json'])) as { field: string; value: unknown; from: string }[];
    expect(fields).toContainEqual(expect.objectContaining({ field: 'training.batchSize', value: 4, from: 'recipe' }));
    expect((await tunesmith(['explain', workshop.recipe, 'epochs'])).out).toContain('Passes over the training rows.');
    expect(await tunesmith(['explain', workshop.recipe, 'epocs'])).toMatchObject({ code: 1, err: expect.stringContaining('Did you mean "epochs"?') as string });
  });

  it('detaches from a job, which outlives it, stops it and resumes it', async () => {
    const recipe = join(workshop.folder, 'long.tune.yaml');
    await writeFile(recipe, `version: 2\nname: long\ntechnique: sft\nbaseModel: ${workshop.model}\ndataset: { train: tickets.jsonl, split: 0.25 }\n` +
      'training: { epochs: 400, batchSize: 4, learningRate: 0.001 }\nbudget: { steps: 3000 }\nbackend: local\noverrides: { local: { checkpointEverySeconds: 1, threads: 1 } }\n');
    const started = json(await tunesmith(['run', recipe, '--detach', '--json'])) as Job;
    const client = workshop.client();
    await until('training without its parent', () => (client.get(started.id)?.step ?? 0) > 3);

    expect(json(await tunesmith(['run', recipe, '--json']))).toMatchObject({ error: { code: 'job.already-running' } });
    expect(json(await tunesmith(['resume', 'latest', '--json']))).toMatchObject({ error: { code: 'job.already-running' } });
    expect(json(await tunesmith(['stop', 'latest', '--json']))).toMatchObject({ id: started.id, state: 'stopped' });

    // Ctrl+C during a resumed job: stopped with a checkpoint, and told how to go on.
    const resumed = await tunesmith(['resume', started.id], async (child, err) => {
      await until('training', () => err().includes('Training'));
      child.kill('SIGINT');
    });
    expect(resumed.code).toBe(130);
    expect(resumed.out).toContain(`Resume with: tunesmith resume ${started.id}`);
    expect((await ended(client, started.id)).state).toBe('stopped');
    expect((await tunesmith(['stop', 'latest'])).out).toContain('has already ended');
  });

  it('says what is wrong in words, as JSON where that was asked for, and by its exit code', async () => {
    const missing = await tunesmith(['run', 'nowhere.tune.yaml']);
    expect(missing).toMatchObject({ code: 1, out: '', err: 'The recipe nowhere.tune.yaml does not exist.\nCheck the path, or make a recipe from a dataset\n' });
    expect(json(await tunesmith(['show', 'nothing', '--json']))).toEqual({
      error: { code: 'job.unknown', message: 'There is no job nothing.', remedy: 'List the jobs with: tunesmith jobs' },
    });
    expect((await tunesmith(['show', '2'])).err).toMatch(/jobs match 2: /);
    expect((await tunesmith(['generate', 'starter'])).code).toBe(2);
    expect((await tunesmith(['generate', 'starter', '--prompt', 'x', '--max-tokens', 'many'])).code).toBe(2);
    expect((await tunesmith(['--version'])).out).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect((await tunesmith([])).code).toBe(2);
  });
});
