/** The lines that show a running job or download: bar, step or bytes, speed, time left. */

import type { DownloadProgress } from '../core/backends/local/hub/downloadProgress.ts';
import type { Job, JobState } from '../core/jobs/job.ts';
import { formatBytes, formatCount, formatDuration, formatPercent } from '../core/wording/numbers.ts';

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
  return barLine(DOING[job.state], job.totalSteps === 0 ? 0 : job.step / job.totalSteps, details(job), columns);
}

/** @param columns as for `progressLine` */
export function downloadLine({ file, bytes, totalBytes, bytesPerSecond, secondsLeft }: DownloadProgress, columns: number): string {
  const parts = [`${formatBytes(bytes)} of ${formatBytes(totalBytes)}`];
  if (bytesPerSecond !== undefined) parts.push(`${formatBytes(bytesPerSecond)}/s`);
  if (secondsLeft !== undefined) parts.push(`${formatDuration(Math.max(1, Math.round(secondsLeft)))} left`);
  return barLine('Downloading', totalBytes === 0 ? 1 : bytes / totalBytes, [...parts, file], columns);
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

function barLine(what: string, share: number, parts: readonly string[], columns: number): string {
  const percent = formatPercent(share);
  // One column stays free: some terminals wrap after the last one.
  const room = columns - 1 - `${what}  ${percent}`.length;
  const shown = parts.map((part) => ` · ${part}`);
  const width = (): number => shown.reduce((sum, part) => sum + part.length, 0);
  while (shown.length > 0 && width() + BAR.narrowest > room) shown.pop();
  const line = `${what} ${bar(share, Math.min(BAR.widest, room - width()))} ${percent}${shown.join('')}`;
  return line.slice(0, Math.max(0, columns - 1));
}

function bar(share: number, columns: number): string {
  const width = Math.max(0, columns);
  const done = Math.round(Math.min(1, Math.max(0, share)) * width);
  return '━'.repeat(done) + '─'.repeat(width - done);
}
