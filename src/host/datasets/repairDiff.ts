/** A dataset and its repaired version in VS Code's diff editor; of files it cannot show, the rows that change. */

import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { parseDatasetName } from '../../core/datasets/extensions.ts';
import { repairOf } from '../../core/datasets/repair/table.ts';
import { formatList } from '../../core/wording/lists.ts';
import { formatCount, formatQuantity } from '../../core/wording/numbers.ts';
import { RepairScheme } from '../../ids.ts';
import { EDITOR_LIMIT } from './datasetCommands.ts';
import type { Decision, Review, StagedReport } from './repairManager.ts';

/** Where the text of one side comes from. */
type Side = () => Promise<string>;

export class RepairDiff implements vscode.TextDocumentContentProvider {
  readonly #scheme: string;
  readonly #sides = new Map<string, Side>();
  /** who waits for what is chosen above which repaired version */
  readonly #waiting = new Map<string, (decision: Decision) => void>();
  #next = 0;

  /** @param scheme of the documents, to be registered for them */
  constructor(scheme: string = RepairScheme) {
    this.#scheme = scheme;
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    return (await this.#sides.get(uri.toString())?.()) ?? '';
  }

  /** Says what was chosen above a version that is shown. */
  decide(version: string, decision: Decision): void {
    this.#waiting.get(version)?.(decision);
  }

  async show(report: StagedReport): Promise<Review> {
    const { file, out } = report;
    const name = basename(file);
    const isWhole = await isShownAsText(file, out);
    const left = isWhole ? vscode.Uri.file(file) : this.#add(`${name}: rows before.jsonc`, () => Promise.resolve(changesText(report, 'before')));
    const right = isWhole ? this.#add(`${name} (repaired)${parseDatasetName(out)?.extension ?? ''}`, () => readFile(out, 'utf8')) : this.#add(`${name}: rows after.jsonc`, () => Promise.resolve(changesText(report, 'after')));
    await vscode.commands.executeCommand('vscode.diff', left, right, `${name} ↔ repaired${isWhole ? '' : ' (rows that change)'}`, { preview: false });
    const version = right.toString();
    const closing = vscode.window.tabGroups.onDidChangeTabs(({ closed }) => {
      if (closed.some(({ input }) => input instanceof vscode.TabInputTextDiff && input.modified.toString() === version)) this.decide(version, 'discard');
    });
    return {
      next: () => new Promise((resolve) => this.#waiting.set(version, resolve)),
      close: async () => {
        closing.dispose();
        this.#waiting.delete(version);
        await this.#close([left, right]);
      },
    };
  }

  #add(name: string, side: Side): vscode.Uri {
    const uri = vscode.Uri.from({ scheme: this.#scheme, path: `/${this.#next++}/${name}` });
    this.#sides.set(uri.toString(), side);
    return uri;
  }

  async #close(uris: readonly vscode.Uri[]): Promise<void> {
    const shown = uris.map(String);
    const isOurs = ({ input }: vscode.Tab): boolean => input instanceof vscode.TabInputTextDiff && shown.includes(input.modified.toString());
    await vscode.window.tabGroups.close(vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs.filter(isOurs)));
    for (const uri of shown) this.#sides.delete(uri);
  }
}

async function isShownAsText(file: string, out: string): Promise<boolean> {
  const name = parseDatasetName(file);
  if (!name || name.kind === 'parquet' || name.isGzip) return false;
  const sizes = await Promise.all([file, out].map(async (one) => (await stat(one)).size));
  return Math.max(...sizes) <= EDITOR_LIMIT;
}

/** One row after the other, each below a line that says what becomes of it. */
export function changesText({ changes, changed, dropped }: Pick<StagedReport, 'changes' | 'changed' | 'dropped'>, side: 'before' | 'after'): string {
  const rows = changes.map((change) => {
    const heading = `// Row ${formatCount(change.row)}: ${formatList(change.by.map((id) => repairOf(id).title)).toLowerCase()}`;
    return `${heading}\n${side === 'before' ? change.before : (change.after ?? '// removed')}\n`;
  });
  const more = changed + dropped - changes.length;
  return [...rows, ...(more > 0 ? [`// and ${formatQuantity(more, 'more row')}, which ${more === 1 ? 'is' : 'are'} not shown\n`] : [])].join('\n');
}
