/** The status bar item while jobs run, the badge of the Jobs view, and the one notification when a job ends. */

import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { Job } from '../../core/jobs/job.ts';
import { Commands, Views } from '../../ids.ts';
import { type EndNotice, endNotice, isRunning, jobFacts, statusText } from './jobText.ts';
import type { JobModel, JobsChange } from './jobModel.ts';

export class JobStatus implements vscode.Disposable {
  readonly #item: vscode.StatusBarItem;
  readonly #view: { badge?: vscode.ViewBadge | undefined };
  readonly #listening: { dispose(): void };
  readonly #now: () => number;

  constructor(model: JobModel, view: { badge?: vscode.ViewBadge | undefined }, now: () => number) {
    this.#view = view;
    this.#now = now;
    this.#item = vscode.window.createStatusBarItem('tunesmith.jobs', vscode.StatusBarAlignment.Left, 10);
    this.#item.name = 'Tunesmith Jobs';
    this.#item.command = `${Views.jobs}.focus`;
    this.#listening = model.onDidChange(({ jobs }) => this.#show(jobs));
  }

  #show(jobs: readonly Job[]): void {
    const running = jobs.filter(isRunning);
    const text = statusText(jobs);
    if (text === undefined) this.#item.hide();
    else {
      this.#item.text = text;
      this.#item.tooltip = running.map((job) => jobFacts(job, this.#now()).slice(0, 3).join('\n')).join('\n\n');
      this.#item.accessibilityInformation = { label: `Tunesmith: ${text.replace(/\$\([^)]*\) ?/g, '')}, show jobs` };
      this.#item.show();
    }
    const tooltip = running.length === 1 ? '1 job is running' : `${running.length} jobs are running`;
    if (this.#view.badge?.value !== running.length) this.#view.badge = running.length > 0 ? { value: running.length, tooltip } : undefined;
  }

  dispose(): void {
    this.#listening.dispose();
    this.#item.dispose();
  }
}

/** Shows a message and answers with the chosen action. */
export type Announce = (notice: EndNotice) => Promise<string | undefined>;

/** Runs a command of ours; the notification's actions do nothing themselves. */
export type RunCommand = (
  id: typeof Commands.compareJob | typeof Commands.openReport | typeof Commands.openLog | typeof Commands.resumeJob,
  jobId: string,
) => Promise<void>;

/**
 * Announces the end of a job once, in the window that holds its recipe or launched it. Windows agree through a file a
 * job, created exclusively: whoever creates it speaks.
 */
export class JobNotifier implements vscode.Disposable {
  readonly #announce: Announce;
  readonly #run: RunCommand;
  readonly #claims: string;
  readonly #isOurs: (job: Job) => boolean;
  readonly #launched = new Set<string>();
  readonly #listening: { dispose(): void };

  constructor(model: JobModel, options: { announce: Announce; run: RunCommand; claimsFolder: string; isOurs: (job: Job) => boolean }) {
    this.#announce = options.announce;
    this.#run = options.run;
    this.#claims = options.claimsFolder;
    this.#isOurs = options.isOurs;
    this.#listening = model.onDidChange((change) => void this.#hear(change));
  }

  /** A job launched here is announced here, wherever its recipe lies. */
  launchedHere(jobId: string): void {
    this.#launched.add(jobId);
  }

  async #hear({ moved }: JobsChange): Promise<void> {
    await Promise.all(
      moved.map(async ({ job, from }) => {
        const notice = endNotice(job);
        if (!notice || !(this.#launched.has(job.id) || this.#isOurs(job))) return;
        // The claim names the moment, so that a resumed job's second end is heard too.
        if (!(await this.#claim(`${job.id}-${job.state}-${job.endedAt ?? from}`))) return;
        await this.#say(job, notice);
      }),
    );
  }

  async #say(job: Job, notice: EndNotice): Promise<void> {
    const action = await this.#announce(notice);
    switch (action) {
      case 'Compare':
        return this.#run(Commands.compareJob, job.id);
      case 'Open Report':
        return this.#run(Commands.openReport, job.id);
      case 'Open Log':
        return this.#run(Commands.openLog, job.id);
      case 'Resume':
        return this.#run(Commands.resumeJob, job.id);
    }
  }

  async #claim(name: string): Promise<boolean> {
    try {
      await mkdir(this.#claims, { recursive: true });
      await (await open(join(this.#claims, name.replace(/[^\w.-]/g, '_')), 'wx')).close();
      return true;
    } catch (fault) {
      // Better said twice than never: only the file's existence means that another window has spoken.
      return (fault as NodeJS.ErrnoException).code !== 'EEXIST';
    }
  }

  dispose(): void {
    this.#listening.dispose();
  }
}

/** What the window says; injected into the notifier so that tests hear it. */
export const announceInWindow: Announce = async ({ level, message, actions }) => {
  switch (level) {
    case 'information':
      return vscode.window.showInformationMessage(message, ...actions);
    case 'warning':
      return vscode.window.showWarningMessage(message, ...actions);
    case 'error':
      return vscode.window.showErrorMessage(message, ...actions);
  }
};
