/** The command that writes a dataset anew in another format. */

import { basename, relative, resolve } from 'node:path';

import { convertFile, type FileConversion } from '../core/datasets/convertFile.ts';
import type { FormatId } from '../core/datasets/formats/format.ts';
import { formatOf } from '../core/datasets/formats/table.ts';
import { formatList } from '../core/wording/lists.ts';
import { formatCount, formatPercent, formatQuantity } from '../core/wording/numbers.ts';
import { EXIT } from './exitCodes.ts';
import type { JsonOption } from './jobCommands.ts';
import type { Services } from './services.ts';

export interface ConvertOptions extends JsonOption {
  readonly to: FormatId;
  readonly from?: FormatId;
  readonly out?: string;
  readonly text?: string;
  readonly label?: string;
  readonly force?: boolean;
}

/** @returns `failed` when a row was left out */
export async function convertDataset({ terminal, interrupts }: Pick<Services, 'terminal' | 'interrupts'>, file: string, options: ConvertOptions): Promise<number> {
  const { to, from, out, text, label, force, json } = options;
  if ((text === undefined) !== (label === undefined)) {
    terminal.note('Name both columns, with --text and --label.');
    return EXIT.usage;
  }
  const controller = new AbortController();
  const listening = interrupts.on(() => controller.abort());
  try {
    const report = await convertFile(resolve(file), {
      to, signal: controller.signal,
      ...(from && { from }), ...(out !== undefined && { out: resolve(out) }), ...(force && { force }),
      ...(text !== undefined && label !== undefined && { columns: { text, label } }),
      onProgress: ({ bytes, totalBytes }) => terminal.live(`Converting ${formatPercent(totalBytes === 0 ? 1 : bytes / totalBytes)}`),
    });
    terminal.clearLive();
    if (json) terminal.json(report);
    else terminal.print(conversionLines(report).join('\n'));
    return report.written === report.rows && report.rows > 0 ? EXIT.ok : EXIT.failed;
  } catch (fault) {
    if (!controller.signal.aborted) throw fault;
    terminal.clearLive();
    terminal.note('Stopped; nothing was kept.');
    return EXIT.interrupted;
  } finally {
    listening.dispose();
  }
}

/** What was written, what of it was lost, and what was left out. */
export function conversionLines({ file, to, out, rows, written, formats, lost, refused, findings }: FileConversion): string[] {
  const title = formatOf(to as FormatId).title;
  const name = basename(file);
  const were = formats.length === 0 ? '' : ` (${formatList(formats.map((one) => (formats.length === 1 ? one.title : `${formatCount(one.count)} ${one.title}`)))})`;
  const head = out === undefined
    ? `None of the ${formatQuantity(rows, 'row')} of ${name}${were} can be written as ${title}. No file was written.`
    : `Wrote ${written === rows ? '' : `${formatCount(written)} of `}${formatQuantity(rows, 'row')} of ${name}${were} as ${title}: ${relative(process.cwd(), out) || out}`;
  const tally = ({ words, count, firstRow }: { readonly words: string; readonly count: number; readonly firstRow: number }, verb: string): string =>
    `${verb}: ${words} (${count === 1 ? `row ${formatCount(firstRow)}` : `${formatQuantity(count, 'row')}, first row ${formatCount(firstRow)}`})`;
  return [
    head,
    ...lost.map((one) => tally(one, 'Lost')),
    ...refused.map((one) => tally(one, 'Left out')),
    ...findings.map(({ message, remedy }) => `${message} ${remedy}.`),
  ];
}
