/** Rows of the job store turned into jobs, events and metrics. */

import { isAbsolute, join, relative, sep } from 'node:path';

import type { BackendId, Technique } from '../recipes/recipe.ts';
import { jobFolder } from './home.ts';
import type { Job, JobEvent, JobEventBody, JobState, MetricPoint } from './job.ts';
import { number, type Row } from './jobDatabase.ts';

export function jobFromRow(row: Row, home: string): Job {
  const id = text(row['id']);
  const folder = jobFolder(home, id);
  return {
    id,
    name: text(row['name']),
    state: text(row['state']) as JobState,
    reason: optionalText(row['reason']),
    backend: text(row['backend']) as BackendId,
    technique: text(row['technique']) as Technique,
    baseModel: text(row['base_model']),
    recipeFile: text(row['recipe_file']),
    folder,
    createdAt: number(row['created_at']),
    startedAt: optionalNumber(row['started_at']),
    endedAt: optionalNumber(row['ended_at']),
    heartbeatAt: optionalNumber(row['heartbeat_at']),
    step: number(row['step']),
    totalSteps: number(row['total_steps']),
    loss: optionalNumber(row['loss']),
    evalLoss: optionalNumber(row['eval_loss']),
    tokensPerSecond: optionalNumber(row['tokens_per_second']),
    secondsLeft: optionalNumber(row['seconds_left']),
    checkpoint: pathFromStore(optionalText(row['checkpoint']), folder),
    artifact: pathFromStore(optionalText(row['artifact']), folder),
    evaluation: json(row['evaluation']) as Job['evaluation'],
    fault: json(row['fault']) as Job['fault'],
  };
}

export function eventFromRow(row: Row, home: string): JobEvent {
  const jobId = text(row['job_id']);
  const body = json(row['body']) as JobEventBody;
  const placed = body.kind === 'checkpoint'
    ? { ...body, folder: pathFromStore(body.folder, jobFolder(home, jobId)) ?? body.folder }
    : body;
  return { seq: number(row['seq']), jobId, at: number(row['at']), ...placed };
}

export function metricFromRow(row: Row): MetricPoint {
  return {
    seq: number(row['seq']),
    jobId: text(row['job_id']),
    step: number(row['step']),
    at: number(row['at']),
    values: json(row['values']) as MetricPoint['values'],
  };
}

/** Relative to the job's folder with forward slashes where it lies in it, so that the home can be moved. */
export function pathForStore(path: string, folder: string): string {
  const within = relative(folder, path);
  if (within === '' || within.startsWith('..') || isAbsolute(within)) return path;
  return within.split(sep).join('/');
}

function pathFromStore(path: string | undefined, folder: string): string | undefined {
  if (path === undefined || isAbsolute(path)) return path;
  return join(folder, path);
}

function text(value: unknown): string {
  if (typeof value !== 'string') throw new Error(`Text was expected in the job store, not ${String(value)}.`);
  return value;
}

function optionalText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function optionalNumber(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

function json(value: unknown): unknown {
  return typeof value === 'string' ? JSON.parse(value) : undefined;
}
