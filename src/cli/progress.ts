/** The line that shows a running job: bar, step, loss, speed, time left. */

import type { Job, JobState } from '../core/jobs/job.ts';
import { formatCount, formatDuration, formatPercent } from '../core/wording/numbers.ts';

const DOING: Readonly<Record<JobState, string>> = {
  queued: 'Starting',
  preparing: 'Preparing',
  training: 'Training',
  evaluating: 'Evaluating',
  succeeded: 'Succeeded',
  paused: 'Paused',
  stopping: 'Stopping',
  stopped: 'Stopped',
  failed: 'Failed',
  lost: 'Lost',
};

const BAR = { widest: 20, narrowest: 6 };

/** @param columns the line never wraps: first the bar gets shorter, then what does not fit is left out from the end */
export function progressLine(job: Job, columns: number): string {
  const share = job.totalSteps === 0 ? 0 : job.step / job.totalSteps;
  const percent = formatPercent(share);
  // One column stays free: some terminals wrap after the last one.
  const room = columns - 1 - `${DOING[job.state]}  ${percent}`.length;
  const shown = details(job).map((part) => ` · ${part}`);
  const width = (): number => shown.reduce((sum, part) => sum + part.length, 0);
  while (shown.length > 0 && width() + BAR.narrowest > room) shown.pop();
  const line = `${DOING[job.state]} ${bar(share, Math.min(BAR.widest, room - width()))} ${percent}${shown.join('')}`;
  return line.slice(0, Math.max(0, columns - 1));
}

/** The same in plain words, for a log. */
export function progressSentence(job: Job): string {
  return [DOING[job.state], ...details(job)].join(' · ');
}

function details(job: Job): string[] {
  const parts: string[] = [];
  if (job.reason !== undefined && job.state === 'evaluating') parts.push(job.reason.replace(/^Evaluating /, ''));
  else if (job.totalSteps > 0) parts.push(`step ${formatCount(job.step)} of ${formatCount(job.totalSteps)}`);
  if (job.loss !== undefined) parts.push(`loss ${job.loss.toFixed(3)}`);
  if (job.tokensPerSecond !== undefined && job.state === 'training') parts.push(`${formatCount(job.tokensPerSecond)} tokens/s`);
  if (job.secondsLeft !== undefined) parts.push(`${formatDuration(Math.max(1, Math.round(job.secondsLeft)))} left`);
  return parts;
}

function bar(share: number, columns: number): string {
  const width = Math.max(0, columns);
  const done = Math.round(Math.min(1, Math.max(0, share)) * width);
  return '━'.repeat(done) + '─'.repeat(width - done);
}
