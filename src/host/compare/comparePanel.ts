/** The compare page's host: streams the answers of two models to one prompt, and shows the held-out results. */

import * as vscode from 'vscode';
import type { EvaluationReport } from '../../core/evaluation/evaluation.ts';
import type { Job } from '../../core/jobs/job.ts';
import { DisposableList } from '../../core/lifecycle.ts';
import { Pages } from '../../ids.ts';
import type { AnswerEnd, AskRequest, ComparePage, ComparePageHost, ComparePageState, ComparePart, Side } from '../../protocol/comparePage.ts';
import type { SavedPage } from '../../protocol/page.ts';
import { type FaultReporter, faultWords } from '../commands.ts';
import type { JobModel } from '../jobs/jobModel.ts';
import type { TrustGate } from '../trust.ts';
import { PageChannel, pageHtml, pageOptions } from '../webviews/page.ts';
import { answerNote, blockedBecause, heldOutResults, initialSides, modelOptions, suggestions } from './compareText.ts';

const page = { folder: 'compare', viewType: Pages.compare, title: 'Tunesmith Compare', waiting: 'Reading the models' };

export interface ComparePanelServices {
  readonly model: JobModel;
  readonly faults: FaultReporter;
  readonly trust: TrustGate;
  readonly extensionUri: vscode.Uri;
  readonly manageTrust: () => Promise<void>;
}

/** What a panel compares: the models of a job, or a model picked in the Models view. */
export interface CompareSubject {
  readonly jobId: string | undefined;
  readonly modelRef: string | undefined;
  readonly part: ComparePart;
}

export class ComparePanels implements vscode.WebviewPanelSerializer, vscode.Disposable {
  readonly #services: ComparePanelServices;
  readonly #open = new Map<string, ComparePanel>();

  constructor(services: ComparePanelServices) {
    this.#services = services;
  }

