/** A job's model taken out through the job client: in a process of its own, cancelled without a trace. */

import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import type { ExportProgress } from '../../../../src/engine/export/exportFormats.ts';
import { readGgufHeader } from '../../../../src/engine/export/gguf/reader.ts';
import type { Job } from '../../../../src/core/jobs/job.ts';
import { agreementText, EXPORT_FORMATS, exportProgressText, reportLines } from '../../../../src/core/wording/exports.ts';
import { JOB_TEST_MS } from '../../support/until.ts';
import { ended, openWorkshop, type Workshop } from '../../support/workshop.ts';

vi.setConfig({ testTimeout: JOB_TEST_MS, hookTimeout: JOB_TEST_MS });

let workshop: Workshop;
let job: Job;

beforeAll(async () => {
  workshop = await openWorkshop({ epochs: 3 });
  const client = workshop.client();
  job = await ended(client, (await client.submit(workshop.recipe)).id);
});

afterAll(() => workshop[Symbol.asyncDispose]());

describe('exporting a job', () => {
  it.each(EXPORT_FORMATS)('writes its tuned model and tells how it went: %s', async (format) => {
    const folder = join(workshop.folder, `out-${format}`);
    const progress: ExportProgress[] = [];
    const report = await workshop.client().exportModel({ model: job.id, format, folder }, (one) => progress.push(one));
    expect(report).toMatchObject({ format, folder, agreement: { prompts: 10 } });
    expect(report.files.map(({ name }) => name)).toEqual((await readdir(folder)).toSorted());
    expect(progress.map(exportProgressText)).toEqual(expect.arrayContaining(['Asking the tuned model', 'Writing 100%', 'Asking the exported model']));
  });

  it('takes the name of the job and its system message along', async () => {
    const folder = join(workshop.folder, 'named');
    await workshop.client().exportModel({ model: job.id, format: 'gguf-f16', folder }, () => undefined);
    const { metadata } = await readGgufHeader(join(folder, 'tickets-F16.gguf'));
    expect(metadata.get('general.name')?.value).toBe('tickets');
    expect(await readFile(join(folder, 'Modelfile'), 'utf8')).toContain('SYSTEM """Route the ticket."""');
  });

  it('gives the same weights by the folder of its adapter', async () => {
    const [byJob, byFolder] = [join(workshop.folder, 'by-job'), join(workshop.folder, 'by-folder')];
    await workshop.client().exportModel({ model: job.id, format: 'merged', folder: byJob }, () => undefined);
    await workshop.client().exportModel({ model: job.artifact as string, format: 'merged', folder: byFolder }, () => undefined);
    const weights = (folder: string): Promise<Buffer> => readFile(join(folder, 'model.safetensors'));
    expect(await weights(byFolder)).toEqual(await weights(byJob));
    expect(await weights(byJob)).not.toEqual(await weights(workshop.model));
  });

  it.each(['reference', 'write', 'check'] as const)('leaves nothing behind when it is cancelled in phase "%s"', async (phase) => {
    const parent = join(workshop.folder, `cancelled-${phase}`);
    await mkdir(parent);
    const stop = new AbortController();
    const work = workshop.client().exportModel({ model: job.id, format: 'gguf-q8_0', folder: join(parent, 'model') }, (progress) => {
      if (progress.phase === phase) stop.abort();
    }, stop.signal);
    // What is done when the news arrives stays done.
    const outcome = await work.then(() => 'done', (fault: unknown) => fault);
    expect([stop.signal.reason, 'done']).toContain(outcome);
    expect(await readdir(parent)).toEqual(outcome === 'done' ? ['model'] : []);
  });

  it('hands on what the engine refuses', async () => {
    const folder = join(workshop.folder, 'mine');
    await mkdir(folder);
    await writeFile(join(folder, 'notes.txt'), '');
    const client = workshop.client();
    await expect(client.exportModel({ model: job.id, format: 'merged', folder }, () => undefined)).rejects.toMatchObject({ name: 'UserError', code: 'export.target.exists' });
    await expect(client.exportModel({ model: 'nobody', format: 'merged', folder }, () => undefined)).rejects.toMatchObject({ code: 'model.ref.unknown' });
  });
});

describe('an export in words', () => {
  const report = {
    format: 'gguf-q8_0', folder: '/out', files: [{ name: 'm.gguf', bytes: 2_100_000 }, { name: 'Modelfile', bytes: 478 }], parameters: 1, notes: ['A note.'],
    agreement: { prompts: 10, identical: 8, tokens: 73, agreeing: 71 },
  } as const;

  it('says what was written and how it was checked', () => {
    expect(reportLines(report)).toEqual([
      'Exported to /out', '  m.gguf     2.1 MB', '  Modelfile  478 bytes',
      "Checked: 71 of 73 tokens of the tuned model's answers to 10 prompts are the same.", 'A note.',
    ]);
    expect(agreementText({ ...report, agreement: { ...report.agreement, identical: 10 } })).toBe('Checked: it answers 10 prompts exactly as the tuned model does.');
  });
});
