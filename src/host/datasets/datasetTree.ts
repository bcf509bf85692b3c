/** The Datasets view: each file with its rows, format and size, marked by its worst finding; the findings beneath. */

import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { Finding } from '../../core/datasets/finding.ts';
import { repairsFor } from '../../core/datasets/repair/table.ts';
import type { SplitSummary } from '../../core/datasets/workerMessages.ts';
import { formatBytes, formatCount, formatQuantity } from '../../core/wording/numbers.ts';
import { Commands } from '../../ids.ts';
import { faultWords } from '../commands.ts';
import type { DatasetEntry, DatasetModel } from './datasetModel.ts';
import { bySeverity, datasetDescription, datasetFacts, severityIcons, splitText, worst } from './datasetText.ts';
import { hasRowALine } from './problemText.ts';

export interface DatasetNode {
  readonly kind: 'dataset';
  readonly file: string;
}

export interface FindingNode {
  readonly kind: 'finding';
  readonly file: string;
  readonly finding: Finding;
}

export interface RowNode {
  readonly kind: 'row';
  readonly file: string;
  readonly row: number;
  readonly parent: FindingNode;
}

export interface ProfileNode {
  readonly kind: 'profile';
  readonly file: string;
}

export interface FactNode {
  readonly kind: 'fact';
  readonly file: string;
  readonly fact: string;
}

/** A split whose manifest is beside the dataset. */
export interface SplitNode {
  readonly kind: 'split';
  readonly file: string;
  readonly manifest: string;
  readonly split: SplitSummary;
}

export interface PartNode {
  readonly kind: 'part';
  readonly file: string;
  readonly part: SplitSummary['parts'][number];
  readonly parent: SplitNode;
}

export type DatasetTreeNode = DatasetNode | FindingNode | RowNode | ProfileNode | FactNode | SplitNode | PartNode;

export interface DatasetTreeOptions {
  /** the splits that are beside a dataset */
  readonly splits?: (file: string) => Promise<readonly SplitSummary[]>;
  /** a file from outside the workspace, which can be taken off the list */
  readonly isAdded?: (file: string) => boolean;
}

export class DatasetTreeDataProvider implements vscode.TreeDataProvider<DatasetTreeNode>, vscode.Disposable {
  readonly #model: DatasetModel;
  readonly #options: DatasetTreeOptions;
  readonly #changed = new vscode.EventEmitter<DatasetTreeNode | undefined>();
  readonly #listening: { dispose(): void };
  readonly #nodes = new Map<string, DatasetNode>();

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(model: DatasetModel, options: DatasetTreeOptions = {}) {
    this.#model = model;
    this.#options = options;
    this.#listening = model.onDidChange((file) => this.refresh(file));
  }

  /** @param file whose children are others now; all if undefined */
  refresh(file?: string): void {
    this.#changed.fire(file === undefined ? undefined : this.#nodes.get(file));
  }

  async getChildren(node?: DatasetTreeNode): Promise<DatasetTreeNode[]> {
    if (node === undefined) {
      await this.#model.start();
      return this.#model.entries.map(({ file }) => this.#node(file));
    }
    switch (node.kind) {
      case 'dataset':
        return this.#childrenOf(node.file);
      case 'finding':
        return node.finding.count > 1 ? node.finding.rows.map((row) => ({ kind: 'row', file: node.file, row, parent: node })) : [];
      case 'profile': {
        const entry = this.#model.get(node.file);
        return entry?.state === 'known' ? datasetFacts(entry.profile).map((fact) => ({ kind: 'fact', file: node.file, fact })) : [];
      }
      case 'split':
        return node.split.parts.map((part) => ({ kind: 'part', file: node.file, part, parent: node }));
      default:
        return [];
    }
  }

  async #childrenOf(file: string): Promise<DatasetTreeNode[]> {
    const entry = this.#model.get(file);
    const findings = bySeverity(findingsOf(entry)).map((finding): DatasetTreeNode => ({ kind: 'finding', file, finding }));
    if (entry?.state !== 'known') return findings;
    // A folder that cannot be read has no splits to show.
    const splits = (await this.#options.splits?.(file).catch(() => [])) ?? [];
    return [...findings, { kind: 'profile', file }, ...splits.map((split): DatasetTreeNode => ({ kind: 'split', file, manifest: split.manifest, split }))];
  }

  getParent(node: DatasetTreeNode): DatasetTreeNode | undefined {
    switch (node.kind) {
      case 'dataset':
        return undefined;
      case 'row':
      case 'part':
        return node.parent;
      case 'fact':
        return { kind: 'profile', file: node.file };
      default:
        return this.#node(node.file);
    }
  }

