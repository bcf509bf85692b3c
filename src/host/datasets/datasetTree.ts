/** The Datasets view: each file with its rows, format and size, marked by its worst finding; the findings beneath. */

import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { Finding } from '../../core/datasets/finding.ts';
import { repairsFor } from '../../core/datasets/repair/table.ts';
import { formatBytes } from '../../core/wording/numbers.ts';
import { Commands } from '../../ids.ts';
import { faultWords } from '../commands.ts';
import type { DatasetEntry, DatasetModel } from './datasetModel.ts';
import { bySeverity, datasetDescription, datasetFacts, severityIcons, worst } from './datasetText.ts';

export interface DatasetNode {
  readonly kind: 'dataset';
  readonly file: string;
}

export interface FindingNode {
  readonly kind: 'finding';
  readonly file: string;
  readonly finding: Finding;
}

type Node = DatasetNode | FindingNode;

export class DatasetTreeDataProvider implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  readonly #model: DatasetModel;
  readonly #changed = new vscode.EventEmitter<Node | undefined>();
  readonly #listening: { dispose(): void };
  readonly #nodes = new Map<string, DatasetNode>();

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(model: DatasetModel) {
    this.#model = model;
    this.#listening = model.onDidChange((file) => this.#changed.fire(file === undefined ? undefined : this.#nodes.get(file)));
  }

  async getChildren(node?: Node): Promise<Node[]> {
    if (node === undefined) {
      await this.#model.start();
      return this.#model.entries.map(({ file }) => this.#node(file));
    }
    if (node.kind === 'finding') return [];
    return bySeverity(findingsOf(this.#model.get(node.file))).map((finding) => ({ kind: 'finding', file: node.file, finding }));
  }

  getParent(node: Node): Node | undefined {
    return node.kind === 'finding' ? this.#node(node.file) : undefined;
  }

  getTreeItem(node: Node): vscode.TreeItem {
    if (node.kind === 'finding') return findingItem(node);
    const entry = this.#model.get(node.file);
    return entry ? datasetItem(entry) : new vscode.TreeItem(basename(node.file));
  }

  #node(file: string): DatasetNode {
    let node = this.#nodes.get(file);
    if (!node) this.#nodes.set(file, (node = { kind: 'dataset', file }));
    return node;
  }

  dispose(): void {
    this.#listening.dispose();
    this.#changed.dispose();
  }
}

/** What is known to be wrong, while the rows are being checked as well. */
function findingsOf(entry: DatasetEntry | undefined): readonly Finding[] {
  return entry?.state === 'known' ? entry.profile.findings : entry?.state === 'inspecting' || entry?.state === 'stopped' ? entry.findings : [];
}

function datasetItem(entry: DatasetEntry): vscode.TreeItem {
  const uri = vscode.Uri.file(entry.file);
  const item = new vscode.TreeItem(basename(entry.file));
  item.id = `dataset:${entry.file}`;
  item.contextValue = 'dataset';
  item.command = { command: Commands.previewDataset, title: 'Preview Dataset', arguments: [{ file: entry.file }] };
  const folder = vscode.workspace.asRelativePath(uri).split('/').slice(0, -1).join('/');
  const [description, icon, tooltip] = look(entry);
  item.description = folder ? `${folder} · ${description}` : description;
  item.iconPath = icon;
  item.tooltip = [...tooltip, entry.file].join('\n');
  item.accessibilityInformation = { label: `${basename(entry.file)}, ${item.description}` };
  const hasFindings = findingsOf(entry).length > 0;
  item.collapsibleState = hasFindings ? vscode.TreeItemCollapsibleState.Collapsed : vscode.TreeItemCollapsibleState.None;
  return item;
}

function look(entry: DatasetEntry): [description: string, icon: vscode.ThemeIcon, tooltip: string[]] {
  switch (entry.state) {
    case 'waiting':
    case 'inspecting':
      return [`checking · ${formatBytes(entry.bytes)}`, new vscode.ThemeIcon('loading~spin'), ['The rows are being checked.']];
    case 'stopped':
      return [`check stopped · ${formatBytes(entry.bytes)}`, new vscode.ThemeIcon('circle-slash'), ['The check was stopped. Preview the dataset to go on with it.']];
    case 'failed': {
      const { message } = faultWords(entry.fault);
      return [message, new vscode.ThemeIcon('error', new vscode.ThemeColor('list.errorForeground')), [message]];
    }
    case 'known': {
      const severity = worst(entry.profile.findings);
      const icon = severity === undefined || severity === 'info' ? new vscode.ThemeIcon('pass', new vscode.ThemeColor('testing.iconPassed')) : severityIcon(severity);
      return [datasetDescription(entry.profile), icon, datasetFacts(entry.profile)];
    }
  }
}

function severityIcon(severity: Finding['severity']): vscode.ThemeIcon {
  const { icon, color } = severityIcons[severity];
  return new vscode.ThemeIcon(icon, new vscode.ThemeColor(color));
}

function findingItem({ file, finding }: FindingNode): vscode.TreeItem {
  const item = new vscode.TreeItem(finding.message);
  item.id = `finding:${file}:${finding.code}:${finding.rows[0] ?? 0}`;
  item.contextValue = repairsFor(finding.code) ? 'finding repairable' : 'finding';
  item.tooltip = `${finding.message}\n${finding.remedy}\n${finding.code}`;
  item.iconPath = severityIcon(finding.severity);
  item.accessibilityInformation = { label: `${finding.severity}: ${finding.message}` };
  const row = finding.rows[0];
  if (row !== undefined) item.command = { command: Commands.openRow, title: 'Open Row', arguments: [{ file, row, ...(finding.at ? { line: finding.at.line } : {}) }] };
  return item;
}
