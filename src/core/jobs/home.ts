/** Where Tunesmith keeps what belongs to the user and to no workspace. */

import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';

/** @param chosen the setting or option; then TUNESMITH_HOME, then `~/.tunesmith` */
export function resolveHome(chosen?: string, environment: NodeJS.ProcessEnv = process.env): string {
  const home = chosen?.trim() || environment['TUNESMITH_HOME']?.trim();
  if (!home) return join(homedir(), '.tunesmith');
  if (home === '~' || home.startsWith('~/')) return join(homedir(), home.slice(1));
  return isAbsolute(home) ? home : resolve(home);
}

export function databaseFile(home: string): string {
  return join(home, 'tunesmith.db');
}

export function jobFolder(home: string, jobId: string): string {
  return join(home, 'jobs', jobId);
}

/** Of a job's folder: an EvaluationReport. */
export const EVALUATION_FILE = 'evaluation.json';

/** Of a job's folder: what happened, line by line. */
export const LOG_FILE = 'log.txt';

/** Base models that the user has on this machine, one folder each. */
export function modelsFolder(home: string): string {
  return join(home, 'models');
}
