/** Keeps the measured speed of this machine, so that it is measured once. */

import { readFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';

import { writeAtomically } from '../../../engine/model/atomicFile.ts';
import type { ComputeRate } from './trainingSpeed.ts';

const FILE = 'machine.json';

interface Measurement extends ComputeRate {
  readonly version: 1;
  /** a home may travel to another machine */
  readonly processor: string;
  readonly measuredAt: string;
}

/** @returns undefined when nothing was measured on this processor */
export async function readRate(home: string): Promise<ComputeRate | undefined> {
  try {
    const { version, flops, processor } = JSON.parse(await readFile(join(home, FILE), 'utf8')) as Partial<Measurement>;
    if (version !== 1 || processor !== processorText() || typeof flops !== 'number' || !(flops > 0)) return undefined;
    return { flops };
  } catch {
    return undefined;
  }
}

/** @param now milliseconds */
export async function writeRate(home: string, { flops }: ComputeRate, now: number): Promise<void> {
  const measurement: Measurement = { version: 1, flops, processor: processorText(), measuredAt: new Date(now).toISOString() };
  await writeAtomically(join(home, FILE), [new TextEncoder().encode(`${JSON.stringify(measurement, null, 2)}\n`)]);
}

function processorText(): string {
  const all = cpus();
  return `${all.length} × ${all[0]?.model ?? ''}`;
}
