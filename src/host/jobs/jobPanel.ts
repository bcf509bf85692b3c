/** The job page's host: one panel a job, told of every step, restored when the window opens again. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { JobChange } from '../../core/jobs/jobClient.ts';
import type { Disposable } from '../../core/lifecycle.ts';
import { Commands, Pages } from '../../ids.ts';
import type { JobPage, JobPageHost, JobPageState } from '../../protocol/jobPage.ts';
import type { SavedPage } from '../../protocol/page.ts';
import type { CommandTable, FaultReporter } from '../commands.ts';
import type { TrustGate } from '../trust.ts';
import { PageChannel, pageHtml, pageOptions } from '../webviews/page.ts';
import { checkpointRows, eventRows, jobHeader, metricRows } from './jobHistory.ts';
import type { JobModel } from './jobModel.ts';
import { JobNews } from './jobNews.ts';

const page = { folder: 'job', viewType: Pages.job, title: 'Tunesmith Job', waiting: 'Reading the job' };

/** Events shown on the page; older ones are in the log. */
const EVENTS_SHOWN = 200;

export interface JobPanelServices {
  readonly model: JobModel;
  readonly commands: CommandTable;
  readonly faults: FaultReporter;
  readonly trust: TrustGate;
  readonly extensionUri: vscode.Uri;
  readonly now: () => number;
}

export class JobPanels implements vscode.WebviewPanelSerializer, vscode.Disposable {
  readonly #services: JobPanelServices;
  readonly #open = new Map<string, JobPanel>();

  constructor(services: JobPanelServices) {
    this.#services = services;
  }

  async show(jobId: string): Promise<void> {
    const open = this.#open.get(jobId);
    if (open) return open.reveal();
    const job = await this.#services.model.get(jobId);
    const options = pageOptions(this.#services.extensionUri);
    this.#adopt(vscode.window.createWebviewPanel(page.viewType, job.name, vscode.ViewColumn.Active, options), jobId, job.name);
  }

  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: SavedPage | undefined): Promise<void> {
    const job = state && (await this.#services.model.client()).get(state.subject);
    // A job that was removed meanwhile has nothing to show.
    if (!job) {
      panel.dispose();
      return;
    }
    panel.webview.options = pageOptions(this.#services.extensionUri);
    this.#adopt(panel, job.id, job.name);
  }

  #adopt(panel: vscode.WebviewPanel, jobId: string, name: string): void {
    panel.title = name;
    panel.iconPath = new vscode.ThemeIcon('graph-line');
    const mine = new JobPanel(panel, jobId, this.#services);
    this.#open.set(jobId, mine);
    panel.onDidDispose(() => {
      mine.dispose();
      this.#open.delete(jobId);
    });
  }

  dispose(): void {
    for (const panel of [...this.#open.values()]) panel.close();
  }
}

class JobPanel {
  readonly #panel: vscode.WebviewPanel;
  readonly #jobId: string;
  readonly #services: JobPanelServices;
  readonly #channel: PageChannel<JobPageHost, JobPage, JobPageState>;
  /** what the page has */
  #seq = 0;
  #watch: Disposable | undefined;
  #isDisposed = false;
  readonly #news = new JobNews((patch) => this.#channel.tell('patch', patch));
  readonly #trusting: vscode.Disposable;

  constructor(panel: vscode.WebviewPanel, jobId: string, services: JobPanelServices) {
    this.#panel = panel;
    this.#jobId = jobId;
    this.#services = services;
    const run = (id: Parameters<CommandTable['run']>[0]) => () => services.faults.watch(services.commands.run(id, jobId));
    this.#channel = new PageChannel<JobPageHost, JobPage, JobPageState>(
      panel,
      {
        ready: () => this.#state(),
        stop: run(Commands.stopJob),
        resume: run(Commands.resumeJob),
        compare: run(Commands.compareJob),
        openReport: run(Commands.openReport),
        openLog: run(Commands.openLog),
        openRecipe: run(Commands.openJobRecipe),
        revealArtifact: run(Commands.revealArtifact),
      },
      (fault) => void services.faults.report(fault),
    );
    this.#trusting = vscode.workspace.onDidGrantWorkspaceTrust(() => {
      const job = services.model.jobs?.find(({ id }) => id === jobId);
      if (job) this.#hear({ job, events: [], metrics: [] });
    });
    panel.webview.html = pageHtml(panel.webview, services.extensionUri, page);
  }

  reveal(): void {
    this.#panel.reveal();
  }

  close(): void {
    this.#panel.dispose();
  }

  async #state(): Promise<JobPageState> {
    const { model, now, trust } = this.#services;
    const client = await model.client();
    const before = await model.get(this.#jobId);
    const recipe = await readRecipe(before.folder, before.recipeFile);
    const { job, events, metrics, seq } = client.history(this.#jobId);
    this.#seq = seq;
    // The page may have been closed while its files were read: nobody would end the watch.
    if (!this.#isDisposed) this.#watch ??= client.watch(this.#jobId, (change) => this.#hear(change), seq);
    this.#news.clear();
    return {
      jobId: this.#jobId,
      header: jobHeader(job, now(), trust.open),
      metrics: metricRows(metrics),
      events: eventRows(events.slice(-EVENTS_SHOWN)),
      checkpoints: checkpointRows(events),
      recipe,
      recipeFile: job.recipeFile,
    };
  }

  #hear({ job, events, metrics }: JobChange): void {
    // The page may have asked for everything since the watch was last told.
    const newEvents = events.filter(({ seq }) => seq > this.#seq);
    const newMetrics = metrics.filter(({ seq }) => seq > this.#seq);
    this.#seq = Math.max(this.#seq, newEvents.at(-1)?.seq ?? 0, newMetrics.at(-1)?.seq ?? 0);
    this.#news.add({
      header: jobHeader(job, this.#services.now(), this.#services.trust.open),
      metrics: metricRows(newMetrics),
      events: eventRows(newEvents),
      checkpoints: checkpointRows(newEvents),
    });
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#watch?.dispose();
    this.#trusting.dispose();
    this.#channel.dispose();
  }
}

/** The snapshot the job trains on; the file itself may have changed since. */
async function readRecipe(folder: string, recipeFile: string): Promise<string> {
  for (const file of [join(folder, 'recipe.tune.yaml'), recipeFile]) {
    try {
      return await readFile(file, 'utf8');
    } catch {
      continue;
    }
  }
  return '';
}
