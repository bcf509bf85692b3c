/** A temporary home with a tiny model, a dataset and a recipe, and the real programs to work on them. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { stringify } from 'yaml';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import type { LocalPrograms } from '../../../src/core/backends/local/nodeProcess.ts';
import { inspectDataset } from '../../../src/core/datasets/inspect.ts';
import type { Job } from '../../../src/core/jobs/job.ts';
import type { JobClient } from '../../../src/core/jobs/jobClient.ts';
import { hasEnded } from '../../../src/core/jobs/jobState.ts';
import { openJobClient } from '../../../src/core/jobs/openJobClient.ts';
import { withValue } from '../../../src/core/recipes/fieldPath.ts';
import { readRecipe } from '../../../src/core/recipes/readRecipe.ts';
import { FIELD_PATHS, type RuledField } from '../../../src/core/recipes/ruledFields.ts';
import { ticketLines, writeTinyModel } from './tinyModel.ts';
import { until } from './until.ts';

export const REPOSITORY = resolve(import.meta.dirname, '../../..');

export const PROGRAMS: LocalPrograms = {
  execPath: process.execPath,
  runnerFile: join(REPOSITORY, 'src/runner/main.ts'),
  inferenceFile: join(REPOSITORY, 'src/runner/inference.ts'),
  mediaFolder: join(REPOSITORY, 'media'),
};

export interface Workshop extends AsyncDisposable {
  readonly folder: string;
  readonly home: string;
  readonly model: string;
  readonly recipe: string;
  /** faults that a client had nobody to tell */
  readonly faults: unknown[];
  client(programs?: Partial<LocalPrograms>): JobClient;
}

export interface WorkshopOptions {
  readonly rows?: number;
  readonly epochs?: number;
  readonly width?: number;
  readonly lines?: readonly string[];
  readonly technique?: 'sft' | 'dpo';
  /** an adapter's folder */
  readonly startFrom?: string;
  /** in the recipe; default: the tiny model's folder */
  readonly baseModel?: string;
  readonly training?: Readonly<Record<string, string | number>>;
}

export async function openWorkshop(options: WorkshopOptions = {}): Promise<Workshop> {
  const { rows = 48, epochs = 2, width = 32, lines = ticketLines(rows) } = options;
  const folder = await mkdtemp(join(tmpdir(), 'tunesmith-test-'));
  const home = join(folder, 'home');
  const model = await writeTinyModel(join(folder, 'tiny'), width);
  const recipe = join(folder, 'tickets.tune.yaml');
  const training = {
    epochs, batchSize: 4, gradientAccumulation: 1, learningRate: 0.01, checkpointEverySeconds: 0.2, seed: 3, threads: 1,
    ...(options.training?.['method'] === 'full' ? {} : { rank: 4 }), ...options.training,
  };
  await writeFile(join(folder, 'tickets.jsonl'), `${lines.join('\n')}\n`);
  await writeFile(recipe, [
    'version: 2', 'name: tickets', `technique: ${options.technique ?? 'sft'}`, ...(options.startFrom === undefined ? [] : [`startFrom: ${options.startFrom}`]), `baseModel: ${options.baseModel ?? model}`, 'dataset:', '  train: tickets.jsonl', '  split: 0.25',
    stringify(Object.entries(training).reduce<unknown>((made, [field, value]) => withValue(made, FIELD_PATHS[field as RuledField].split('.'), value), {})), 'backend: local', '',
  ].join('\n'));
  const clients: JobClient[] = [];
  const faults: unknown[] = [];
  return {
    folder, home, model, recipe, faults,
    client: (programs = {}) => {
      const client = openJobClient({
        home, programs: { ...PROGRAMS, ...programs }, readRecipe: (file) => readRecipe(file), inspectDataset: (file) => inspectDataset(file),
        onFault: (fault) => faults.push(fault),
      });
      clients.push(client);
      return client;
    },
    [Symbol.asyncDispose]: async () => {
      for (const client of clients) {
        for (const job of client.list()) await client.stop(job.id);
        await until('all jobs to end', () => client.list().every((job) => hasEnded(job.state)));
        client.dispose();
      }
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Waits for a job to end, and gives its log in the error when it ends in another state than was expected. */
export async function ended(client: JobClient, id: string): Promise<Job> {
  return until(`job ${id} to end`, () => {
    const job = client.get(id);
    return job && hasEnded(job.state) ? job : undefined;
  });
}
