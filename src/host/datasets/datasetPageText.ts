/** What the dataset page says of a file: its facts, the state of its check, its findings. Pure. */

import { basename, dirname } from 'node:path';
import { repairsFor } from '../../core/datasets/repair/table.ts';
import { targetOf } from '../../core/datasets/targets/table.ts';
import type { Finding } from '../../core/datasets/finding.ts';
import { formatBytes, formatCount, formatDuration, formatPercent, formatQuantity } from '../../core/wording/numbers.ts';
import type { DatasetProfile, SystemPromptProfile } from '../../core/datasets/profile.ts';
import type { DatasetCheck, DatasetHeader, FindingView } from '../../protocol/datasetPage.ts';
import type { CheckProgress, DatasetEntry } from './datasetModel.ts';
import { bySeverity, formatHelp, formatNames } from './datasetText.ts';

export interface HeaderFacts {
  readonly file: string;
  /** undefined while nothing is known of the file */
  readonly entry: DatasetEntry | undefined;
  /** nothing is known of it because it is not there */
  readonly isGone: boolean;
  readonly progress: CheckProgress | undefined;
  readonly canTrain: boolean;
  readonly wordsOf: (fault: unknown) => string;
}

export function datasetHeader({ file, entry, isGone, progress, canTrain, wordsOf }: HeaderFacts): DatasetHeader {
  return { name: basename(file), folder: dirname(file), facts: facts(entry), check: isGone ? goneCheck(file) : checkOf(entry, progress, wordsOf), canTrain };
}

function goneCheck(file: string): DatasetCheck {
  return { state: 'failed', text: `${basename(file)} is not there any more.`, share: 0 };
}

function facts(entry: DatasetEntry | undefined): DatasetHeader['facts'] {
  if (!entry) return [];
  const size = { label: 'Size', value: formatBytes(entry.bytes), help: 'On the disk' };
  if (entry.state !== 'known') return [size];
  const { profile } = entry;
  const { rows, usableRows, format, formats, turns, tokens, target, languages, systemPrompts, roles } = profile;
  return [
    { label: 'Rows', value: formatCount(rows), help: 'Blank lines are not counted' },
    { label: 'Can be trained on', value: usableRows === rows ? 'all' : formatCount(usableRows), help: 'Rows that SFT or DPO can learn from on this machine' },
    { label: 'Format', value: formats[0]?.title ?? 'not recognized', help: format === undefined ? 'The findings say which formats there are' : `Trained as ${formatNames[format]}. ${formatHelp[format]}` },
    { label: 'Checked for', value: targetOf(target).title, help: 'Where the rows are to be trained on decides what is wrong with them' },
    ...(usableRows > 0 ? [{ label: 'Turns', value: turns.min === turns.max ? formatCount(turns.min) : `${formatCount(turns.min)} to ${formatCount(turns.max)}`, help: [`${turns.mean.toFixed(1)} on average, the system message not counted`, ...rolesText(roles)].join('\n') }] : []),
    ...(languages?.languages.length === 1 ? [{ label: 'Language', value: languages.languages[0]?.name ?? '', help: `Told of ${formatQuantity(languages.toldRows, 'row')}${languages.isSample ? ', a sample' : ''}` }] : []),
    ...(systemPrompts ? [{ label: 'System prompts', value: `${formatCount(systemPrompts.distinct)}${systemPrompts.isMore ? '+' : ''}`, help: systemPromptHelp(systemPrompts) }] : []),
    ...(tokens ? [{ label: 'Tokens', value: `${tokens.isEstimate ? '~' : ''}${formatCount(tokens.total)}`, help: tokens.isEstimate ? 'Estimated from the characters' : `Counted by ${tokens.model}` }] : []),
    size,
  ];
}

function rolesText(roles: DatasetProfile['roles']): readonly string[] {
  return roles ? Object.entries(roles).filter(([, count]) => count > 0).map(([role, count]) => `${formatCount(count)} of the ${role}`) : [];
}

function systemPromptHelp({ without, mostFrequent }: SystemPromptProfile): string {
  const most = mostFrequent ? `In ${formatQuantity(mostFrequent.count, 'row')}: ${mostFrequent.text}` : '';
  return [most, without > 0 ? `${formatQuantity(without, 'row')} without one` : ''].filter((text) => text !== '').join('\n');
}

function checkOf(entry: DatasetEntry | undefined, progress: CheckProgress | undefined, wordsOf: (fault: unknown) => string): DatasetCheck {
  switch (entry?.state) {
    case undefined:
    case 'waiting':
      return { state: 'running', text: 'Waiting to be checked', share: 0 };
    case 'inspecting':
      return { state: 'running', text: progress ? `Checking: ${formatPercent(progress.share)}, ${formatQuantity(progress.rows, 'row')} so far` : 'Checking', share: progress?.share ?? 0 };
    case 'stopped':
      return { state: 'stopped', text: progress ? `Stopped after ${formatQuantity(progress.rows, 'row')}: what is said here is about these.` : 'Not checked', share: 0 };
    case 'failed':
      return { state: 'failed', text: wordsOf(entry.fault), share: 0 };
    case 'known': {
      const { rows, usableRows, seconds } = entry.profile;
      const left = rows - usableRows;
      const result = rows === 0 ? 'there are none' : left === 0 ? 'all can be trained on' : `${formatCount(left)} cannot be trained on`;
      return { state: 'done', text: `Checked ${formatQuantity(rows, 'row')} in ${formatDuration(seconds)}: ${result}.`, share: 1 };
    }
  }
}

/** @param canWrite a repair may be offered */
export function findingViews(entry: DatasetEntry | undefined, canWrite: boolean): readonly FindingView[] {
  const findings: readonly Finding[] = entry?.state === 'known' ? entry.profile.findings : entry?.state === 'inspecting' || entry?.state === 'stopped' ? entry.findings : [];
  return bySeverity(findings).map(({ code, severity, message, remedy, rows, count }) => ({ code, severity, message, remedy, count, hasRows: rows.length > 0, canRepair: canWrite && (repairsFor(code)?.length ?? 0) > 0 }));
}
