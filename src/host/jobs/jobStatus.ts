/** The status bar item while jobs run, the badge of the Jobs view, and the window that announces a job's end. */

import * as vscode from 'vscode';
import type { Job } from '../../core/jobs/job.ts';
import { Views } from '../../ids.ts';
import type { JobModel } from './jobModel.ts';
import type { Announce } from './jobNotifier.ts';
import type { Screen } from '../screen.ts';
import { isRunning, jobFacts, statusText } from './jobText.ts';

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

/** What the window says; injected into the notifier so that tests hear it. */
export function announceOn(screen: Pick<Screen, 'tell'>): Announce {
  return ({ level, message, actions }) => screen.tell(level, message, actions);
}
