/** Contestants of a benchmark take turns in one run, each in a process of its own, so that a noisy machine disturbs all alike. */

import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { peakMemoryGB } from './workload.ts';

export interface Turn {
  readonly seconds: number;
  readonly peakMemoryGB: number;
}

/** Runs the work once for every line of standard input, and answers with a line of JSON. */
export async function answerTurns(work: () => Promise<number>): Promise<void> {
  for await (const line of createInterface({ input: process.stdin })) {
    if (line !== 'turn') throw new Error(`what is "${line}"?`);
    const seconds = await work();
    process.stdout.write(`${JSON.stringify({ seconds, peakMemoryGB: peakMemoryGB() } satisfies Turn)}\n`);
  }
}

export class Contestant {
  private readonly child: ChildProcessByStdio<Writable, Readable, null>;
  private readonly answers: AsyncIterator<string>;
  readonly turns: Turn[] = [];

  constructor(command: string, args: readonly string[]) {
    // Threads that spin while they wait would take the core of whoever has its turn.
    this.child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, OMP_WAIT_POLICY: 'passive' } });
    this.answers = createInterface({ input: this.child.stdout })[Symbol.asyncIterator]();
  }

  /** A script of this folder in a process of its own. */
  static ofScript(script: string, ...args: readonly string[]): Contestant {
    return new Contestant(process.execPath, [`${import.meta.dirname}/${script}`, ...args]);
  }

  /** @throws Error when the process ends instead of answering */
  async turn(): Promise<Turn> {
    this.child.stdin.write('turn\n');
    const answer = await this.answers.next();
    if (answer.done) throw new Error(`${this.child.spawnargs.join(' ')} ended without an answer`);
    const turn = JSON.parse(answer.value) as Turn;
    this.turns.push(turn);
    return turn;
  }

  /** Ends the process when one turn takes longer. @returns whether it is still in */
  async staysWithin(limitMs: number): Promise<boolean> {
    const timer = setTimeout(() => this.child.kill('SIGKILL'), limitMs);
    try {
      await this.turn();
      return true;
    } catch {
      return false;
    } finally {
      clearTimeout(timer);
    }
  }

  async end(): Promise<void> {
    const exit = once(this.child, 'exit');
    this.child.stdin.end();
    await exit;
  }
}
