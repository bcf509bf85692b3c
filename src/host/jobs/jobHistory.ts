/** A job's events and metrics as the page and the log show them. Pure. */

import type { Job, JobEvent, MetricPoint } from '../../core/jobs/job.ts';
import { formatDuration, formatMeasure, formatPercent } from '../../core/wording/numbers.ts';
import { TECHNIQUE_WORDS } from '../../core/wording/techniques.ts';
import type { CheckpointRow, EventRow, JobHeader, MetricRow } from '../../protocol/jobPage.ts';
import { formatAgo, formatClock, formatTimeLeft } from '../words.ts';
import { baseName, isRunning, jobAbilities, progressOf, stateFacts, stateText, stepText } from './jobText.ts';

export function eventText(event: JobEvent): string {
  switch (event.kind) {
    case 'state':
      return event.reason ? `${stateFacts(event.state).label}: ${event.reason}` : stateFacts(event.state).label;
    case 'log':
      return event.text;
    case 'checkpoint':
      return `Checkpoint at step ${event.step}`;
    case 'evaluation':
      return event.summary.sentence;
  }
}

export function eventRows(events: readonly JobEvent[]): EventRow[] {
  return events.map((event) => ({
    seq: event.seq,
    at: event.at,
    time: formatClock(event.at),
    level: event.kind === 'log' ? event.level : event.kind === 'state' && (event.state === 'failed' || event.state === 'lost') ? 'error' : 'info',
    text: eventText(event),
  }));
}

export function checkpointRows(events: readonly JobEvent[]): CheckpointRow[] {
  return events.flatMap((event) => (event.kind === 'checkpoint' ? [{ step: event.step, time: formatClock(event.at), folder: event.folder }] : []));
}

export function metricRows(points: readonly MetricPoint[]): MetricRow[] {
  return points.map(({ step, values }) => ({ step, values }));
}

/** One line an event, for a document: "14:03:07  warning  12 rows were cut at 256 tokens." */
export function logLines(job: Job, events: readonly JobEvent[]): string {
  const head = [`# ${job.name} (${job.id})`, `# Recipe ${job.recipeFile}`, `# Base model ${job.baseModel}`, ''];
  const lines = eventRows(events).map(({ time, level, text }) => `${time}  ${level.padEnd(7)}  ${text.replace(/\n/g, '\n                   ')}`);
  if (job.fault) lines.push('', `${job.fault.code}`, job.fault.message, job.fault.remedy);
  return [...head, ...(lines.length > 0 ? lines : ['Nothing has been logged yet.']), ''].join('\n');
}

const marks: Record<string, JobHeader['mark']> = { running: 'running', succeeded: 'good', failed: 'bad', lost: 'bad' };

/** @param canExecute false in Restricted Mode, where a page offers nothing that it would be refused */
export function jobHeader(job: Job, now: number, canExecute: boolean): JobHeader {
  const abilities = jobAbilities(job);
  const progress = progressOf(job);
  const step = stepText(job);
  const left = isRunning(job) && job.secondsLeft !== undefined ? `about ${formatTimeLeft(job.secondsLeft)} left` : '';
  return {
    name: job.name,
    state: job.state,
    stateText: stateText(job, now),
    mark: marks[job.state] ?? (isRunning(job) ? 'running' : 'quiet'),
    facts: headerFacts(job, now),
    lossHelp: TECHNIQUE_WORDS[job.technique].loss,
    progress,
    progressText: [progress === undefined ? '' : formatPercent(progress), step, left].filter(Boolean).join(' · '),
    fault: job.fault,
    canStop: canExecute && abilities.stop,
    canResume: canExecute && abilities.resume,
    canCompare: abilities.compare,
    artifact: job.artifact,
    evaluation: job.evaluation,
  };
}

function headerFacts(job: Job, now: number): JobHeader['facts'] {
  const facts: JobHeader['facts'][number][] = [];
  const add = (label: string, value: string | undefined, help: string): void => {
    if (value !== undefined) facts.push({ label, value, help });
  };
  add('Base model', baseName(job.baseModel), job.baseModel);
  add('Technique', TECHNIQUE_WORDS[job.technique].short, TECHNIQUE_WORDS[job.technique].help);
  add('Loss', job.loss === undefined ? undefined : formatMeasure(job.loss), TECHNIQUE_WORDS[job.technique].loss);
  add('Held-out loss', job.evalLoss === undefined ? undefined : formatMeasure(job.evalLoss), TECHNIQUE_WORDS[job.technique].heldOut);
  if (isRunning(job)) add('Speed', job.tokensPerSecond === undefined ? undefined : `${formatMeasure(job.tokensPerSecond)} tokens/s`, 'Tokens read and trained on each second.');
  add('Started', job.startedAt === undefined ? undefined : formatAgo(job.startedAt, now), job.startedAt === undefined ? '' : new Date(job.startedAt).toString());
  if (job.startedAt !== undefined && job.endedAt !== undefined) add('Took', formatDuration((job.endedAt - job.startedAt) / 1000), 'From start to end, pauses included.');
  return facts;
}
