/** The command that says what a dataset holds: kinds, turns, lengths, labels, languages, tools. */

import type { DatasetProfile, Distribution } from '../core/datasets/profile.ts';
import type { TargetId } from '../core/datasets/targets/target.ts';
import { quoteBriefly } from '../core/wording/lists.ts';
import { formatCount, formatPercent, formatQuantity } from '../core/wording/numbers.ts';
import { countBySeverity, describeCounts } from './checkCommand.ts';
import { EXIT } from './exitCodes.ts';
import { headline, inspectFile, tokenizerOf, type ModelOption } from './inspectFile.ts';
import type { JsonOption } from './jobCommands.ts';
import type { Services } from './services.ts';

export interface ProfileOptions extends JsonOption, ModelOption {
  readonly for?: TargetId;
}

export async function profileDataset(services: Pick<Services, 'terminal' | 'interrupts' | 'client'>, file: string, options: ProfileOptions): Promise<number> {
  const { terminal } = services;
  const profile = await inspectFile(services, file, { ...(options.for && { target: options.for }), ...(await tokenizerOf(services, options.model)) });
  if (!profile) return EXIT.interrupted;
  if (options.json) terminal.json(profile);
  else terminal.print(profileLines(profile, terminal.columns).join('\n'));
  return EXIT.ok;
}

/** @param columns of the terminal */
export function profileLines(profile: DatasetProfile, columns: number): readonly string[] {
  const { kinds = [], roles, turns, promptCharacters, answerCharacters, labels, languages, tools, systemPrompts, duplicates = 0, tokens, findings } = profile;
  const lines: string[] = [headline(profile), ''];
  const say = (name: string, text: string): void => void lines.push(`${name.padEnd(NAME_WIDTH)}${text}`);
  if (kinds.length > 1) say('Kinds', kinds.map(({ kind, count }) => `${formatCount(count)} ${kind}`).join(', '));
  if (roles) {
    const spoken = Object.entries(roles).filter(([, count]) => count > 0);
    if (spoken.length > 0) say('Turns', spoken.map(([role, count]) => `${formatCount(count)} ${role}`).join(', '));
  }
  if (profile.usableRows > 0) {
    say('Turns a row', `${turns.mean.toFixed(1).replace('.0', '')} on average, ${formatCount(turns.min)} to ${formatCount(turns.max)}`);
    say('Prompt', describeLength(promptCharacters));
    say('Answer', describeLength(answerCharacters));
  }
  if (systemPrompts) {
    const { distinct, isMore, without, mostFrequent } = systemPrompts;
    const most = mostFrequent && distinct > 0 ? `; most often ${quoteBriefly(mostFrequent.text, 60)} (${formatQuantity(mostFrequent.count, 'row')})` : '';
    say('System prompts', `${isMore ? `more than ${formatCount(distinct)}` : formatCount(distinct)} different${without > 0 ? `, ${formatQuantity(without, 'row')} without` : ''}${most}`);
  }
  say('Repetitions', duplicates === 0 ? 'none' : formatQuantity(duplicates, 'row'));
  if (languages) say('Languages', `${languages.languages.map(({ name, count }) => `${formatPercent(count / languages.toldRows)} ${name}`).join(', ')}${languages.isSample ? ` (of ${formatQuantity(languages.toldRows, 'row')})` : ''}`);
  say('Findings', describeCounts(countBySeverity(findings)));
  if (labels) lines.push('', formatQuantity(labels.length, 'label'), ...bars(labels.map(({ label, count }) => ({ name: label, count })), columns));
  if (tools) {
    lines.push('', `Tools: defined in ${formatQuantity(tools.rowsWithDefinitions, 'row')}${tools.calls.length === 0 ? ', never called' : '; calls'}`);
    lines.push(...bars(tools.calls, columns));
  }
  if (tokens) {
    const about = tokens.isEstimate ? 'estimated from characters' : `as ${tokens.model} reads them`;
    lines.push('', `Tokens a row, ${about}: ${formatCount(tokens.total)} in all, ${formatPercent(tokens.total === 0 ? 0 : tokens.trained / tokens.total)} of them trained on`, ...histogram(tokens.perRow, formatCount, columns));
    lines.push('', 'Share of each row that is trained on', ...histogram(tokens.trainedShare, formatPercent, columns));
  }
  return lines;
}

const NAME_WIDTH = 16;
const BARS_SHOWN = 20;
const LONGEST_NAME = 32;

function describeLength({ mean, p95, max }: DatasetProfile['promptCharacters']): string {
  return `${formatCount(mean)} characters on average, 95% up to ${formatCount(p95)}, longest ${formatCount(max)}`;
}

/** Most frequent first; the rest in one line. */
function bars(all: readonly { readonly name: string; readonly count: number }[], columns: number): readonly string[] {
  const shown = all.slice(0, all.length === BARS_SHOWN + 1 ? BARS_SHOWN + 1 : BARS_SHOWN);
  const rest = all.slice(shown.length);
  const entries = shown.map(({ name, count }) => ({ name: name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME - 1)}…` : name, count }));
  return [
    ...drawBars(entries, columns),
    ...(rest.length > 0 ? [`  and ${formatCount(rest.length)} more with ${formatCount(rest.at(-1)?.count ?? 0)} to ${formatCount(rest[0]?.count ?? 0)} each`] : []),
  ];
}

function histogram({ bins, p50, p95, p99 }: Distribution, format: (value: number) => string, columns: number): readonly string[] {
  return [
    ...drawBars(coarsen(bins, format).map(({ from, to, count }) => ({ name: `${format(from)} – ${format(to)}`, count })), columns),
    `  half up to ${format(p50)}, 95% up to ${format(p95)}, 99% up to ${format(p99)}`,
  ];
}

const MOST_BINS = 12;

/** Bars enough to see a shape, and none whose ends read the same. */
function coarsen(bins: Distribution['bins'], format: (value: number) => string): Distribution['bins'] {
  if (bins.length < 2 || (bins.length <= MOST_BINS && bins.every(({ from, to }) => format(from) !== format(to)))) return bins;
  const pairs = bins.flatMap((bin, i) => {
    const next = bins[i + 1];
    return i % 2 === 1 ? [] : [next ? { from: bin.from, to: next.to, count: bin.count + next.count } : bin];
  });
  return coarsen(pairs, format);
}

function drawBars(entries: readonly { readonly name: string; readonly count: number }[], columns: number): readonly string[] {
  const most = Math.max(1, ...entries.map(({ count }) => count));
  const nameWidth = Math.max(0, ...entries.map(({ name }) => name.length));
  const countWidth = formatCount(most).length;
  const room = Math.max(4, Math.min(40, columns - nameWidth - countWidth - 6));
  return entries.map(({ name, count }) => `  ${name.padEnd(nameWidth)}  ${formatCount(count).padStart(countWidth)}  ${'█'.repeat(count === 0 ? 0 : Math.max(1, Math.round((count / most) * room)))}`.trimEnd());
}
