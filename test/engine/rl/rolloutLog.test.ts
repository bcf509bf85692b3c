/** The log of rollouts keeps each step once, through crashes and resumed runs. */

import { appendFile, mkdtemp, readFile, rm, truncate, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { RolloutLog, type RolloutRecord } from '../../../src/engine/rl/rolloutLog.ts';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rollouts-'));
  file = join(folder, 'rollouts.jsonl');
});
afterEach(() => rm(folder, { recursive: true }));

function recordsOf(step: number, completion = 'Zürich\n7'): RolloutRecord[] {
  return [0, 1].map((sample) => ({
    step, row: step + 10, sample, prompt: [{ role: 'user', content: 'q' }], completion, tokens: 3, finish: 'end',
    rewards: { rule: sample === 0 ? null : 1 }, reward: sample === 0 ? null : 1, advantage: sample === 0 ? null : 0,
  }));
}

async function inLog(): Promise<RolloutRecord[]> {
  return (await readFile(file, 'utf8')).split('\n').filter(Boolean).map((line) => JSON.parse(line) as RolloutRecord);
}

async function write(...steps: readonly (readonly [number, string?])[]): Promise<void> {
  const log = await RolloutLog.open(file);
  for (const [step, completion] of steps) await log.write(step, recordsOf(step, completion));
  await log.close();
}

it('keeps everything that it was given, a line each', async () => {
  await write([1], [2]);
  expect(await inLog()).toEqual([...recordsOf(1), ...recordsOf(2)]);
});

it('goes on behind what is there', async () => {
  await write([1], [2]);
  await write([3]);
  expect((await inLog()).map(({ step }) => step)).toEqual([1, 1, 2, 2, 3, 3]);
});

it('drops what an earlier attempt wrote of a step that is taken again, and of the steps after it', async () => {
  await write([1], [2, 'old'], [3, 'old'], [4, 'old']);
  await write([2, 'new'], [3, 'new']);
  expect((await inLog()).map(({ step, completion }) => [step, completion])).toEqual(
    [[1, 'Zürich\n7'], [1, 'Zürich\n7'], [2, 'new'], [2, 'new'], [3, 'new'], [3, 'new']]);
});

it('removes a line that a dying process tore', async () => {
  await write([1], [2]);
  await appendFile(file, '{"step":3,"completion":"ha');
  await write([3]);
  expect(await inLog()).toEqual([...recordsOf(1), ...recordsOf(2), ...recordsOf(3)]);
});

it('is whole again after the step is retaken, wherever a write was cut', async () => {
  await write([1], [2]);
  const { size } = await stat(file);
  const whole = await readFile(file);
  await fc.assert(fc.asyncProperty(fc.nat(size), async (cut) => {
    await truncate(file, cut);
    await write([1], [2]);
    expect((await readFile(file)).equals(whole)).toBe(true);
  }), { numRuns: 30 });
});
