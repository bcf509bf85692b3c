/** The dataset page's host: one panel a file, told of its check and of every change, restored when the window opens again. */

import { stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import * as vscode from 'vscode';
import { datasetKindOf } from '../../core/datasets/extensions.ts';
import { UserError } from '../../core/errors.ts';
import { DisposableList } from '../../core/lifecycle.ts';
import { formatCount } from '../../core/wording/numbers.ts';
import { Commands, Pages } from '../../ids.ts';
import type { DatasetPage, DatasetPageHost, DatasetPagePatch, DatasetPageState, RowDetail, TokenView, Unanswered } from '../../protocol/datasetPage.ts';
import type { SavedPage } from '../../protocol/page.ts';
import { type CommandTable, type FaultReporter, faultWords } from '../commands.ts';
import type { Screen } from '../screen.ts';
import type { ReadRows, TableReader } from '../services.ts';
import type { TrustGate } from '../trust.ts';
import { PageChannel, pageHtml, pageOptions } from '../webviews/page.ts';
import type { CheckProgress, DatasetEntry, DatasetModel } from './datasetModel.ts';
import { datasetHeader, findingViews } from './datasetPageText.ts';
import { profileCharts } from './profileCharts.ts';
import { rowText } from './rowText.ts';
import { TableModel } from './tableModel.ts';

const page = { folder: 'dataset', viewType: Pages.dataset, title: 'Tunesmith Dataset', waiting: 'Reading the dataset' };

/** Where the choice of a model for the token view is kept. */
const MODEL_KEY = 'dataset.tokenModel';

/** More than anybody reads of a row's JSON on a page; the editor has all of it. */
const JSON_CHARACTERS = 200_000;

/** A model whose tokens rows can be shown in. */
export interface TokenModel {
  readonly ref: string;
  readonly label: string;
  readonly folder: string;
}

export interface DatasetPanelServices {
  readonly datasets: DatasetModel;
  readonly table: TableReader;
  readonly readRows: ReadRows;
  readonly commands: CommandTable;
  readonly faults: FaultReporter;
  readonly trust: TrustGate;
  readonly screen: Screen;
  readonly extensionUri: vscode.Uri;
  readonly remembered: vscode.Memento;
  readonly models: () => Promise<readonly TokenModel[]>;
}

export class DatasetPanels implements vscode.WebviewPanelSerializer, vscode.Disposable {
  readonly #services: DatasetPanelServices;
  readonly #open = new Map<string, DatasetPanel>();

  constructor(services: DatasetPanelServices) {
    this.#services = services;
  }

  /** @param code shows the rows of this finding */
  show(file: string, code?: string): void {
    const open = this.#open.get(file);
    if (open) return open.reveal(code);
    const panel = vscode.window.createWebviewPanel(page.viewType, basename(file), vscode.ViewColumn.Active, pageOptions(this.#services.extensionUri));
    this.#adopt(panel, file).reveal(code);
  }

  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: SavedPage | undefined): Promise<void> {
    const file = state?.subject;
    const isThere = file !== undefined && (await stat(file).then(() => true, () => false));
    // A file that is gone has nothing to show.
    if (!isThere) {
      panel.dispose();
      return;
    }
    // VS Code restores a page when it is first seen; the file may have been opened in another one before.
    const open = this.#open.get(file);
    if (open) {
      panel.dispose();
      return open.reveal(undefined);
    }
    panel.webview.options = pageOptions(this.#services.extensionUri);
    this.#adopt(panel, file);
  }

  #adopt(panel: vscode.WebviewPanel, file: string): DatasetPanel {
    panel.title = basename(file);
    panel.iconPath = new vscode.ThemeIcon('table');
    const mine = new DatasetPanel(panel, file, this.#services);
    this.#open.set(file, mine);
    panel.onDidDispose(() => {
      mine.dispose();
      this.#open.delete(file);
    });
    return mine;
  }

  dispose(): void {
    for (const panel of [...this.#open.values()]) panel.close();
  }
}

class DatasetPanel {
  readonly #panel: vscode.WebviewPanel;
  readonly #file: string;
  readonly #services: DatasetPanelServices;
  readonly #channel: PageChannel<DatasetPageHost, DatasetPage, DatasetPageState>;
  readonly #table: TableModel;
  readonly #owned = new DisposableList();
  #progress: CheckProgress | undefined;
  #shown: DatasetEntry | undefined;
  /** it has been looked for */
  #isKnown = false;
  #isDisposed = false;

  constructor(panel: vscode.WebviewPanel, file: string, services: DatasetPanelServices) {
    this.#panel = panel;
    this.#file = file;
    this.#services = services;
    const { datasets, faults, commands, screen } = services;
    this.#table = this.#owned.add(new TableModel({ file, reader: services.table, wordsOf, onChange: (view) => this.#channel.send('table', view) }));
    this.#channel = this.#owned.add(
      new PageChannel<DatasetPageHost, DatasetPage, DatasetPageState>(
        panel,
        {
          ready: () => this.#state(),
          lines: (view, from, count) => answer(this.#table.lines(view, from, count)),
          locate: (view, row) => this.#table.locate(view, row),
          filter: ({ code, text, isPattern }) => faults.watch(this.#table.apply({ code, text, isPattern })),
          row: (row) => answer(this.#row(row)),
          tokens: (row, model) => answer(this.#tokens(row, model)),
          openRow: (row) => faults.watch(commands.run(Commands.openRow, { file, row })),
          // No editor shows a folder of texts.
          openFile: () => faults.watch(datasetKindOf(file) ? screen.run('vscode.open', vscode.Uri.file(file)) : screen.reveal(file)),
          fineTune: () => faults.watch(commands.run(Commands.fineTune, { file })),
          repair: (code) => faults.watch(commands.run(Commands.repairDataset, { file, finding: { code } })),
          stop: () => datasets.stop(file),
          check: () => (datasets.get(file) ? datasets.check(file) : faults.watch(datasets.touch(file))),
        },
        (fault) => void faults.report(fault),
      ),
    );
    this.#owned.add(datasets.onDidChange((changed) => this.#hear(changed)));
    this.#owned.add(datasets.onDidProgress((progress) => {
      if (progress.file !== file) return;
      this.#progress = progress;
      this.#table.grow(progress.rows);
      this.#channel.send('patch', this.#patch());
    }));
    this.#owned.add(vscode.workspace.onDidGrantWorkspaceTrust(() => this.#channel.send('patch', this.#patch())));
    // The workspace's own watcher does not see files outside of it.
    const watcher = this.#owned.add(vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(vscode.Uri.file(dirname(file)), basename(file))));
    const touch = (): void => faults.watch(datasets.touch(file));
    for (const event of [watcher.onDidCreate, watcher.onDidChange, watcher.onDidDelete]) this.#owned.add(event(touch));
    faults.watch(this.#look());
    panel.webview.html = pageHtml(panel.webview, services.extensionUri, page);
  }

  async #look(): Promise<void> {
    const handle = await this.#services.datasets.open(this.#file);
    // The page may have been closed meanwhile.
    if (this.#isDisposed) return handle.dispose();
    this.#owned.add(handle);
    this.#isKnown = true;
    if (this.#services.datasets.get(this.#file)) this.#hear(this.#file);
    else this.#channel.send('patch', this.#patch());
  }

  reveal(code: string | undefined): void {
    this.#panel.reveal();
    if (code === undefined) return;
    if (this.#channel.isReady) this.#channel.send('show', code);
    else this.#services.faults.watch(this.#table.apply({ code, text: '', isPattern: false }));
  }

  close(): void {
    this.#panel.dispose();
  }

  #hear(changed: string | undefined): void {
    if (changed !== undefined && changed !== this.#file) return;
    const entry = this.#services.datasets.get(this.#file);
    if (entry === this.#shown) return;
    const before = this.#shown;
    this.#shown = entry;
    if (entry?.state === 'inspecting' && before?.state !== 'inspecting') this.#progress = undefined;
    this.#channel.send('patch', this.#patch());
    // Before the first check has an end, the rows at the beginning are there all the same.
    const isNew = entry?.state === 'known' || entry?.state === 'stopped' || (entry?.state === 'failed' && before?.state === 'inspecting');
    if (isNew) this.#services.faults.watch(this.#table.refresh());
  }

  #patch(): DatasetPagePatch {
    const entry = this.#services.datasets.get(this.#file);
    return {
      header: datasetHeader({ file: this.#file, entry, isGone: this.#isKnown && !entry, progress: this.#progress, canTrain: this.#services.trust.open, wordsOf }),
      findings: findingViews(entry, this.#services.trust.open),
      charts: entry?.state === 'known' ? profileCharts(entry.profile) : [],
    };
  }

  async #state(): Promise<DatasetPageState> {
    const models = await this.#models();
    const remembered = this.#services.remembered.get<string>(MODEL_KEY);
    return {
      file: this.#file,
      ...this.#patch(),
      table: this.#table.view,
      rowWord: datasetKindOf(this.#file) === 'jsonl' ? 'Line' : 'Row',
      models: models.map(({ ref, label }) => ({ ref, label })),
      model: (models.find(({ ref }) => ref === remembered) ?? models[0])?.ref ?? '',
    };
  }

  /** A page about rows is of use without any model, such as where the store of jobs cannot be opened. */
  async #models(): Promise<readonly TokenModel[]> {
    try {
      return await this.#services.models();
    } catch (fault) {
      void this.#services.faults.report(fault);
      return [];
    }
  }

  async #row(row: number): Promise<RowDetail & { readonly json: string }> {
    const [detail, [raw]] = await Promise.all([this.#services.table.describe(this.#file, row), this.#services.readRows(this.#file, row, 1)]);
    if (!detail || raw?.row !== row) throw this.#noRow(row);
    return { ...detail, json: rowText(raw, JSON_CHARACTERS) };
  }

  async #tokens(row: number, ref: string): Promise<TokenView> {
    const model = (await this.#models()).find((one) => one.ref === ref);
    if (!model) throw new UserError('model.ref.unknown', 'That model is not on this machine any more.', 'Choose another one');
    await this.#services.remembered.update(MODEL_KEY, ref);
    const view = await this.#services.table.tokens(this.#file, row, model.folder);
    if (!view) throw this.#noRow(row);
    return view;
  }

  #noRow(row: number): UserError {
    return new UserError('dataset.no-row', `${basename(this.#file)} has no row ${formatCount(row)} any more.`, 'Choose another row');
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#owned.dispose();
  }
}

function wordsOf(fault: unknown): string {
  return faultWords(fault).message;
}

/** A question of the page that cannot be answered is answered on the page, not by a notification. */
async function answer<T>(work: Promise<T>): Promise<T | Unanswered> {
  try {
    return await work;
  } catch (fault) {
    return { fault: wordsOf(fault) };
  }
}
