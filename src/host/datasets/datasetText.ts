/** What a dataset and its findings look like in words and icons. Pure. */

import { basename } from 'node:path';
import type { DatasetFormat } from '../../core/datasets/example.ts';
import type { Finding, Severity } from '../../core/datasets/finding.ts';
import type { DatasetProfile } from '../../core/datasets/profile.ts';
import type { SplitSummary } from '../../core/datasets/workerMessages.ts';
import { formatBytes, formatCount, formatPercent, formatQuantity } from '../../core/wording/numbers.ts';

export const formatNames: Record<DatasetFormat, string> = {
  chat: 'chat',
  'prompt-completion': 'prompt and completion',
  'labelled-text': 'text with a label',
  preference: 'preference pairs',
};

export const formatHelp: Record<DatasetFormat, string> = {
  chat: 'Each row is a conversation: a list of messages with a role and a content.',
  'prompt-completion': 'Each row has a prompt and the completion the model shall give.',
  'labelled-text': 'Each row has a text and the label the model shall give it.',
  preference: 'Each row has a prompt, a better answer and a worse one.',
};

const severityOrder: readonly Severity[] = ['error', 'warning', 'info'];

export function bySeverity(findings: readonly Finding[]): Finding[] {
  return [...findings].sort((a, b) => severityOrder.indexOf(a.severity) - severityOrder.indexOf(b.severity));
}

export function worst(findings: readonly Finding[]): Severity | undefined {
  return severityOrder.find((severity) => findings.some((finding) => finding.severity === severity));
}

export const severityIcons: Record<Severity, { readonly icon: string; readonly color: string }> = {
  error: { icon: 'error', color: 'list.errorForeground' },
  warning: { icon: 'warning', color: 'list.warningForeground' },
  info: { icon: 'info', color: 'charts.blue' },
};

/** "1,003 rows · chat · 412 kB · 2 problems": the grey text of a tree row. */
export function datasetDescription(profile: DatasetProfile): string {
  const problems = profile.findings.filter(({ severity }) => severity !== 'info').length;
  return [
    formatQuantity(profile.rows, 'row'),
    profile.format === undefined ? 'format not recognized' : formatNames[profile.format],
    formatBytes(profile.bytes),
    ...(problems > 0 ? [formatQuantity(problems, 'problem')] : []),
  ].join(' · ');
}

/** One fact a line, for the hover. */
export function datasetFacts(profile: DatasetProfile): string[] {
  const name = basename(profile.file);
  const lines = [
    `${name}: ${formatQuantity(profile.rows, 'row')}, ${profile.usableRows === profile.rows ? 'all' : formatQuantity(profile.usableRows, 'row')} can be trained on`,
    profile.format === undefined ? 'Format not recognized' : `Format: ${formatNames[profile.format]}`,
  ];
  if (profile.usableRows > 0) {
    lines.push(
      `Answers: ${Math.round(profile.answerCharacters.mean)} characters on average, ${profile.answerCharacters.max} at most`,
      `Prompts: ${Math.round(profile.promptCharacters.mean)} characters on average, ${profile.promptCharacters.max} at most`,
    );
  }
  const labels = labelText(profile);
  if (labels) lines.push(labels);
  return lines;
}

/** "12 different answers; the most frequent, billing, is 14% of the rows." */
export function labelText(profile: DatasetProfile): string | undefined {
  const [first] = profile.labels ?? [];
  if (!first || !profile.labels || profile.usableRows === 0) return undefined;
  return `${formatQuantity(profile.labels.length, 'different answer')}; the most frequent, ${first.label}, is ${formatPercent(first.count / profile.usableRows)} of the rows`;
}

/** Whether anything in the file stands in the way of training on it. */
export function blocker(profile: DatasetProfile): Finding | undefined {
  if (profile.format !== undefined && profile.usableRows > 0) return undefined;
  return (
    bySeverity(profile.findings)[0] ?? {
      code: 'dataset.nothing-usable',
      severity: 'error',
      message: `${basename(profile.file)} has no row that can be trained on.`,
      remedy: 'Give each row a prompt and an answer.',
      rows: [],
      count: profile.rows,
    }
  );
}

/** Said where a list ends before the files do. */
export function cutText(files: number): string {
  return `Only ${formatQuantity(files, 'file')} of the workspace are listed; there are more. Open another one to use it.`;
}

/** @param rows of the dataset as it is now, where that is known */
export function splitText({ name, rows: then, by, seed, parts }: SplitSummary, rows: number | undefined): { readonly label: string; readonly description: string; readonly tooltip: string } {
  const ways = { random: 'by lot', label: 'by lot within each label', time: 'by time' };
  const isOld = rows !== undefined && rows !== then;
  return {
    label: `Split ${ways[by]}`,
    description: [...parts.map((part) => `${part.name} ${formatCount(part.rows)}`), ...(isOld ? ['the dataset has changed since'] : [])].join(' · '),
    tooltip: [`${name}: ${formatQuantity(then, 'row')} ${ways[by]}, seed ${seed}`, ...(isOld ? [`The dataset has ${formatQuantity(rows, 'row')} now; "Assign New Rows" lets all others keep their part.`] : [])].join('\n'),
  };
}
