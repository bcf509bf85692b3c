/** The Models view: base models and tuned ones on this machine, with size, and for tuned ones what they were tuned from. */

import * as vscode from 'vscode';
import type { ModelEntry } from '../../core/jobs/jobClient.ts';
import type { JobModel } from '../jobs/jobModel.ts';
import { modelDescription } from './modelText.ts';

export interface ModelNode {
  readonly kind: 'model';
  readonly modelRef: string;
  readonly folder: string;
  /** set for tuned models, so that comparing means with their base */
  readonly jobId: string | undefined;
}

interface GroupNode {
  readonly kind: 'group';
  readonly group: ModelEntry['kind'];
}

type Node = ModelNode | GroupNode;

const labels: Record<ModelEntry['kind'], string> = { tuned: 'Tuned models', base: 'Base models' };

export class ModelTreeDataProvider implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  readonly #model: JobModel;
  readonly #changed = new vscode.EventEmitter<Node | undefined>();
  readonly #listening: { dispose(): void };
  #entries: readonly ModelEntry[] = [];
  #finished = '';

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(model: JobModel) {
    this.#model = model;
    this.#listening = model.onDidChange(({ jobs }) => {
      const finished = jobs.filter(({ artifact }) => artifact !== undefined).map(({ id }) => id).join();
      if (finished === this.#finished) return;
      this.#finished = finished;
      this.#changed.fire(undefined);
    });
  }

  /** For changes that no job tells of, such as a download. */
  refresh(): void {
    this.#changed.fire(undefined);
  }

  async getChildren(node?: Node): Promise<Node[]> {
    if (node === undefined) {
      this.#entries = await (await this.#model.client()).models();
      const kinds = (['tuned', 'base'] as const).filter((kind) => this.#entries.some((entry) => entry.kind === kind));
      return kinds.map((group) => ({ kind: 'group', group }));
    }
    if (node.kind === 'model') return [];
    return this.#entries
      .filter(({ kind }) => kind === node.group)
      .map(({ ref, folder, jobId }) => ({ kind: 'model', modelRef: ref, folder, jobId }));
  }

  getTreeItem(node: Node): vscode.TreeItem {
    if (node.kind === 'group') {
      const item = new vscode.TreeItem(labels[node.group], vscode.TreeItemCollapsibleState.Expanded);
      item.id = `models:${node.group}`;
      return item;
    }
    const entry = this.#entries.find(({ ref }) => ref === node.modelRef);
    if (!entry) return new vscode.TreeItem(node.modelRef);
    const evaluation = this.#model.jobs?.find(({ id }) => id === entry.jobId)?.evaluation;
    const item = new vscode.TreeItem(entry.label);
    item.id = `model:${entry.kind}:${entry.ref}`;
    item.description = modelDescription(entry, evaluation?.tuned.value);
    item.tooltip = [entry.label, ...(evaluation ? [evaluation.sentence] : []), entry.folder].join('\n');
    item.iconPath = new vscode.ThemeIcon(entry.kind === 'tuned' ? 'wand' : 'package');
    item.contextValue = `model,${entry.kind}`;
    item.accessibilityInformation = { label: `${entry.label}, ${entry.kind} model, ${item.description}` };
    return item;
  }

  dispose(): void {
    this.#listening.dispose();
    this.#changed.dispose();
  }
}
