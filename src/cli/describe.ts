/** Jobs in words, for the terminal. */

import type { Job, JobEvent } from '../core/jobs/job.ts';
import { canResume, hasEnded } from '../core/jobs/jobState.ts';
import { formatCount, formatDuration, formatPercent } from '../core/wording/numbers.ts';
import { columns, type Terminal } from './terminal.ts';

/** One line a job, in columns. */
export function jobTable(jobs: readonly Job[], terminal: Terminal): string {
  const rows = jobs.map((job) => [job.id, job.name, job.state, stepText(job), job.loss?.toFixed(3) ?? '', resultText(job)]);
  return columns(['ID', 'NAME', 'STATE', 'STEP', 'LOSS', 'RESULT'], rows, terminal);
}

export function jobDetails(job: Job, events: readonly JobEvent[], terminal: Terminal): string {
  const facts: (readonly [string, string | undefined])[] = [
    ['State', job.reason === undefined ? job.state : `${job.state} (${job.reason})`],
    ['Fault', job.fault && `${job.fault.message} ${job.fault.remedy}`],
    ['Recipe', job.recipeFile],
    ['Base model', job.baseModel],
    ['Started', job.startedAt === undefined ? undefined : new Date(job.startedAt).toLocaleString('sv-SE')],
    ['Took', job.startedAt === undefined || job.endedAt === undefined ? undefined : formatDuration((job.endedAt - job.startedAt) / 1000)],
    ['Step', stepText(job) || undefined],
    ['Loss', job.loss?.toFixed(4)],
    ['Held-out loss', job.evalLoss?.toFixed(4)],
    ['Speed', job.tokensPerSecond === undefined ? undefined : `${formatCount(job.tokensPerSecond)} tokens/s`],
    ['Time left', job.secondsLeft === undefined ? undefined : formatDuration(job.secondsLeft)],
    ['Result', job.evaluation?.sentence],
    ['Tuned model', job.artifact],
    ['Folder', job.folder],
  ];
  const shown = facts.filter(([, value]) => value !== undefined);
  const width = Math.max(...shown.map(([name]) => name.length));
  const history = events.flatMap((event) => {
    const text = eventText(event);
    return text === undefined ? [] : [`  ${terminal.dim(new Date(event.at).toLocaleTimeString('sv-SE'))}  ${text}`];
  });
  return [terminal.bold(`${job.name} (${job.id})`), ...shown.map(([name, value]) => `${`${name}:`.padEnd(width + 1)} ${value}`), '', ...history].join('\n');
}

/** What came of a job that has ended, and the next step. */
export function outcome(job: Job): string {
  const took = job.startedAt === undefined || job.endedAt === undefined ? '' : ` in ${formatDuration((job.endedAt - job.startedAt) / 1000)}`;
  const lines = [`Job ${job.id} ${job.state === 'lost' ? 'was lost' : job.state}${job.state === 'stopped' ? ` at ${stepText(job) || 'its start'}` : took}.`];
  if (job.state === 'lost' && job.reason !== undefined) lines.push(`${job.reason}.`);
  if (job.fault) lines.push(job.fault.message, job.fault.remedy);
  if (job.evaluation) lines.push(job.evaluation.sentence);
  if (job.artifact) lines.push(`Tuned model: ${job.artifact}`, `Ask it with: tunesmith generate ${job.id} --prompt "…"`);
  if (hasEnded(job.state) && canResume(job.state)) lines.push(`Resume with: tunesmith resume ${job.id}`);
  return lines.join('\n');
}

function eventText(event: JobEvent): string | undefined {
  switch (event.kind) {
    case 'state': return event.reason === undefined ? event.state : `${event.state}: ${event.reason}`;
    case 'log': return event.text;
    case 'checkpoint': return `checkpoint of step ${formatCount(event.step)}`;
    case 'evaluation': return event.summary.sentence;
  }
}

function stepText(job: Job): string {
  return job.totalSteps === 0 ? '' : `step ${formatCount(job.step)} of ${formatCount(job.totalSteps)}`;
}

function resultText({ evaluation, fault, reason }: Job): string {
  if (fault) return fault.code;
  if (evaluation) return `${formatPercent(evaluation.base.value)} → ${formatPercent(evaluation.tuned.value)}`;
  return reason ?? '';
}
