/** The command that takes a tuned model out. */

import { resolve } from 'node:path';

import { exportProgressText, reportLines } from '../core/wording/exports.ts';
import type { ExportFormat, ExportProgress } from '../engine/export/exportFormats.ts';
import { EXIT } from './exitCodes.ts';
import { modelRef } from './generateCommand.ts';
import type { JsonOption } from './jobCommands.ts';
import type { Services } from './services.ts';

export interface ExportOptions extends JsonOption {
  readonly format: ExportFormat;
  readonly out: string;
}

export async function exportTuned({ client, terminal, interrupts }: Services, model: string, { format, out, json }: ExportOptions): Promise<number> {
  const controller = new AbortController();
  const listening = interrupts.on(() => controller.abort());
  let noted = '';
  const show = (progress: ExportProgress): void => {
    if (terminal.isLive) return terminal.live(exportProgressText(progress));
    // In a log, a line for each phase is enough.
    if (!json && progress.phase !== noted) terminal.note(progress.phase === 'write' ? 'Writing' : exportProgressText(progress));
    noted = progress.phase;
  };
  try {
    const report = await client.exportModel({ model: await modelRef(client, model), format, folder: resolve(out) }, show, controller.signal);
    terminal.clearLive();
    if (json) terminal.json(report);
    else terminal.print(reportLines(report).join('\n'));
    return EXIT.ok;
  } catch (fault) {
    if (!controller.signal.aborted || fault !== controller.signal.reason) throw fault;
    terminal.clearLive();
    terminal.note('Stopped; nothing was kept.');
    return EXIT.interrupted;
  } finally {
    listening.dispose();
  }
}
