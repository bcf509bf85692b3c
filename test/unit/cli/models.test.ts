/** `tunesmith models` and `tunesmith download`, as whole processes against a hub on this machine. */

import { spawn } from 'node:child_process';
import { join } from 'node:path';

import { describe, expect, it, vi } from 'vitest';

import { downloadLine } from '../../../src/cli/progress.ts';
import { COMMIT, MODEL, openHubBench, type HubBench } from '../support/hubBench.ts';
import { JOB_TEST_MS } from '../support/until.ts';
import { REPOSITORY } from '../support/workshop.ts';

vi.setConfig({ testTimeout: JOB_TEST_MS });

interface Said {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function tunesmith(bench: HubBench, words: readonly string[], started: (child: ReturnType<typeof spawn>) => void = () => undefined): Promise<Said> {
  const child = spawn(process.execPath, [join(REPOSITORY, 'src/cli/main.ts'), '--home', join(bench.folder, 'home'), ...words], {
    stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, HF_HUB_CACHE: '', ...bench.environment },
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  started(child);
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, out, err })));
}

describe('tunesmith', () => {
  it('downloads a model, then lists it', async () => {
    await using bench = await openHubBench();
    const download = await tunesmith(bench, ['download', MODEL]);
    expect(download, download.err).toMatchObject({ code: 0 });
    expect(download.out).toContain(`${MODEL}@${COMMIT} is on this machine`);
    expect(download.err).toContain('100% · ');
    expect(download.err).not.toContain('\u001b');
    const again = JSON.parse((await tunesmith(bench, ['download', MODEL, '--json'])).out) as unknown;
    expect(again).toEqual({ id: MODEL, commit: COMMIT, folder: join(bench.cache, 'models--Acme--Tiny-Llama', 'snapshots', COMMIT) });

    const { out } = await tunesmith(bench, ['models', '--json']);
    const listed = JSON.parse(out) as { here: { ref: string }[]; offered: { id: string; isGated: boolean; isMeasured: boolean }[] };
    expect(listed.here.map(({ ref }) => ref)).toEqual(['starter', MODEL]);
    expect(listed.offered.find(({ id }) => id.startsWith('google/'))).toMatchObject({ isGated: true, isHere: false, isMeasured: true });
    const table = (await tunesmith(bench, ['models'])).out;
    expect(table).toContain(MODEL);
    expect(table).toMatch(/HuggingFaceTB\/SmolLM2-135M-Instruct +273 MB +135M .* tokens\/s +Apache-2\.0/);
  });

  it('says why a model does not come', async () => {
    await using bench = await openHubBench();
    const said = await tunesmith(bench, ['download', 'Acme/None']);
    expect(said).toMatchObject({ code: 1, out: '' });
    expect(said.err).toContain('The hub has no model Acme/None, or it is private.');
    expect(JSON.parse((await tunesmith(bench, ['download', '../x', '--json'])).out)).toMatchObject({ error: { code: 'hub.id.invalid' } });
  });

  it('keeps what it has when Ctrl+C is pressed', async () => {
    await using bench = await openHubBench();
    const said = await tunesmith(bench, ['download', MODEL], (child) => {
      // The hub holds its breath in the middle of the weights.
      bench.hub.fail('model.safetensors', { kind: 'hang', after: 100_000 });
      bench.hub.onHang = () => child.kill('SIGINT');
    });
    expect(said).toMatchObject({ code: 130, out: '' });
    expect(said.err).toContain('goes on from there');
    expect((await bench.blobs()).some((name) => name.endsWith('.incomplete'))).toBe(true);
  });
});

it('the line of a download never wraps', () => {
  const progress = { file: 'model.safetensors', bytes: 1.2e9, totalBytes: 3.4e9, bytesPerSecond: 41e6, secondsLeft: 54 };
  expect(downloadLine(progress, 120)).toBe('Downloading ━━━━━━━───────────── 35% · 1.2 GB of 3.4 GB · 41.0 MB/s · 54 s left · model.safetensors');
  for (const columns of [10, 30, 60, 80]) expect(downloadLine(progress, columns).length).toBeLessThan(columns);
});
