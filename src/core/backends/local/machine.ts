/** What this machine has, as far as estimates depend on it. */

import { cpus } from 'node:os';

import { measureMachine } from '../../../engine/train/machine.ts';

export interface MachineSize {
  readonly cores: number;
  /** bytes that there are for this process and all others */
  readonly totalMemory: number;
}

export function thisMachine(): MachineSize {
  return { cores: Math.max(1, cpus().length), totalMemory: measureMachine().total };
}
