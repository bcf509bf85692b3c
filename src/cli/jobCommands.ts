/** The commands about jobs: run, jobs, show, stop, resume. */

import { resolve } from 'node:path';

import type { Job } from '../core/jobs/job.ts';
import { hasEnded } from '../core/jobs/jobState.ts';
import { jobDetails, jobTable, outcome } from './describe.ts';
import { EXIT } from './exitCodes.ts';
import { findJob } from './findJob.ts';
import { followJob } from './followJob.ts';
import type { Services } from './services.ts';

export interface JsonOption {
  readonly json?: boolean;
}

export interface FollowOptions extends JsonOption {
  readonly detach?: boolean;
}

export async function runRecipe(services: Services, recipe: string, options: FollowOptions): Promise<number> {
  return follow(services, await services.client.submit(resolve(recipe)), options);
}

export async function resumeJob(services: Services, ref: string, options: FollowOptions): Promise<number> {
  const { client } = services;
  return follow(services, await client.resume(findJob(client, ref).id), options);
}

export function listJobs({ client, terminal }: Services, options: JsonOption): number {
  const jobs = client.list();
  if (options.json) terminal.json(jobs);
  else terminal.print(jobs.length === 0 ? 'There are no jobs yet. Start one with: tunesmith run <recipe>' : jobTable(jobs, terminal));
  return EXIT.ok;
}

export function showJob({ client, terminal }: Services, ref: string, options: JsonOption): number {
  const job = findJob(client, ref);
  const events = client.events(job.id);
  if (options.json) terminal.json({ ...job, events, metrics: client.metrics(job.id) });
  else terminal.print(jobDetails(job, events, terminal));
  return EXIT.ok;
}

/** Waits until the job has stopped: then the last checkpoint is written. */
export async function stopJob(services: Services, ref: string, options: JsonOption): Promise<number> {
  const { client, terminal, interrupts } = services;
  const found = findJob(client, ref);
  if (hasEnded(found.state) && found.state !== 'lost') {
    if (options.json) terminal.json(found);
    else terminal.print(`Job ${found.id} has already ended: it ${found.state === 'stopped' ? 'was stopped' : found.state}.`);
    return EXIT.ok;
  }
  await client.stop(found.id);
  const { job } = await followJob(client, found.id, terminal, interrupts, { quiet: options.json === true });
  if (options.json) terminal.json(job);
  else terminal.print(outcome(job));
  return EXIT.ok;
}

async function follow(services: Services, started: Job, options: FollowOptions): Promise<number> {
  const { client, terminal, interrupts } = services;
  if (options.detach) {
    if (options.json) terminal.json(started);
    else terminal.print(`Started job ${started.id}. Look at it with: tunesmith show ${started.id}`);
    return EXIT.ok;
  }
  if (!options.json) terminal.note(`Job ${started.id} runs by itself; Ctrl+C stops it with a checkpoint.`);
  const { job, interrupted } = await followJob(client, started.id, terminal, interrupts, { quiet: options.json === true });
  if (options.json) terminal.json(job);
  else terminal.print(outcome(job));
  return exitCodeOf(job, interrupted);
}

export function exitCodeOf(job: Job, interrupted: boolean): number {
  if (job.state === 'succeeded') return EXIT.ok;
  return interrupted && job.state === 'stopped' ? EXIT.interrupted : EXIT.failed;
}
