/** A run that is killed again and again leaves the same adapter behind, byte for byte, as one that nothing happened to. */

import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { RandomGenerator } from '../../../../src/engine/random.ts';

const KILLS = 5;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'killed-'));
});
afterAll(() => rm(folder, { recursive: true }));

interface Life {
  readonly resumedFrom: number;
  readonly totalSteps: number;
  readonly lastStep: number;
  readonly end: NodeJS.Signals | number | null;
}

/** Runs until the end, or kills the process `delay` turns of this one's event loop after it has reported `step`. */
function live(technique: string, home: string, kill?: { readonly step: number; readonly delay: number }): Promise<Life> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'run.ts'), technique, home], { stdio: ['ignore', 'pipe', 'inherit'] });
  let [resumedFrom, totalSteps, lastStep] = [0, 0, 0];
  let isDoomed = false;
  const killAfter = (turns: number): void => {
    if (turns === 0) child.kill('SIGKILL');
    else setImmediate(() => killAfter(turns - 1));
  };
  createInterface(child.stdout).on('line', (line) => {
    const [what, first, second] = line.split(' ');
    if (what === 'start') [resumedFrom, totalSteps] = [Number(first), Number(second)];
    if (what === 'step') lastStep = Number(first);
    if (what !== 'step' || kill === undefined || isDoomed || lastStep < kill.step) return;
    isDoomed = true;
    killAfter(kill.delay);
  });
  return new Promise((resolve, reject) => child.on('error', reject).on('close', (code, signal) => resolve({ resumedFrom, totalSteps, lastStep, end: signal ?? code })));
}

it.each([['sft', 1], ['dpo', 2], ['grpo', 3]] as const)('%s, killed at five moments (seed %i)', async (technique, seed) => {
  const [undisturbed, disturbed] = [join(folder, `${technique}-undisturbed`), join(folder, `${technique}-disturbed`)];
  const whole = await live(technique, undisturbed);
  expect(whole).toMatchObject({ resumedFrom: 0, end: 0 });

  const random = new RandomGenerator(seed);
  const moments: string[] = [];
  let from = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    // Anywhere in what is left, but with steps to spare for the kills to come.
    const left = whole.totalSteps - from - 2 * (KILLS - kill);
    const moment = { step: from + 1 + random.below(Math.max(1, Math.ceil((2 * left) / (KILLS - kill + 1)))), delay: random.below(400) };
    const life = await live(technique, disturbed, moment);
    expect(life.end, `kill ${kill + 1} after step ${moment.step}`).toBe('SIGKILL');
    expect(life.resumedFrom).toBeGreaterThanOrEqual(from === 0 ? 0 : from - 1);
    moments.push(`${moment.step}+${moment.delay} (reached ${life.lastStep})`);
    from = life.lastStep;
  }
  console.log(`${technique}: killed after steps ${moments.join(', ')} of ${whole.totalSteps}`);
  expect(await live(technique, disturbed)).toMatchObject({ end: 0, lastStep: whole.totalSteps });
  const adapter = (home: string): Promise<Buffer> => readFile(join(home, 'adapter', 'adapter_model.safetensors'));
  expect((await adapter(disturbed)).equals(await adapter(undisturbed)), moments.join(', ')).toBe(true);
  if (technique !== 'grpo') return;
  const rollouts = (home: string): Promise<string> => readFile(join(home, 'rollouts.jsonl'), 'utf8');
  expect(await rollouts(disturbed)).toBe(await rollouts(undisturbed));
});
