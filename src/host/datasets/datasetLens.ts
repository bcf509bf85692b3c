/** What can be done with a dataset, above its first line. */

import * as vscode from 'vscode';
import { DATASET_GLOB, parseDatasetName } from '../../core/datasets/extensions.ts';
import { Commands, Settings } from '../../ids.ts';
import type { DatasetModel } from './datasetModel.ts';

export class DatasetLensProvider implements vscode.CodeLensProvider, vscode.Disposable {
  readonly #model: Pick<DatasetModel, 'get' | 'onDidChange'>;
  readonly #isTrusted: () => boolean;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscriptions: { dispose(): unknown }[];
  #known = 0;

  readonly onDidChangeCodeLenses = this.#changed.event;

  static readonly selector: vscode.DocumentSelector = { scheme: 'file', pattern: DATASET_GLOB };

  constructor(model: DatasetModel, isTrusted: () => boolean) {
    this.#model = model;
    this.#isTrusted = isTrusted;
    this.#subscriptions = [
      model.onDidChange(() => {
        // A file named as most files are is a dataset once the view has found it.
        if (model.entries.length !== this.#known) this.#changed.fire();
        this.#known = model.entries.length;
      }),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.#changed.fire()),
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration(Settings.datasetLens)) this.#changed.fire();
      }),
    ];
  }

  provideCodeLenses({ uri }: vscode.TextDocument): vscode.CodeLens[] {
    if (!vscode.workspace.getConfiguration().get<boolean>(Settings.datasetLens, true)) return [];
    if (parseDatasetName(uri.fsPath)?.isCommon && !this.#model.get(uri.fsPath)) return [];
    const top = new vscode.Range(0, 0, 0, 0);
    const lens = (command: string, title: string, tooltip: string): vscode.CodeLens => new vscode.CodeLens(top, { command, title, tooltip, arguments: [uri] });
    return [
      lens(Commands.checkDataset, '$(checklist) Check', 'Check all rows for the place where you want to train'),
      lens(Commands.previewDataset, '$(table) Preview', 'See the rows, the findings and what is trained on'),
      ...(this.#isTrusted() ? [lens(Commands.fineTune, '$(wand) Fine-Tune', 'Write a recipe for this dataset and train with it')] : []),
    ];
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#changed.dispose();
  }
}
