/** The demo: one dataset, one comparison, and one JSON object for scripts. */

import { copyFile, mkdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, it, vi } from 'vitest';

import { runProgram } from '../../../src/cli/program.ts';
import { openServices } from '../../../src/cli/services.ts';
import { Terminal } from '../../../src/cli/terminal.ts';
import { openWorkshop, PROGRAMS, type Workshop } from '../support/workshop.ts';
import { JOB_TEST_MS } from '../support/until.ts';

vi.setConfig({ testTimeout: JOB_TEST_MS, hookTimeout: JOB_TEST_MS });

/** The workshop's model and dataset where the product's own starter and sample lie. */
async function furnish(workshop: Workshop): Promise<string> {
  const media = join(workshop.folder, 'media');
  await mkdir(join(media, 'sample'), { recursive: true });
  await rename(workshop.model, join(media, 'starter'));
  for (const name of ['tickets.tune.yaml', 'tickets.jsonl']) await copyFile(join(workshop.folder, name), join(media, 'sample', name));
  return media;
}

async function demo(workshop: Workshop, mediaFolder: string, ...words: string[]): Promise<{ code: number; out: string; err: string }> {
  const said = { out: '', err: '' };
  const terminal = new Terminal({ write: (text) => (said.out += text) }, { write: (text) => (said.err += text) }, {});
  const code = await runProgram(['demo', ...words], {
    version: '0', terminal,
    open: () => openServices({ home: workshop.home, programs: { ...PROGRAMS, mediaFolder }, terminal, onFault: (fault) => workshop.faults.push(fault) }),
  });
  return { code, ...said };
}

describe('the demo', () => {
  it('checks, trains, compares, and shows three answers of both models', async () => {
    await using workshop = await openWorkshop({ epochs: 4, baseModel: 'starter' });
    const media = await furnish(workshop);
    const spoken = await demo(workshop, media);
    expect(spoken, spoken.err).toMatchObject({ code: 0 });
    expect(spoken.out).toMatch(/^Checked 48 rows in \d+ ms: all of them can be trained on\.\n/);
    expect(spoken.out).toMatch(/base \d+% → tuned \d+% on 12 held-out rows/i);
    expect(spoken.out.match(/^Prompt {4}/gm)).toHaveLength(3);
    expect(spoken.out).toMatch(/^Tuned model: .*artifact$/m);

    const { code, out } = await demo(workshop, media, '--json');
    const result = JSON.parse(out) as { artifact: string; samples: unknown[] };
    expect(code).toBe(0);
    expect(Object.keys(result)).toEqual(['base', 'tuned', 'rows', 'seconds', 'tokensPerSecond', 'artifact', 'samples']);
    expect(result).toMatchObject({ rows: 12, base: { accuracy: expect.any(Number) as number }, tuned: { accuracy: expect.any(Number) as number } });
    expect(result.samples).toHaveLength(3);
    expect(JSON.parse(await readFile(join(result.artifact, 'adapter_config.json'), 'utf8'))).toMatchObject({ base_model_name_or_path: 'starter' });
    expect(workshop.faults).toEqual([]);
  });

  it('says so when the sample is not there', async () => {
    await using workshop = await openWorkshop();
    expect(JSON.parse((await demo(workshop, workshop.folder, '--json')).out)).toMatchObject({ error: { code: 'demo.sample.missing' } });
  });
});
