/** Shows a job until it ends; Ctrl+C asks it to stop, and again lets it be. */

import { UserError } from '../core/errors.ts';
import type { Disposable } from '../core/lifecycle.ts';
import type { Job } from '../core/jobs/job.ts';
import type { JobClient } from '../core/jobs/jobClient.ts';
import { hasEnded } from '../core/jobs/jobState.ts';
import { progressLine, progressSentence } from './progress.ts';
import type { Terminal } from './terminal.ts';

/** Where the signals of this process come from. */
export interface Interrupts {
  on(listener: () => void): Disposable;
}

export interface Followed {
  readonly job: Job;
  /** Ctrl+C was pressed */
  readonly interrupted: boolean;
}

/** A press reaches a process twice when its parent passes signals on. */
const SAME_PRESS_MS = 500;
/** In a log, one line each so many percent is enough. */
const LOG_PERCENT = 10;

/** @throws UserError "job.unknown", "job.removed" when the job is removed, "job.left" when Ctrl+C is pressed again */
export async function followJob(
  client: JobClient, id: string, terminal: Terminal, interrupts: Interrupts, options: { readonly quiet: boolean },
): Promise<Followed> {
  const { promise, resolve, reject } = Promise.withResolvers<Followed>();
  let interruptedAt: number | undefined;
  let logged = '';
  const show = (job: Job): void => {
    if (terminal.isLive) return terminal.live(progressLine(job, terminal.columns));
    if (options.quiet) return;
    const tenth = job.totalSteps === 0 ? 0 : Math.floor((100 * job.step) / job.totalSteps / LOG_PERCENT);
    const mark = `${job.state} ${job.state === 'training' ? tenth : ''}`;
    if (mark !== logged) terminal.note(progressSentence(job));
    logged = mark;
  };
  const interrupt = (): void => {
    const now = Date.now();
    if (interruptedAt !== undefined) {
      if (now - interruptedAt < SAME_PRESS_MS) return;
      reject(new UserError('job.left', `Job ${id} goes on stopping by itself.`, `Look at it with: tunesmith show ${id}`));
      return;
    }
    interruptedAt = now;
    terminal.note('Stopping with a checkpoint; Ctrl+C again leaves it to itself.');
    client.stop(id).catch(reject);
  };
  const watching = client.watch(id, ({ job }) => {
    show(job);
    if (hasEnded(job.state)) resolve({ job, interrupted: interruptedAt !== undefined });
  });
  // A watch hears nothing of a job that is gone.
  const missing = client.onDidChangeJobs(() => {
    if (!client.get(id)) reject(new UserError('job.removed', `Job ${id} was removed before its end was seen.`, 'List the jobs that there are with: tunesmith jobs'));
  });
  const listening = interrupts.on(interrupt);
  // The store is polled on timers that keep no process alive; this one stays until the job has ended.
  const alive = setInterval(() => undefined, 60_000);
  try {
    return await promise;
  } finally {
    clearInterval(alive);
    watching.dispose();
    missing.dispose();
    listening.dispose();
    terminal.clearLive();
  }
}
