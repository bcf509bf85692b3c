/** Which state of a job may follow which. */

import type { JobState } from './job.ts';

const MOVES: Readonly<Record<JobState, readonly JobState[]>> = {
  queued: ['preparing', 'paused', 'stopping', 'stopped', 'failed', 'lost'],
  // Straight to evaluating: a resumed job whose training had already ended.
  preparing: ['training', 'evaluating', 'paused', 'stopping', 'stopped', 'failed', 'lost'],
  // Straight to succeeded: a job without held-out rows.
  training: ['evaluating', 'succeeded', 'paused', 'stopping', 'stopped', 'failed', 'lost'],
  evaluating: ['succeeded', 'paused', 'stopping', 'stopped', 'failed', 'lost'],
  paused: ['queued', 'preparing', 'training', 'evaluating', 'stopping', 'stopped', 'failed', 'lost'],
  // A request to stop can come too late.
  stopping: ['stopped', 'succeeded', 'failed', 'lost'],
  stopped: ['queued'],
  failed: ['queued'],
  // Back to work: a writer that was only asleep, as after a lid was closed.
  lost: ['queued', 'preparing', 'training', 'evaluating', 'paused', 'stopping', 'stopped', 'succeeded', 'failed'],
  succeeded: [],
};

export const JOB_STATES = Object.keys(MOVES) as readonly JobState[];

/** The states that may follow. */
export function movesFrom(state: JobState): readonly JobState[] {
  return MOVES[state];
}

export function canMove(from: JobState, to: JobState): boolean {
  return MOVES[from].includes(to);
}

/** @throws Error on a move that the table does not hold; that is a fault of the program, not of the user */
export function assertMove(from: JobState, to: JobState): void {
  if (!canMove(from, to)) throw new Error(`A job cannot move from ${from} to ${to}.`);
}

/** Somebody works on it, or is about to. */
export function isActive(state: JobState): boolean {
  return state === 'queued' || state === 'preparing' || state === 'training' || state === 'evaluating'
    || state === 'paused' || state === 'stopping';
}

/** Nobody works on it; it can be removed. */
export function hasEnded(state: JobState): boolean {
  return !isActive(state);
}

/** `resume` may be asked for. */
export function canResume(state: JobState): boolean {
  return canMove(state, 'queued');
}
