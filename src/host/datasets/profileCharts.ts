/** The charts of a dataset's profile: what a person would want to see first. Pure. */

import type { Example } from '../../core/datasets/example.ts';
import type { DatasetProfile, Distribution } from '../../core/datasets/profile.ts';
import { formatCount, formatPercent, formatQuantity } from '../../core/wording/numbers.ts';
import type { BarChart } from '../../protocol/datasetPage.ts';

const LABELS_SHOWN = 6;

const KINDS: Readonly<Record<Example['kind'], string>> = {
  conversation: 'conversations', preference: 'preference pairs', ranking: 'ranked answers', rating: 'rated answers', task: 'tasks for a grader', text: 'plain text',
};

/** Only of what is known and says something: a chart of one bar does not. */
export function profileCharts(profile: DatasetProfile): readonly BarChart[] {
  const { tokens, lengths, labels, formats, usableRows, roles, kinds = [], tools, languages } = profile;
  const about = tokens?.isEstimate ? 'about ' : '';
  const charts = [
    tokens && histogram('tokens', 'Tokens per row', tokens.perRow, 'tokens', `${about}${formatCount(tokens.total)} in all, by ${tokens.isEstimate ? 'their characters' : tokens.model}`),
    tokens && histogram('trained', 'Trained share per row', tokens.trainedShare, 'share', `${about}${formatPercent(tokens.trained / Math.max(1, tokens.total))} of all tokens are trained on`),
    lengths && !tokens && histogram('prompt', 'Prompt', lengths.prompt, 'characters'),
    lengths && !labels && histogram('answer', 'Answer', lengths.answer, 'characters'),
    labels && barList('labels', 'Answers', 'Answer', labels.map(({ label, count }) => ({ label, count })), usableRows),
    lengths && histogram('turns', 'Turns', lengths.turns, 'turns'),
    languages && barList('languages', languages.isSample ? `Languages of ${formatQuantity(languages.sampledRows, 'row')}` : 'Languages', 'Language', languages.languages.map(({ name, count }) => ({ label: name, count })), languages.toldRows),
    tools && barList('tools', 'Tool calls', 'Tool', tools.calls.map(({ name, count }) => ({ label: name, count })), sumOf(tools.calls), 'Calls'),
    // User and assistant take turns as a rule; who else speaks is worth a look.
    roles && roles.tool > 0 && barList('roles', 'Turns by role', 'Role', rolesOf(roles), sumOf(rolesOf(roles)), 'Turns'),
    barList('kinds', 'What rows hold', 'Kind', kinds.map(({ kind, count }) => ({ label: KINDS[kind], count })), profile.rows),
    formats.length > 1 ? barList('formats', 'Formats', 'Format', formats.map(({ title, count }) => ({ label: title, count })), profile.rows) : undefined,
  ];
  return charts.filter((chart) => chart !== undefined && chart !== false).filter(({ bars }) => bars.length > 1);
}

function histogram(id: string, title: string, { p50, p95, max, bins }: Distribution, unit: 'tokens' | 'share' | 'characters' | 'turns', also?: string): BarChart {
  const say = (value: number): string => (unit === 'share' ? formatPercent(value) : formatCount(value));
  const heading = unit === 'share' ? 'Share' : `${unit.charAt(0).toUpperCase()}${unit.slice(1)}`;
  const words = `Half have ${say(p50)} or less, 95% ${say(p95)} or less, the longest ${say(max)}`;
  const spread = unit === 'share' ? `Half of the rows: ${say(p50)} or less` : words;
  return {
    id, title: unit === 'characters' ? `${title}, in characters` : title, kind: 'histogram', headings: [heading, 'Rows'],
    summary: `${spread}${also === undefined ? '' : `; ${also}`}.`,
    more: '',
    bars: bins.map(({ from, to, count }, index) => ({ label: rangeText(from, to, index === bins.length - 1, unit), count })),
  };
}

/** Of whole numbers, a bar ends before the next begins: 0 to 10 and 10 to 20 are "0 to 9" and "10 to 20". */
function rangeText(from: number, to: number, isLast: boolean, unit: string): string {
  if (unit === 'share') return `${formatPercent(from)} to ${formatPercent(to)}`;
  const end = isLast ? to : to - 1;
  return end <= from ? formatCount(from) : `${formatCount(from)} to ${formatCount(end)}`;
}

interface Counted {
  readonly count: number;
}

function sumOf(counted: readonly Counted[]): number {
  return counted.reduce((sum, { count }) => sum + count, 0);
}

function rolesOf(roles: NonNullable<DatasetProfile['roles']>): readonly { readonly label: string; readonly count: number }[] {
  return Object.entries(roles).map(([label, count]) => ({ label, count })).filter(({ count }) => count > 0).sort((a, b) => b.count - a.count);
}

/** @param whole what a share is of; @param unit heading of the counts */
function barList(id: string, title: string, heading: string, all: readonly { readonly label: string; readonly count: number }[], whole: number, unit: 'Rows' | 'Calls' | 'Turns' = 'Rows'): BarChart {
  const shown = all.slice(0, LABELS_SHOWN);
  const rest = all.slice(shown.length).reduce((sum, { count }) => sum + count, 0);
  const first = all[0];
  return {
    id, title, kind: 'list', headings: [heading, unit],
    summary: first ? `${formatCount(all.length)} different; ${first.label} is the most frequent, ${formatPercent(first.count / Math.max(1, whole))} of the ${unit.toLowerCase()}.` : '',
    bars: shown,
    more: rest > 0 ? `${formatQuantity(all.length - shown.length, 'other')}, ${formatQuantity(rest, unit.slice(0, -1).toLowerCase())}` : '',
  };
}
