/** The commands about one job: open, stop, resume, remove, compare, log, report, recipe, artifact, details. */

import { UserError } from '../../core/errors.ts';
import type { Job } from '../../core/jobs/job.ts';
import { Commands, type JobArgument } from '../../ids.ts';
import type { ComparePart } from '../../protocol/comparePage.ts';
import type { CommandTable } from '../commands.ts';
import type { Screen } from '../screen.ts';
import { logUri } from './jobLog.ts';
import type { JobModel } from './jobModel.ts';
import { jobAbilities, jobDescription, jobDetails, stateFacts } from './jobText.ts';

export interface JobPages {
  showJob(jobId: string): Promise<void>;
  showCompare(jobId: string, part: ComparePart): Promise<void>;
}

export class JobCommands {
  readonly #model: JobModel;
  readonly #screen: Screen;
  readonly #pages: JobPages;

  constructor(model: JobModel, screen: Screen, pages: JobPages) {
    this.#model = model;
    this.#screen = screen;
    this.#pages = pages;
  }

  register(commands: CommandTable): void {
    const any = (): boolean => true;
    commands.register(Commands.openJob, (job) => this.#with(job, 'Open which job?', any, ({ id }) => this.#pages.showJob(id)));
    commands.register(Commands.stopJob, (job) => this.#with(job, 'Stop which job?', (one) => jobAbilities(one).stop, (one) => this.#stop(one)));
    commands.register(Commands.resumeJob, (job) => this.#with(job, 'Resume which job?', (one) => jobAbilities(one).resume, (one) => this.#resume(one)));
    commands.register(Commands.removeJob, (job) => this.#with(job, 'Remove which job?', (one) => jobAbilities(one).remove, (one) => this.#remove(one)));
    commands.register(Commands.compareJob, (job) =>
      this.#with(job, 'Compare the models of which job?', (one) => jobAbilities(one).compare, ({ id }) => this.#pages.showCompare(id, 'prompt')),
    );
    commands.register(Commands.openReport, (job) =>
      this.#with(job, 'Open the report of which job?', (one) => one.evaluation !== undefined, ({ id }) => this.#pages.showCompare(id, 'results')),
    );
    commands.register(Commands.openLog, (job) =>
      this.#with(job, 'Open the log of which job?', any, ({ id, name }) => this.#screen.openDocument(logUri(id, name).toString())),
    );
    commands.register(Commands.openJobRecipe, (job) => this.#with(job, 'Open the recipe of which job?', any, ({ recipeFile }) => this.#screen.openFile(recipeFile)));
    commands.register(Commands.revealArtifact, (job) =>
      this.#with(job, 'Show the files of which job?', (one) => one.artifact !== undefined, ({ artifact, folder }) => this.#screen.reveal(artifact ?? folder)),
    );
    commands.register(Commands.copyDetails, (job) => this.#with(job, 'Copy the details of which job?', any, (one) => this.#screen.copy(jobDetails(one))));
  }

  /** Finds the job meant, or asks; says so plainly when there is none to act on. */
  async #with(argument: JobArgument | undefined, question: string, fits: (job: Job) => boolean, act: (job: Job) => Promise<void>): Promise<void> {
    const id = typeof argument === 'string' ? argument : argument?.jobId;
    if (id !== undefined) return act(await this.#model.get(id));
    await this.#model.client();
    const candidates = (this.#model.jobs ?? []).filter(fits);
    if (candidates.length === 0) {
      throw new UserError('job.none-fits', `${question.replace(/\?$/, '')}: there is none.`, 'The Jobs view shows every job and what can be done with it.');
    }
    const chosen = await this.#screen.choose(
      { title: question },
      candidates.map((job) => ({ label: job.name, description: jobDescription(job, Date.now()), icon: stateFacts(job.state).icon, value: job })),
    );
    if (chosen) await act(chosen);
  }

  async #stop(job: Job): Promise<void> {
    await (await this.#model.client()).stop(job.id);
  }

  async #resume(job: Job): Promise<void> {
    await (await this.#model.client()).resume(job.id);
    await this.#pages.showJob(job.id);
  }

  async #remove(job: Job): Promise<void> {
    const yes = await this.#screen.confirm(
      `Remove the job ${job.name}?`,
      `Its record, log, checkpoints${job.artifact ? ' and tuned model' : ''} in ${job.folder} are deleted. The recipe and the dataset stay.`,
      'Remove',
    );
    if (!yes) return;
    await (await this.#model.client()).remove(job.id);
    await this.#model.reread();
  }
}
