/** Asks models for text in a child process, which is started on first use and ended when nobody has asked for a while. */

import { fork, type ChildProcess } from 'node:child_process';

import { createBirpc, type BirpcReturn } from 'birpc';

import { UserError } from '../../errors.ts';
import type { Clock } from '../../jobs/clock.ts';
import type { GenerateRequest, GenerateResult } from '../../jobs/jobClient.ts';
import type { Disposable } from '../../lifecycle.ts';
import type { Answer, InferenceEvents, InferenceFunctions, ModelFiles } from './inferenceContract.ts';
import { cleanEnvironment, type LocalPrograms } from './nodeProcess.ts';

/** Loaded weights are kept so long after the last question. */
const IDLE_MS = 5 * 60_000;

interface Child {
  readonly process: ChildProcess;
  readonly rpc: BirpcReturn<InferenceFunctions, InferenceEvents>;
  readonly listeners: Map<number, (piece: string) => void>;
  /** rejects when the process ends */
  readonly ended: Promise<never>;
}

export class InferenceClient implements Disposable {
  readonly #programs: LocalPrograms;
  readonly #environment: NodeJS.ProcessEnv;
  readonly #clock: Clock;
  #child: Child | undefined;
  #calls = 0;
  #idle: Disposable | undefined;

  constructor(programs: LocalPrograms, environment: NodeJS.ProcessEnv, clock: Clock) {
    this.#programs = programs;
    this.#environment = environment;
    this.#clock = clock;
  }

  /**
   * @throws UserError as the model's files deserve, and "inference.crashed" when the child ends; the next call starts a new one
   */
  async generate(
    files: ModelFiles, request: GenerateRequest, onText: (piece: string) => void, signal: AbortSignal,
  ): Promise<GenerateResult> {
    if (signal.aborted) return { text: '', tokens: 0, seconds: 0, finish: 'aborted' };
    return this.#ask(onText, async (child, call) => {
      const abort = (): void => void child.rpc.abort.asEvent(call);
      signal.addEventListener('abort', abort, { once: true });
      try {
        return await child.rpc.generate(call, files, request);
      } finally {
        signal.removeEventListener('abort', abort);
      }
    });
  }

  /**
   * Float32 operations a second that the engine manages here.
   *
   * @throws UserError "inference.crashed"
   */
  async measureRate(): Promise<number> {
    return this.#ask(() => undefined, (child) => child.rpc.measureRate());
  }

  async #ask<T>(onText: (piece: string) => void, work: (child: Child, call: number) => Promise<Answer<T>>): Promise<T> {
    this.#idle?.dispose();
    this.#child ??= this.#start();
    const child = this.#child;
    const call = ++this.#calls;
    child.listeners.set(call, onText);
    try {
      const answer = await Promise.race([work(child, call), child.ended]);
      if (answer.ok) return answer.value;
      const { code, message, remedy } = answer.fault;
      const cause = answer.stack === undefined ? undefined : Object.assign(new Error(message), { stack: answer.stack });
      throw new UserError(code, message, remedy, { cause });
    } finally {
      child.listeners.delete(call);
      if (child.listeners.size === 0) this.#endWhenIdle(child);
    }
  }

  dispose(): void {
    this.#idle?.dispose();
    this.#child?.process.kill();
    this.#child = undefined;
  }

  #endWhenIdle(child: Child): void {
    this.#idle?.dispose();
    this.#idle = this.#clock.after(IDLE_MS, () => {
      if (child.listeners.size === 0 && this.#child === child) this.dispose();
    });
  }

  #start(): Child {
    const { execPath, execArgv = [], inferenceFile } = this.#programs;
    const process = fork(inferenceFile, [], {
      execPath, execArgv: [...execArgv], env: cleanEnvironment(this.#environment), serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    let lastWords = '';
    process.stderr?.on('data', (chunk: Buffer) => {
      lastWords = (lastWords + chunk.toString()).slice(-2000);
    });
    const listeners = new Map<number, (piece: string) => void>();
    const rpc = createBirpc<InferenceFunctions, InferenceEvents>(
      { onText: (call, piece) => listeners.get(call)?.(piece) },
      {
        post: (message) => process.connected && process.send(message as object),
        on: (receive) => process.on('message', receive),
        eventNames: ['abort'],
        timeout: -1, // a long answer of a large model is no fault; a crash is noticed by the process's end
      },
    );
    const ended = new Promise<never>((_, reject) => {
      const report = (what: string): void => {
        if (this.#child?.process === process) this.#child = undefined;
        reject(new UserError('inference.crashed', `The process that runs the models ended: ${what}.`,
          'Ask again: a new one is started. If it ends again, the model may need more memory than there is.',
          { cause: new Error(lastWords) }));
      };
      process.once('error', (fault) => report(fault.message));
      process.once('exit', (code, signal) => report(signal ? `signal ${signal}` : `exit code ${code}`));
    });
    ended.catch(() => undefined); // heard by the calls that wait; there may be none
    // An idle child does not keep this process alive; the calls that wait must.
    return { process, rpc, listeners, ended };
  }
}
