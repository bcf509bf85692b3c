/** What this machine says about its memory. */

import { freemem, totalmem } from 'node:os';

/** In bytes. */
export interface MachineMemory {
  readonly total: number;
  readonly available: number;
  /** held by this process, the base model included */
  readonly resident: number;
}

export function measureMachine(): MachineMemory {
  const limit = process.constrainedMemory();
  const total = limit > 0 ? Math.min(limit, totalmem()) : totalmem();
  return { total, available: Math.min(total, process.availableMemory() || freemem()), resident: process.memoryUsage.rss() };
}
