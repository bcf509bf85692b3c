/** "Export Model" asks for model, form and folder, writes over nothing, and tells what came of it. */

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ExportRequest, ModelEntry } from '../../../src/core/jobs/jobClient.ts';
import type { ExportReport } from '../../../src/engine/export/exportFormats.ts';
import { ExportManager } from '../../../src/host/models/exportModel.ts';
import { ScriptedScreen } from './scriptedScreen.ts';

let folder = '';
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'export-model-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const TUNED: ModelEntry = { ref: 'job-1', label: 'Ticket routing!', kind: 'tuned', folder: '/jobs/1', bytes: 9000, jobId: 'job-1', baseModel: 'starter', systemPrompt: undefined };
const BASE: ModelEntry = { ...TUNED, ref: 'starter', label: 'Starter', kind: 'base', jobId: undefined, baseModel: undefined };

function manager(screen: ScriptedScreen, models: readonly ModelEntry[] = [BASE, TUNED]) {
  const requests: ExportRequest[] = [];
  screen.folder = folder;
  const exporter = new ExportManager(screen, () => Promise.resolve({
    models: () => Promise.resolve(models),
    exportModel: async (request, onProgress, signal): Promise<ExportReport> => {
      signal?.throwIfAborted();
      await Promise.resolve();
      requests.push(request);
      onProgress({ phase: 'write', share: 0.5 });
      return {
        format: request.format, folder: request.folder, files: [{ name: 'm.gguf', bytes: 2_100_000 }], parameters: 1,
        agreement: { prompts: 10, identical: 10, tokens: 73, agreeing: 73 }, notes: [],
      };
    },
  }));
  return { exporter, requests };
}

describe('exporting a model', () => {
  it('of the Models view asks for form and folder, and offers to reveal the result', async () => {
    const screen = new ScriptedScreen('GGUF, 8 bits', 'Reveal');
    const { exporter, requests } = manager(screen);
    await exporter.export({ modelRef: 'job-1' });
    const target = join(folder, 'Ticket-routing-gguf-q8_0');
    expect(requests).toEqual([{ model: 'job-1', format: 'gguf-q8_0', folder: target }]);
    expect(screen.of('asked').map(({ labels }) => labels)).toEqual([['Merged model folder', 'GGUF, 16 bits', 'GGUF, 8 bits']]);
    expect(screen.of('told')).toEqual([{
      kind: 'told', level: 'information', actions: ['Reveal'],
      message: `Ticket routing! was exported to ${target} (2.1 MB). Checked: it answers 10 prompts exactly as the tuned model does.`,
    }]);
    expect(screen.of('opened')).toEqual([{ kind: 'opened', what: target, line: undefined }]);
  });

  it('from the palette asks which of the tuned models', async () => {
    const screen = new ScriptedScreen('Ticket routing!', 'Merged model folder');
    const { exporter, requests } = manager(screen);
    await exporter.export(undefined);
    expect(screen.of('asked')[0]).toMatchObject({ title: 'Export which model?', labels: ['Ticket routing!'] });
    expect(requests).toMatchObject([{ format: 'merged' }]);
  });

  it('takes another name when the first is taken', async () => {
    mkdirSync(join(folder, 'Ticket-routing-merged'));
    const { exporter, requests } = manager(new ScriptedScreen('Merged model folder'));
    await exporter.export({ modelRef: 'job-1' });
    expect(requests).toMatchObject([{ folder: join(folder, 'Ticket-routing-merged-2') }]);
  });

  it('does nothing more once a question is closed or the work is cancelled', async () => {
    for (const screen of [new ScriptedScreen(''), Object.assign(new ScriptedScreen('Merged model folder'), { cancels: true })]) {
      const { exporter, requests } = manager(screen);
      await exporter.export({ modelRef: 'job-1' });
      expect(requests).toEqual([]);
      expect(screen.of('told')).toEqual([]);
    }
  });

  it('says plainly when there is nothing to export', async () => {
    await expect(manager(new ScriptedScreen(), [BASE]).exporter.export(undefined)).rejects.toMatchObject({ code: 'model.none-tuned' });
    await expect(manager(new ScriptedScreen()).exporter.export({ modelRef: 'gone' })).rejects.toMatchObject({ code: 'model.ref.unknown' });
  });
});
