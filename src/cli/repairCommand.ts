/** The command that writes a repaired version of a dataset. */

import { basename, relative, resolve } from 'node:path';

import { repairFile, type RepairReport } from '../core/datasets/repair/repairFile.ts';
import { unreadText } from '../core/datasets/repair/unread.ts';
import { REDACTIONS, SAFE_REPAIRS, type RepairId } from '../core/datasets/repair/table.ts';
import type { TargetId } from '../core/datasets/targets/target.ts';
import { formatCount, formatPercent, formatQuantity } from '../core/wording/numbers.ts';
import { EXIT } from './exitCodes.ts';
import type { JsonOption } from './jobCommands.ts';
import type { Services } from './services.ts';

export interface RepairCommandOptions extends JsonOption {
  readonly rule?: readonly RepairId[];
  readonly for?: TargetId;
  readonly safe?: boolean;
  readonly redact?: boolean;
  readonly out?: string;
  readonly force?: boolean;
  readonly dryRun?: boolean;
}

/** @returns `failed` when this was a trial and there is something to repair */
export async function repairDataset({ terminal, interrupts }: Pick<Services, 'terminal' | 'interrupts'>, file: string, version: string, options: RepairCommandOptions): Promise<number> {
  const { rule = [], for: target, safe, redact, out, force, dryRun, json } = options;
  const isNothingChosen = rule.length === 0 && !redact;
  const repairs = [...new Set([...(safe || isNothingChosen ? SAFE_REPAIRS : []), ...rule, ...(redact ? REDACTIONS : [])])];
  const controller = new AbortController();
  const listening = interrupts.on(() => controller.abort());
  try {
    const report = await repairFile(resolve(file), {
      repairs, version, signal: controller.signal, ...(target && { target }),
      ...(out !== undefined && { out: resolve(out) }), ...(force && { force }), ...(dryRun && { isDry: true }),
      onProgress: ({ bytes, totalBytes }) => terminal.live(`Repairing ${formatPercent(totalBytes === 0 ? 1 : bytes / totalBytes)}`),
    });
    terminal.clearLive();
    if (json) terminal.json(withoutTexts(report));
    else terminal.print(repairLines(report, dryRun ?? false).join('\n'));
    const unread = unreadText(report, repairs);
    if (unread !== undefined) terminal.note(`${unread}\nCorrect them, or leave them out with --rule remove-unreadable`);
    return dryRun && report.repairs.length > 0 ? EXIT.failed : EXIT.ok;
  } catch (fault) {
    if (!controller.signal.aborted) throw fault;
    terminal.clearLive();
    terminal.note('Stopped; nothing was kept.');
    return EXIT.interrupted;
  } finally {
    listening.dispose();
  }
}

/** What was redacted must not be told by the report of it. */
function withoutTexts({ changes: _texts, ...report }: RepairReport): Omit<RepairReport, 'changes'> {
  return report;
}

export function repairLines({ file, out, rows, written, changed, dropped, repairs, manifest }: RepairReport, isDry: boolean): string[] {
  const name = basename(file);
  if (repairs.length === 0) return [`Nothing to repair in the ${formatQuantity(rows, 'row')} of ${name}.`];
  const shown = (path: string | undefined): string => (path === undefined ? '' : relative(process.cwd(), path) || path);
  const head = `${isDry ? 'Would change' : 'Changed'} ${formatCount(changed)} and ${isDry ? 'remove' : 'removed'} ${formatCount(dropped)} of ${formatQuantity(rows, 'row')} of ${name}`;
  return [
    isDry ? `${head}. Nothing was written.` : `${head}; wrote ${formatQuantity(written, 'row')}: ${shown(out)}`,
    ...repairs.map((one) => `${one.title}: ${one.rows === 1 ? `row ${formatCount(one.firstRow)}` : `${formatQuantity(one.rows, 'row')}, first row ${formatCount(one.firstRow)}`} (${one.id})`),
    ...(manifest === undefined ? [] : [`What became of which row: ${shown(manifest)}`]),
  ];
}