  getTreeItem(node: DatasetTreeNode): vscode.TreeItem {
    switch (node.kind) {
      case 'dataset': {
        const entry = this.#model.get(node.file);
        return entry ? datasetItem(entry, this.#options.isAdded?.(node.file) ?? false) : new vscode.TreeItem(basename(node.file));
      }
      case 'finding':
        return findingItem(node);
      case 'row':
        return rowItem(node);
      case 'profile':
        return profileItem(node, this.#model.get(node.file));
      case 'fact':
        return factItem(node);
      case 'split':
        return splitItem(node, this.#model.get(node.file));
      case 'part':
        return partItem(node);
    }
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

function datasetItem(entry: DatasetEntry, isAdded: boolean): vscode.TreeItem {
  const uri = vscode.Uri.file(entry.file);
  const item = new vscode.TreeItem(basename(entry.file));
  item.id = `dataset:${entry.file}`;
  item.contextValue = isAdded ? 'dataset added' : 'dataset';
  // A command with arguments is lost when the item is drawn anew between its being seen and being clicked.
  item.command = { command: Commands.openSelectedDataset, title: 'Preview Dataset' };
  const folder = vscode.workspace.asRelativePath(uri).split('/').slice(0, -1).join('/');
  const [description, icon, tooltip] = look(entry);
  item.description = folder ? `${folder} · ${description}` : description;
  item.iconPath = icon;
  item.tooltip = [...tooltip, entry.file].join('\n');
  item.accessibilityInformation = { label: `${basename(entry.file)}, ${item.description}` };
  const hasChildren = entry.state === 'known' || findingsOf(entry).length > 0;
  item.collapsibleState = hasChildren ? vscode.TreeItemCollapsibleState.Collapsed : vscode.TreeItemCollapsibleState.None;
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
  const item = new vscode.TreeItem(finding.message, finding.count > 1 && finding.rows.length > 0 ? vscode.TreeItemCollapsibleState.Collapsed : vscode.TreeItemCollapsibleState.None);
  item.id = `finding:${file}:${finding.code}:${finding.rows[0] ?? 0}`;
  item.contextValue = repairsFor(finding.code) ? 'finding repairable' : 'finding';
  item.tooltip = `${finding.message}\n${finding.remedy}\n${finding.code}`;
  item.iconPath = severityIcon(finding.severity);
  item.accessibilityInformation = { label: `${finding.severity}: ${finding.message}` };
  const row = finding.rows[0];
  if (row !== undefined) item.command = { command: Commands.openRow, title: 'Open Row', arguments: [{ file, row, ...(finding.at ? { line: finding.at.line } : {}) }] };
  return item;
}

function rowItem({ file, row, parent }: RowNode): vscode.TreeItem {
  const word = hasRowALine(file) ? 'Line' : 'Row';
  const item = new vscode.TreeItem(`${word} ${formatCount(row)}`);
  item.id = `row:${file}:${parent.finding.code}:${row}`;
  item.contextValue = 'row';
  item.command = { command: Commands.openRow, title: 'Open Row', arguments: [{ file, row }] };
  const { rows, count } = parent.finding;
  if (row === rows.at(-1) && count > rows.length) item.description = `and ${formatCount(count - rows.length)} more, in Preview`;
  return item;
}

function profileItem({ file }: ProfileNode, entry: DatasetEntry | undefined): vscode.TreeItem {
  const item = new vscode.TreeItem('Profile', vscode.TreeItemCollapsibleState.Collapsed);
  item.id = `profile:${file}`;
  item.contextValue = 'profile';
  item.iconPath = new vscode.ThemeIcon('graph');
  if (entry?.state === 'known') item.description = formatQuantity(entry.profile.rows, 'row');
  return item;
}

function factItem({ file, fact }: FactNode): vscode.TreeItem {
  const item = new vscode.TreeItem(fact);
  item.id = `fact:${file}:${fact}`;
  item.tooltip = fact;
  return item;
}

function splitItem({ file, manifest, split }: SplitNode, entry: DatasetEntry | undefined): vscode.TreeItem {
  const { label, description, tooltip } = splitText(split, entry?.state === 'known' ? entry.profile.rows : undefined);
  const item = new vscode.TreeItem(label, vscode.TreeItemCollapsibleState.Collapsed);
  item.id = `split:${file}:${manifest}`;
  item.contextValue = 'split';
  item.description = description;
  item.tooltip = tooltip;
  item.iconPath = new vscode.ThemeIcon('split-horizontal');
  return item;
}

function partItem({ part, parent }: PartNode): vscode.TreeItem {
  const item = new vscode.TreeItem(part.name);
  item.id = `part:${parent.manifest}:${part.name}`;
  item.contextValue = 'part';
  item.description = `${formatQuantity(part.rows, 'row')} · ${basename(part.file)}`;
  item.command = { command: 'vscode.open', title: 'Open File', arguments: [vscode.Uri.file(part.file)] };
  item.iconPath = new vscode.ThemeIcon('file');
  return item;
}
