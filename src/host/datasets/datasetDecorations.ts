/** Marks datasets in the explorer by their worst finding. */

import { basename } from 'node:path';
import * as vscode from 'vscode';
import { Settings } from '../../ids.ts';
import type { DatasetModel } from './datasetModel.ts';
import { severityIcons } from './datasetText.ts';
import { decorationOf } from './decorationText.ts';

export class DatasetDecorations implements vscode.FileDecorationProvider, vscode.Disposable {
  readonly #model: DatasetModel;
  readonly #changed = new vscode.EventEmitter<vscode.Uri | vscode.Uri[] | undefined>();
  readonly #subscriptions: { dispose(): unknown }[];

  readonly onDidChangeFileDecorations = this.#changed.event;

  constructor(model: DatasetModel) {
    this.#model = model;
    this.#subscriptions = [
      model.onDidChange((file) => this.#changed.fire(file === undefined ? undefined : vscode.Uri.file(file))),
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration(Settings.datasetDecorations)) this.#changed.fire(undefined);
      }),
    ];
  }

  provideFileDecoration(uri: vscode.Uri): vscode.FileDecoration | undefined {
    if (uri.scheme !== 'file' || !vscode.workspace.getConfiguration().get<boolean>(Settings.datasetDecorations, true)) return undefined;
    const entry = this.#model.get(uri.fsPath);
    const look = entry?.state === 'known' ? decorationOf(entry.profile.findings) : undefined;
    return look && new vscode.FileDecoration(look.badge, `${basename(uri.fsPath)}: ${look.tooltip}`, new vscode.ThemeColor(severityIcons[look.severity].color));
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#changed.dispose();
  }
}
