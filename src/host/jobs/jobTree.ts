/** The Jobs view: jobs grouped by what they ask of the user, updated in place while they run. */

import * as vscode from 'vscode';
import type { Job } from '../../core/jobs/job.ts';
import { Commands } from '../../ids.ts';
import { groupLabels, isRunning, jobContext, jobDescription, jobFacts, type JobGroup, stateFacts } from './jobText.ts';
import type { JobModel, JobsChange } from './jobModel.ts';

export interface JobNode {
  readonly kind: 'job';
  readonly jobId: string;
}

interface GroupNode {
  readonly kind: 'group';
  readonly group: JobGroup;
}

type Node = JobNode | GroupNode;

const order: readonly JobGroup[] = ['running', 'needs-attention', 'finished'];

export class JobTreeDataProvider implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  readonly #model: JobModel;
  readonly #now: () => number;
  readonly #changed = new vscode.EventEmitter<Node | undefined>();
  readonly #listening: { dispose(): void };
  // The same objects for the same jobs: VS Code keeps selection and expansion by them.
  readonly #groups = new Map<JobGroup, GroupNode>(order.map((group) => [group, { kind: 'group', group }]));
  readonly #nodes = new Map<string, JobNode>();
  /** what each row says, by job */
  readonly #shown = new Map<string, string>();
  #shape = '';

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(model: JobModel, now: () => number) {
    this.#model = model;
    this.#now = now;
    this.#listening = model.onDidChange((change) => this.#update(change));
  }

  #update({ jobs }: JobsChange): void {
    const shape = jobs.map((job) => `${job.id}:${stateFacts(job.state).group}`).join();
    if (shape !== this.#shape) {
      this.#shape = shape;
      for (const id of this.#nodes.keys()) {
        if (jobs.some((job) => job.id === id)) continue;
        this.#nodes.delete(id);
        this.#shown.delete(id);
      }
      this.#changed.fire(undefined);
      return;
    }
    for (const job of jobs) {
      const node = this.#nodes.get(job.id);
      if (node && isRunning(job)) this.#changed.fire(node);
    }
  }

  /** Tells of the rows that would say something else now, such as "3 min ago". */
  refreshTimes(): void {
    for (const job of this.#jobs()) {
      const node = this.#nodes.get(job.id);
      const shown = this.#shown.get(job.id);
      if (node && shown !== undefined && shown !== jobDescription(job, this.#now())) this.#changed.fire(node);
    }
  }

  async getChildren(node?: Node): Promise<Node[]> {
    if (node === undefined) {
      await this.#model.client();
      const present = new Set(this.#jobs().map((job) => stateFacts(job.state).group));
      return order.filter((group) => present.has(group)).map((group) => this.#groups.get(group) as GroupNode);
    }
    if (node.kind === 'job') return [];
    return this.#jobs()
      .filter((job) => stateFacts(job.state).group === node.group)
      .map((job) => this.#node(job.id));
  }

  getParent(node: Node): Node | undefined {
    if (node.kind === 'group') return undefined;
    const job = this.#jobs().find(({ id }) => id === node.jobId);
    return job && this.#groups.get(stateFacts(job.state).group);
  }

  getTreeItem(node: Node): vscode.TreeItem {
    if (node.kind === 'group') {
      const item = new vscode.TreeItem(groupLabels[node.group], vscode.TreeItemCollapsibleState.Expanded);
      item.id = `group:${node.group}`;
      item.contextValue = 'group';
      return item;
    }
    const job = this.#jobs().find(({ id }) => id === node.jobId);
    if (!job) return new vscode.TreeItem(node.jobId);
    const item = jobItem(job, this.#now());
    this.#shown.set(job.id, String(item.description));
    return item;
  }

  #node(id: string): JobNode {
    let node = this.#nodes.get(id);
    if (!node) this.#nodes.set(id, (node = { kind: 'job', jobId: id }));
    return node;
  }

  #jobs(): readonly Job[] {
    return this.#model.jobs ?? [];
  }

  dispose(): void {
    this.#listening.dispose();
    this.#changed.dispose();
  }
}

function jobItem(job: Job, now: number): vscode.TreeItem {
  const { icon, color } = stateFacts(job.state);
  const item = new vscode.TreeItem(job.name);
  item.id = `job:${job.id}`;
  item.description = jobDescription(job, now);
  item.tooltip = jobFacts(job, now).join('\n');
  item.iconPath = new vscode.ThemeIcon(icon, color === undefined ? undefined : new vscode.ThemeColor(color));
  item.contextValue = jobContext(job);
  item.accessibilityInformation = { label: `${job.name}, ${stateFacts(job.state).label}, ${item.description}` };
  // Without arguments: VS Code forgets those of a row at each refresh, and a click that falls into one would find no command.
  item.command = { command: Commands.openSelectedJob, title: 'Open Job' };
  return item;
}
