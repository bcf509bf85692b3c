/** What a job looks like in words and icons: tree rows, status bar, notification, page header. Pure. */

import type { Job, JobState } from '../../core/jobs/job.ts';
import { canMove, canResume, isActive } from '../../core/jobs/jobState.ts';
import { formatCount, formatMeasure, formatPercent } from '../../core/wording/numbers.ts';
import { formatAgo, formatTimeLeft, joinSentences } from '../words.ts';

export type JobGroup = 'running' | 'needs-attention' | 'finished';

interface StateFacts {
  readonly label: string;
  readonly group: JobGroup;
  readonly icon: string;
  readonly color: string | undefined;
}

// Icons as VS Code's own background tasks use them.
const facts: Record<JobState, StateFacts> = {
  queued: { label: 'Waiting to start', group: 'running', icon: 'clock', color: undefined },
  preparing: { label: 'Preparing', group: 'running', icon: 'sync~spin', color: undefined },
  training: { label: 'Training', group: 'running', icon: 'sync~spin', color: undefined },
  evaluating: { label: 'Evaluating', group: 'running', icon: 'sync~spin', color: undefined },
  stopping: { label: 'Stopping', group: 'running', icon: 'sync~spin', color: undefined },
  paused: { label: 'Paused', group: 'needs-attention', icon: 'debug-pause', color: undefined },
  stopped: { label: 'Stopped', group: 'finished', icon: 'circle-slash', color: undefined },
  failed: { label: 'Failed', group: 'needs-attention', icon: 'error', color: 'testing.iconFailed' },
  lost: { label: 'Lost', group: 'needs-attention', icon: 'question', color: 'list.warningForeground' },
  succeeded: { label: 'Finished', group: 'finished', icon: 'pass', color: 'testing.iconPassed' },
};

export const groupLabels: Record<JobGroup, string> = {
  running: 'Running',
  'needs-attention': 'Needs attention',
  finished: 'Finished',
};

export function stateFacts(state: JobState): StateFacts {
  return facts[state];
}

/** Something happens, or is about to, without the user. */
export function isRunning(job: Job): boolean {
  return facts[job.state].group === 'running';
}

/** What can be asked of a job in its state. */
export function jobAbilities(job: Job): { readonly stop: boolean; readonly resume: boolean; readonly remove: boolean; readonly compare: boolean } {
  return { stop: canMove(job.state, 'stopping'), resume: canResume(job.state), remove: !isActive(job.state), compare: job.artifact !== undefined };
}

/** 0 to 1 of the training steps; undefined until the number of steps is known. */
export function progressOf(job: Job): number | undefined {
  if (job.state === 'evaluating' || job.state === 'succeeded') return 1;
  return job.totalSteps > 0 ? Math.min(1, job.step / job.totalSteps) : undefined;
}

/** The state and its reason: "Lost · no sign of life for 3 min", "Training". */
export function stateText(job: Job, now: number): string {
  const { label } = facts[job.state];
  if (job.state === 'lost' && job.heartbeatAt !== undefined) return `${label} · last sign of life ${formatAgo(job.heartbeatAt, now)}`;
  if (job.state === 'failed' && job.fault) return label;
  return job.reason ? `${label} · ${job.reason}` : label;
}

export function stepText(job: Job): string {
  if (job.totalSteps === 0) return '';
  return `step ${formatCount(job.step)} of ${formatCount(job.totalSteps)}`;
}

/** The grey text of a tree row. */
export function jobDescription(job: Job, now: number): string {
  const parts: string[] = [];
  switch (job.state) {
    case 'training':
    case 'stopping':
    case 'paused': {
      const progress = progressOf(job);
      if (progress !== undefined) parts.push(`${formatPercent(progress)} · step ${job.step}/${job.totalSteps}`);
      else parts.push(facts[job.state].label.toLowerCase());
      if (job.loss !== undefined) parts.push(`loss ${formatMeasure(job.loss)}`);
      if (job.state === 'training' && job.secondsLeft !== undefined) parts.push(`${formatTimeLeft(job.secondsLeft)} left`);
      break;
    }
    case 'queued':
    case 'preparing':
    case 'evaluating':
      parts.push(facts[job.state].label.toLowerCase());
      if (job.reason) parts.push(job.reason);
      break;
    case 'succeeded':
      if (job.evaluation) parts.push(`base ${formatPercent(job.evaluation.base.value)} → tuned ${formatPercent(job.evaluation.tuned.value)}`);
      if (job.endedAt !== undefined) parts.push(formatAgo(job.endedAt, now));
      break;
    case 'stopped':
      parts.push(job.totalSteps > 0 ? `stopped at step ${job.step}/${job.totalSteps}` : 'stopped');
      break;
    case 'failed':
      parts.push(job.fault?.message ?? 'failed');
      break;
    case 'lost':
      parts.push(stateText(job, now).toLowerCase());
      break;
  }
  return parts.join(' · ');
}

