/** Starts the runner of a job as a process of its own, which outlives whoever started it. */

import { spawn } from 'node:child_process';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { UserError } from '../../errors.ts';
import type { Job } from '../../jobs/job.ts';
import { cleanEnvironment, type LocalPrograms } from './nodeProcess.ts';

/** What the runner prints, which is nothing unless it fails before it can write to the store. */
export const RUNNER_OUTPUT = 'runner.out';

export class RunnerLauncher {
  readonly #programs: LocalPrograms;
  readonly #home: string;
  readonly #environment: NodeJS.ProcessEnv;

  constructor(programs: LocalPrograms, home: string, environment: NodeJS.ProcessEnv) {
    this.#programs = programs;
    this.#home = home;
    this.#environment = environment;
  }

  /**
   * @param onEarlyEnd hears when the process ends with a fault, with the end of what it printed
   * @throws UserError "runner.start.failed" when the system does not start it
   */
  async launch(job: Job, onEarlyEnd: (output: string) => void): Promise<void> {
    const { execPath, execArgv = [], runnerFile, mediaFolder } = this.#programs;
    const file = join(job.folder, RUNNER_OUTPUT);
    // A file and not a pipe: a pipe would break, and kill the runner, when this process ends.
    const output = await open(file, 'w').catch((cause: unknown) => {
      throw startFailed(cause);
    });
    try {
      const child = spawn(execPath, [...execArgv, runnerFile, '--home', this.#home, '--job', job.id, '--media', mediaFolder], {
        detached: true,
        windowsHide: true,
        cwd: job.folder,
        stdio: ['ignore', output.fd, output.fd],
        env: cleanEnvironment(this.#environment),
      });
      child.once('exit', (code, signal) => {
        if (code !== 0) void lastWords(file).then((words) => onEarlyEnd(words || `It ended with ${signal ?? `exit code ${code}`}.`));
      });
      await new Promise<void>((resolve, reject) => {
        child.once('spawn', resolve);
        child.once('error', reject);
      }).catch((cause: unknown) => {
        throw startFailed(cause);
      });
      child.unref();
    } finally {
      await output.close();
    }
  }
}

function startFailed(cause: unknown): UserError {
  return new UserError('runner.start.failed', `The training process could not be started: ${(cause as Error).message}.`,
    'Resume the job to try again; if that fails, reinstall Tunesmith.', { cause });
}

async function lastWords(file: string): Promise<string> {
  return (await readFile(file, 'utf8').catch(() => '')).trim().slice(-2000);
}
