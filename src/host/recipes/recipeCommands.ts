/** The commands that start training: from a dataset, and from a recipe. */

import { UserError } from '../../core/errors.ts';
import type { Job } from '../../core/jobs/job.ts';
import { Commands, type FileArgument } from '../../ids.ts';
import type { CommandTable } from '../commands.ts';
import type { JobModel } from '../jobs/jobModel.ts';
import type { Screen } from '../screen.ts';
import type { FineTuneManager } from './fineTune.ts';

export interface LaunchServices {
  readonly model: JobModel;
  readonly save: (file: string) => Promise<void>;
  readonly screen: Pick<Screen, 'progress'>;
  readonly showJob: (jobId: string) => Promise<void>;
  readonly onLaunched: (jobId: string) => void;
  /** asks whether a recipe's base model shall be downloaded; true once it is here */
  readonly fetchBase: (recipeFile: string) => Promise<boolean>;
}

/** Hands a recipe to the JobClient and opens the job's page. */
export class LaunchManager {
  readonly #services: LaunchServices;

  constructor(services: LaunchServices) {
    this.#services = services;
  }

  /** @returns undefined when the user gave up before the job was there */
  async launch(recipeFile: string): Promise<Job | undefined> {
    const { model, save, screen, showJob, onLaunched, fetchBase } = this.#services;
    await save(recipeFile);
    const submit = (): Promise<Job | undefined> =>
      screen.progress('Starting the job', async (_, signal) => (await model.client()).submit(recipeFile, { signal }));
    const job = await submit().catch(async (fault: unknown) => {
      if (!(fault instanceof UserError) || fault.code !== 'model.not-downloaded') throw fault;
      return (await fetchBase(recipeFile)) ? submit() : undefined;
    });
    if (!job) return undefined;
    onLaunched(job.id);
    await showJob(job.id);
    return job;
  }
}

export class RecipeCommands {
  readonly #fineTune: FineTuneManager;
  readonly #launcher: LaunchManager;
  readonly #resolve: (kind: 'dataset' | 'recipe', argument: FileArgument | undefined, question: string) => Promise<string | undefined>;

  constructor(
    fineTune: FineTuneManager,
    launcher: LaunchManager,
    resolve: (kind: 'dataset' | 'recipe', argument: FileArgument | undefined, question: string) => Promise<string | undefined>,
  ) {
    this.#fineTune = fineTune;
    this.#launcher = launcher;
    this.#resolve = resolve;
  }

  register(commands: CommandTable): void {
    commands.register(Commands.fineTune, async (argument) => {
      const file = await this.#resolve('dataset', argument, 'Fine-tune on which dataset?');
      if (file !== undefined) await this.#fineTune.run(file);
    });
    commands.register(Commands.launchRecipe, async (argument) => {
      const file = await this.#resolve('recipe', argument, 'Launch which recipe?');
      if (file !== undefined) await this.#launcher.launch(file);
    });
  }
}