/** What a screen reader says and the hover shows, one fact a line. */
export function jobFacts(job: Job, now: number): string[] {
  const lines = [`${job.name}: ${stateText(job, now)}`];
  if (job.totalSteps > 0) lines.push(`Step ${job.step} of ${job.totalSteps}`);
  if (job.loss !== undefined) lines.push(`Loss ${formatMeasure(job.loss)}${job.evalLoss === undefined ? '' : `, on held-out rows ${formatMeasure(job.evalLoss)}`}`);
  if (job.tokensPerSecond !== undefined && isRunning(job)) lines.push(`${formatCount(job.tokensPerSecond)} tokens/s`);
  if (job.secondsLeft !== undefined && isRunning(job)) lines.push(`About ${formatTimeLeft(job.secondsLeft)} left`);
  if (job.evaluation) lines.push(job.evaluation.sentence);
  if (job.fault) lines.push(job.fault.message, job.fault.remedy);
  lines.push(`Base model: ${baseName(job.baseModel)}`, `Recipe: ${job.recipeFile}`);
  return lines;
}

/** "starter", the last folder of a path, or the name on the hub without owner and commit. */
export function baseName(baseModel: string): string {
  return baseModel.replace(/@[0-9a-f]{40}$/, '').split(/[\\/]/).filter(Boolean).at(-1) ?? baseModel;
}

/** "$(sync~spin) 2 jobs · 43%", or undefined when nothing runs. */
export function statusText(jobs: readonly Job[]): string | undefined {
  const running = jobs.filter(isRunning);
  if (running.length === 0) return undefined;
  const label = running.length === 1 ? '1 job' : `${running.length} jobs`;
  const known = running.map(progressOf).filter((progress) => progress !== undefined);
  const mean = known.length > 0 ? known.reduce((sum, progress) => sum + progress, 0) / running.length : undefined;
  return `$(sync~spin) ${label}${mean === undefined ? '' : ` · ${formatPercent(mean)}`}`;
}

export interface EndNotice {
  readonly level: 'information' | 'warning' | 'error';
  readonly message: string;
  readonly actions: readonly ('Compare' | 'Open Report' | 'Open Log' | 'Resume')[];
}

/** What to say when a job has ended; undefined for an end the user asked for. */
export function endNotice(job: Job): EndNotice | undefined {
  if (job.state === 'succeeded')
    return {
      level: 'information',
      message: `${job.name} is tuned. ${job.evaluation?.sentence ?? 'It was not compared with its base: there were no held-out rows.'}`,
      actions: job.evaluation ? ['Compare', 'Open Report'] : ['Compare'],
    };
  if (job.state === 'failed')
    return {
      level: 'error',
      message: `${job.name} failed. ${job.fault ? joinSentences(job.fault.message, job.fault.remedy) : 'The log says where.'}`,
      actions: job.checkpoint ? ['Resume', 'Open Log'] : ['Open Log'],
    };
  if (job.state === 'lost')
    return {
      level: 'warning',
      message: `${job.name} gives no sign of life. ${job.checkpoint ? 'It can go on from its last checkpoint.' : 'It has no checkpoint yet, so resuming starts it again.'}`,
      actions: ['Resume', 'Open Log'],
    };
  return undefined;
}

/** Text for the clipboard: what a bug report needs, nothing of the data. */
export function jobDetails(job: Job): string {
  const rows: [string, string | number | undefined][] = [
    ['job', job.id],
    ['name', job.name],
    ['state', job.state],
    ['reason', job.reason],
    ['backend', job.backend],
    ['technique', job.technique],
    ['base model', job.baseModel],
    ['recipe', job.recipeFile],
    ['folder', job.folder],
    ['step', job.totalSteps > 0 ? `${job.step}/${job.totalSteps}` : undefined],
    ['loss', job.loss],
    ['eval loss', job.evalLoss],
    ['checkpoint', job.checkpoint],
    ['artifact', job.artifact],
    ['evaluation', job.evaluation?.sentence],
    ['fault', job.fault && `${job.fault.code}: ${job.fault.message}`],
    ['created', new Date(job.createdAt).toISOString()],
    ['ended', job.endedAt === undefined ? undefined : new Date(job.endedAt).toISOString()],
  ];
  return rows
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n');
}

/** "job,stop,compare": what package.json's when-clauses look for. */
export function jobContext(job: Job): string {
  const abilities = Object.entries(jobAbilities(job)).filter(([, can]) => can);
  return ['job', ...abilities.map(([name]) => name), ...(job.evaluation ? ['report'] : [])].join();
}
