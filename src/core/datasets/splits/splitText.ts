/** A split in words: what was written, what stayed together, and whether it still is what it was. */

import { basename } from 'node:path';

import { formatList, quoteBriefly } from '../../wording/lists.ts';
import { formatCount, formatPercent, formatQuantity } from '../../wording/numbers.ts';
import type { FileSplit, SplitPart } from './splitFile.ts';
import type { PartCheck, SplitCheck } from './verifySplit.ts';

/** More make a line that nobody reads. */
const LABELS_NAMED = 6;

/** @param short makes a path shorter for the reader */
export function splitLines(split: FileSplit, short: (path: string) => string = basename): string[] {
  const { file, rows, parts, kept, gone, leftOut } = split;
  const width = Math.max(...parts.map(({ name }) => name.length));
  return [
    `Split ${formatQuantity(rows, 'row')} of ${basename(file)} ${manner(split)}:`,
    ...parts.map((part) => `  ${part.name.padEnd(width)}  ${formatCount(part.rows)} (${formatPercent(rows === 0 ? 0 : part.rows / rows)})  ${short(part.file)}${labelsOf(part)}`),
    ...(kept > 0 ? [`${formatQuantity(kept, 'row')} kept ${kept === 1 ? 'its' : 'their'} part, ${formatCount(rows - kept)} new${gone > 0 ? `, ${formatCount(gone)} gone` : ''}.`] : []),
    ...groupLines(split),
    ...leftOut.map(({ message, remedy }) => `Left out: ${message} ${remedy}.`),
    `Manifest: ${short(split.manifest)}`,
  ];
}

function manner({ by, timeColumn, parts }: FileSplit): string {
  if (by === 'time') return `by the time in ${quoteBriefly(timeColumn ?? '')}, oldest to train`;
  if (by === 'label') return `by lot within each of ${formatQuantity(Object.keys(parts[0]?.labels ?? {}).length, 'label')}`;
  return 'by lot';
}

/** "billing 80, login 80 and 10 more" */
function labelsOf({ labels, rows }: SplitPart): string {
  if (!labels || rows === 0) return '';
  const all = Object.entries(labels).filter(([, count]) => count > 0).sort(([, a], [, b]) => b - a);
  const named = all.slice(0, LABELS_NAMED).map(([label, count]) => `${quoteBriefly(label, 24).slice(1, -1)} ${formatCount(count)}`);
  return `  ${formatList(all.length > LABELS_NAMED ? [...named, `${formatCount(all.length - LABELS_NAMED)} more labels`] : named)}`;
}

function groupLines({ group, groups, chained, untimed, sharedPrompts, timeColumn }: FileSplit): string[] {
  const what = group === 'prompt' ? 'with the same prompt' : group === 'near-duplicates' ? 'that are equal or nearly so' : typeof group === 'object' ? `with the same ${quoteBriefly(group.column)}` : '';
  const together = groups.together === 0
    ? `No rows ${what}.`
    : `${formatQuantity(groups.together, 'row')} ${what} stay together; the largest group has ${formatQuantity(groups.largest, 'row')}.`;
  return [
    ...(group === 'none' ? [] : [together]),
    ...(chained === undefined ? [] : [`${formatCount(chained)} rows are nearly the same as each other, so only equal prompts were kept together.`]),
    ...(sharedPrompts > 0 ? [`${formatQuantity(sharedPrompts, 'row')} ask a prompt that another part has, too; group by "prompt" to avoid that.`] : []),
    ...(untimed > 0 ? [`${formatQuantity(untimed, 'row')} without a time in ${quoteBriefly(timeColumn ?? '')} went to train.`] : []),
  ];
}

export function verifyLines(check: SplitCheck, short: (path: string) => string = basename): string[] {
  return [
    `${short(check.manifest)}: ${check.isIntact ? 'the split is intact' : 'the split is not what its manifest says'}.`,
    ...check.parts.map((part) => `  ${short(part.file)}: ${partWords(part)}`),
    `  ${short(check.source)}: ${sourceWords(check)}`,
  ];
}

function partWords({ state, rows, firstDifference }: PartCheck): string {
  if (state === 'same') return `${formatQuantity(rows, 'row')}, unchanged`;
  if (state === 'missing') return 'it is not there any more';
  return firstDifference === undefined ? 'the same rows, written in another way' : `changed; row ${formatCount(firstDifference)} is the first that is another one`;
}

function sourceWords({ sourceState, repeats }: SplitCheck): string {
  switch (sourceState.state) {
    case 'missing':
      return 'the source is not there any more';
    case 'same':
      return repeats === undefined ? 'the source is unchanged' : repeats ? 'the source is unchanged, and its seed gives the same parts' : 'the source is unchanged, but its seed gives other parts';
    case 'grown':
      return sourceState.added === 0 ? 'the source has the same rows, written in another way' : `the source has ${formatQuantity(sourceState.added, 'new row')}; "tunesmith split --update" assigns them`;
    case 'changed':
      return `${formatQuantity(sourceState.gone, 'row')} of the split ${sourceState.gone === 1 ? 'is' : 'are'} not in the source any more, ${formatCount(sourceState.added)} ${sourceState.added === 1 ? 'is' : 'are'} new; "tunesmith split --update" assigns them`;
  }
}
