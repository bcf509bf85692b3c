/** Starts processes that work on a job store beside the test. */

import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';

export interface Hand {
  readonly process: ChildProcess;
  /** the first line it prints */
  readonly says: Promise<string>;
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
}

export function hand(home: string, task: string, ...words: string[]): Hand {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'storeHand.ts'), home, task, ...words], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended: Hand['ended'] = new Promise((resolve) => child.once('exit', (code, signal) => resolve({ code, signal })));
  const says = new Promise<string>((resolve) => child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString().trim())));
  return { process: child, says, ended };
}
