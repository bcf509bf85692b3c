/** Finds and ends processes that a test's server started and that outlive it, such as the runners of jobs. Linux only. */

import * as fs from 'node:fs';

export interface FoundProcess {
  readonly pid: number;
  /** the words of its command line */
  readonly command: readonly string[];
}

/** Processes that have `folder`, which must be a test's own, in their command line or in a variable of their environment. */
export function processesOf(folder: string): FoundProcess[] {
  const mentions = (word: string): boolean => word.includes(folder);
  return fs
    .readdirSync('/proc')
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && pid !== process.pid)
    .map((pid) => ({ pid, command: words(`/proc/${pid}/cmdline`), environment: words(`/proc/${pid}/environ`) }))
    .filter((found) => found.command.some(mentions) || found.environment.some(mentions));
}

/** The processes that train: `dist/runner.cjs` of the installed extension. */
export function runnersOf(folder: string): FoundProcess[] {
  return processesOf(folder).filter(({ command }) => command.some((word) => word.endsWith('runner.cjs')));
}

export function killProcessesOf(folder: string): void {
  for (const { pid } of processesOf(folder)) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // it ended by itself
    }
  }
}

function words(file: string): string[] {
  try {
    return fs.readFileSync(file, 'utf8').split('\0').filter(Boolean);
  } catch {
    return []; // gone, or another user's
  }
}
