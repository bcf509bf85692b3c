/** A conversion in words. */

import { basename } from 'node:path';

import { formatList } from '../wording/lists.ts';
import { formatCount, formatQuantity } from '../wording/numbers.ts';
import type { FileConversion } from './convertFile.ts';
import type { FormatId } from './formats/format.ts';
import { formatOf } from './formats/table.ts';

/**
 * What was written, what of it was lost, and what was left out.
 *
 * @param short makes a path shorter for the reader
 */
export function conversionLines({ file, to, out, rows, written, formats, lost, refused, findings }: FileConversion, short: (path: string) => string = basename): string[] {
  const { title } = formatOf(to as FormatId);
  const name = basename(file);
  const were = formats.length === 0 ? '' : ` (${formatList(formats.map((one) => (formats.length === 1 ? one.title : `${formatCount(one.count)} ${one.title}`)))})`;
  const head = out === undefined
    ? `None of the ${formatQuantity(rows, 'row')} of ${name}${were} can be written as ${title}. No file was written.`
    : `Wrote ${written === rows ? '' : `${formatCount(written)} of `}${formatQuantity(rows, 'row')} of ${name}${were} as ${title}: ${short(out)}`;
  const tally = ({ words, count, firstRow }: { readonly words: string; readonly count: number; readonly firstRow: number }, verb: string): string =>
    `${verb}: ${words} (${count === 1 ? `row ${formatCount(firstRow)}` : `${formatQuantity(count, 'row')}, first row ${formatCount(firstRow)}`})`;
  return [
    head,
    ...lost.map((one) => tally(one, 'Lost')),
    ...refused.map((one) => tally(one, 'Left out')),
    ...findings.map(({ message, remedy }) => `${message} ${remedy}.`),
  ];
}
