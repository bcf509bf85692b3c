/** `tunesmith export` as a person or a script uses it. */

import { execFile, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, it, vi } from 'vitest';

import { JOB_TEST_MS } from '../support/until.ts';
import { REPOSITORY } from '../support/workshop.ts';

vi.setConfig({ testTimeout: JOB_TEST_MS });

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'export-command-'));
});
afterAll(() => rm(folder, { recursive: true }));

function tunesmith(...words: string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [join(REPOSITORY, 'src/cli/main.ts'), '--home', join(folder, 'home'), 'export', ...words], (fault, out, err) =>
      resolve({ code: fault === null ? 0 : Number(fault.code), out, err }));
  });
}

it('writes a model, says what it wrote, and never writes over it', async () => {
  const out = join(folder, 'starter');
  const first = await tunesmith('starter', '--format', 'gguf-q8_0', '--out', out);
  expect(first, first.err).toMatchObject({ code: 0, err: expect.stringContaining('Writing\n') as string });
  expect(first.out).toMatch(/^Exported to .*starter\n {2}Modelfile .*\n {2}starter-Q8_0\.gguf {2}2\.1 MB\nChecked: /);
  expect(await readdir(out)).toEqual(['Modelfile', 'starter-Q8_0.gguf']);
  const again = await tunesmith('starter', '--format', 'merged', '--out', out, '--json');
  expect(again.code).toBe(1);
  expect(JSON.parse(again.out)).toMatchObject({ error: { code: 'export.target.exists' } });
});

it('gives its report as JSON', async () => {
  const said = await tunesmith('starter', '--format', 'merged', '--out', join(folder, 'merged'), '--json');
  expect(JSON.parse(said.out)).toMatchObject({ format: 'merged', agreement: { prompts: 10, identical: 10 }, notes: [] });
  expect(said.err).toBe('');
});

it('stops at Ctrl+C, which a terminal sends to all of its processes, and keeps nothing', async () => {
  const parent = join(folder, 'stopped');
  await mkdir(parent);
  const words = ['--home', join(folder, 'home'), 'export', 'starter', '--format', 'merged', '--out', join(parent, 'model')];
  const child = spawn(process.execPath, [join(REPOSITORY, 'src/cli/main.ts'), ...words], { detached: true, stdio: ['ignore', 'ignore', 'pipe'] });
  let err = '';
  child.stderr.on('data', (chunk: Buffer) => {
    if (!err.includes('Asking') && chunk.toString().includes('Asking')) process.kill(-(child.pid as number), 'SIGINT');
    err += chunk.toString();
  });
  const code = await new Promise((resolve) => child.once('close', resolve));
  expect(code, err).toBe(130);
  expect(err).toContain('Stopped; nothing was kept.');
  expect(await readdir(parent)).toEqual([]);
});

it('wants a format that it knows', async () => {
  expect(await tunesmith('starter', '--format', 'zip', '--out', join(folder, 'zip'))).toMatchObject({ code: 2, err: expect.stringContaining('Allowed choices are merged, gguf-f16, gguf-q8_0') as string });
});
