/** The command that writes a dataset anew in another format. */

import { relative, resolve } from 'node:path';

import { convertFile } from '../core/datasets/convertFile.ts';
import { conversionLines } from '../core/datasets/convertText.ts';
import type { FormatId } from '../core/datasets/formats/format.ts';
import { formatPercent } from '../core/wording/numbers.ts';
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
    else terminal.print(conversionLines(report, (path) => relative(process.cwd(), path) || path).join('\n'));
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
