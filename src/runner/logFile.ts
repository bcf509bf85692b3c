/** `log.txt` of a job's folder: one line for everything that happened, for people and for bug reports. */

import { appendFileSync } from 'node:fs';

export type LogLevel = 'info' | 'warning' | 'error';

export class LogFile {
  readonly #file: string;
  readonly #now: () => number;

  constructor(file: string, now: () => number) {
    this.#file = file;
    this.#now = now;
  }

  /** Written at once, so that the last line before a crash is there. */
  write(level: LogLevel, text: string): void {
    const line = `${new Date(this.#now()).toISOString()} ${level.padEnd(7)} ${text}\n`;
    try {
      appendFileSync(this.#file, line);
    } catch {
      // On a full disk the job fails by its checkpoint, with a better message than a lost line would give.
      process.stderr.write(line);
    }
  }
}