  async show(subject: CompareSubject): Promise<void> {
    const key = JSON.stringify([subject.jobId ?? null, subject.modelRef ?? null]);
    const open = this.#open.get(key);
    if (open) return open.reveal(subject.part);
    const name = subject.jobId === undefined ? undefined : (await this.#services.model.get(subject.jobId)).name;
    const title = name === undefined ? 'Compare Models' : `Compare ${name}`;
    this.#adopt(vscode.window.createWebviewPanel(page.viewType, title, vscode.ViewColumn.Active, pageOptions(this.#services.extensionUri)), key, subject);
  }

  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: SavedPage | undefined): Promise<void> {
    panel.webview.options = pageOptions(this.#services.extensionUri);
    const jobId = state?.subject || undefined;
    const client = await this.#services.model.client();
    const known = jobId === undefined || client.get(jobId) ? jobId : undefined;
    const subject: CompareSubject = { jobId: known, modelRef: undefined, part: 'prompt' };
    this.#adopt(panel, JSON.stringify([known ?? null, null]), subject);
  }

  #adopt(panel: vscode.WebviewPanel, key: string, subject: CompareSubject): void {
    panel.iconPath = new vscode.ThemeIcon('compare-changes');
    const mine = new ComparePanel(panel, subject, this.#services);
    this.#open.set(key, mine);
    panel.onDidDispose(() => {
      mine.dispose();
      this.#open.delete(key);
    });
  }

  dispose(): void {
    for (const panel of [...this.#open.values()]) panel.close();
  }
}

class ComparePanel {
  readonly #panel: vscode.WebviewPanel;
  readonly #subject: CompareSubject;
  readonly #services: ComparePanelServices;
  readonly #channel: PageChannel<ComparePageHost, ComparePage, ComparePageState>;
  readonly #owned = new DisposableList();
  #answering: AbortController | undefined;
  #models = '';
  #part: ComparePart;

  constructor(panel: vscode.WebviewPanel, subject: CompareSubject, services: ComparePanelServices) {
    this.#panel = panel;
    this.#subject = subject;
    this.#part = subject.part;
    this.#services = services;
    this.#channel = this.#owned.add(
      new PageChannel<ComparePageHost, ComparePage, ComparePageState>(
        panel,
        {
          ready: () => {
            // A page that was hidden has lost what it was answered so far, and has no button to stop the rest.
            this.#answering?.abort();
            return this.#state();
          },
          ask: (request) => services.faults.watch(this.#ask(request)),
          stop: () => this.#answering?.abort(),
          manageTrust: () => services.faults.watch(services.manageTrust()),
        },
        (fault) => void services.faults.report(fault),
      ),
    );
    this.#owned.add(services.model.onDidChange(() => services.faults.watch(this.#refresh())));
    this.#owned.add(vscode.workspace.onDidGrantWorkspaceTrust(() => services.faults.watch(this.#refresh(true))));
    panel.webview.html = pageHtml(panel.webview, services.extensionUri, page);
  }

  reveal(part: ComparePart): void {
    this.#part = part;
    this.#panel.reveal();
    this.#channel.send('show', part);
  }

  close(): void {
    this.#panel.dispose();
  }

  async #state(): Promise<ComparePageState> {
    const client = await this.#services.model.client();
    const models = await client.models();
    const job = this.#subject.jobId === undefined ? undefined : client.get(this.#subject.jobId);
    const { left, right } = initialSides(models, job, this.#subject.modelRef);
    const tuned = models.find(({ ref }) => ref === right);
    const reportedJob: Job | undefined = job ?? (tuned?.jobId === undefined ? undefined : client.get(tuned.jobId));
    const report: EvaluationReport | undefined = reportedJob?.evaluation && (await client.evaluation(reportedJob.id));
    this.#models = modelsKey(models);
    return {
      jobId: this.#subject.jobId ?? '',
      models: modelOptions(models),
      left,
      right,
      system: tuned?.systemPrompt ?? '',
      systemHelp: tuned?.systemPrompt === undefined ? 'The training rows share no system message.' : 'The system message of the training rows. Both models get it.',
      suggestions: suggestions(report),
      results: reportedJob && heldOutResults(reportedJob, report),
      part: this.#part,
      blocked: blockedBecause(this.#services.trust.open, models.length),
      isRestricted: !this.#services.trust.open,
    };
  }

  async #refresh(isForced = false): Promise<void> {
    if (!this.#channel.isReady) return;
    const models = await (await this.#services.model.client()).models();
    if (!isForced && modelsKey(models) === this.#models) return;
    this.#channel.send('refresh', await this.#state());
  }

  async #ask(request: AskRequest): Promise<void> {
    this.#services.trust.require();
    this.#answering?.abort();
    const answering = new AbortController();
    this.#answering = answering;
    await Promise.all([this.#answer(request, 'left', answering.signal), this.#answer(request, 'right', answering.signal)]);
  }

  async #answer(request: AskRequest, side: Side, signal: AbortSignal): Promise<void> {
    const end = await this.#generate(request, side, signal);
    this.#channel.send('end', request.turn, side, end);
  }

  /** A model that cannot answer says why in its own column; the other goes on. */
  async #generate({ turn, system, prompt, temperature, maxNewTokens, ...sides }: AskRequest, side: Side, signal: AbortSignal): Promise<AnswerEnd> {
    const system_ = system.trim() === '' ? [] : [{ role: 'system' as const, content: system }];
    const messages = [...system_, { role: 'user' as const, content: prompt }];
    try {
      const client = await this.#services.model.client();
      const result = await client.generate(
        { model: sides[side], messages, maxNewTokens, temperature },
        (text) => this.#channel.send('piece', turn, side, text),
        signal,
      );
      return answerNote(result);
    } catch (fault) {
      return signal.aborted ? { note: 'stopped', failed: false } : { note: faultWords(fault).message, failed: true };
    }
  }

  dispose(): void {
    this.#answering?.abort();
    this.#owned.dispose();
  }
}

function modelsKey(models: readonly { readonly ref: string }[]): string {
  return models.map(({ ref }) => ref).join('\n');
}
