/** Asks models for text in a child process, which is started on first use and ended when nobody has asked for a while. */

import type { Clock } from '../../jobs/clock.ts';
import type { GenerateRequest, GenerateResult } from '../../jobs/jobClient.ts';
import type { Disposable } from '../../lifecycle.ts';
import { startInferenceChild, valueOf, type InferenceChild } from './inferenceChild.ts';
import type { Answer, ModelFiles } from './inferenceContract.ts';
import type { LocalPrograms } from './nodeProcess.ts';

/** Loaded weights are kept so long after the last question. */
const IDLE_MS = 5 * 60_000;

interface Child extends InferenceChild {
  readonly listeners: Map<number, (piece: string) => void>;
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
      return valueOf(await Promise.race([work(child, call), child.ended]));
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
    const listeners = new Map<number, (piece: string) => void>();
    const child = startInferenceChild(this.#programs, this.#environment, {
      onText: (call, piece) => listeners.get(call)?.(piece),
      onExport: () => undefined,
    });
    child.process.once('error', () => this.#forget(child));
    child.process.once('exit', () => this.#forget(child));
    return { ...child, listeners };
  }

  #forget({ process }: InferenceChild): void {
    if (this.#child?.process === process) this.#child = undefined;
  }
}
