/** Starts the process that runs models, with a typed line to it. */

import { fork, type ChildProcess } from 'node:child_process';

import { createBirpc, type BirpcReturn } from 'birpc';

import { UserError } from '../../errors.ts';
import type { Answer, InferenceEvents, InferenceFunctions } from './inferenceContract.ts';
import { cleanEnvironment, type LocalPrograms } from './nodeProcess.ts';

export interface InferenceChild {
  readonly process: ChildProcess;
  readonly rpc: BirpcReturn<InferenceFunctions, InferenceEvents>;
  /** rejects with UserError "inference.crashed" when the process ends */
  readonly ended: Promise<never>;
}

/** @param events called as the child tells of them */
export function startInferenceChild({ execPath, execArgv = [], inferenceFile }: LocalPrograms, environment: NodeJS.ProcessEnv, events: InferenceEvents): InferenceChild {
  const process = fork(inferenceFile, [], {
    execPath, execArgv: [...execArgv], env: cleanEnvironment(environment), serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let lastWords = '';
  process.stderr?.on('data', (chunk: Buffer) => {
    lastWords = (lastWords + chunk.toString()).slice(-2000);
  });
  const rpc = createBirpc<InferenceFunctions, InferenceEvents>(
    events,
    {
      post: (message) => process.connected && process.send(message as object),
      on: (receive) => process.on('message', receive),
      eventNames: ['abort'],
      timeout: -1, // a long answer of a large model is no fault; a crash is noticed by the process's end
    },
  );
  const ended = new Promise<never>((_, reject) => {
    const report = (what: string): void => {
      reject(new UserError('inference.crashed', `The process that runs the models ended: ${what}.`,
        'Ask again: a new one is started. If it ends again, the model may need more memory than there is.',
        { cause: new Error(lastWords) }));
    };
    process.once('error', (fault) => report(fault.message));
    process.once('exit', (code, signal) => report(signal ? `signal ${signal}` : `exit code ${code}`));
  });
  ended.catch(() => undefined); // heard by the calls that wait; there may be none
  // An idle child does not keep this process alive; the calls that wait must.
  return { process, rpc, ended };
}

/** @throws UserError the fault that the child met */
export function valueOf<T>(answer: Answer<T>): T {
  if (answer.ok) return answer.value;
  const { code, message, remedy } = answer.fault;
  const cause = answer.stack === undefined ? undefined : Object.assign(new Error(message), { stack: answer.stack });
  throw new UserError(code, message, remedy, { cause });
}
