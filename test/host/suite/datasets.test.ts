/** The Datasets view shows the files of the folder, each with what its rows are worth. */

import * as assert from 'node:assert/strict';
import * as path from 'node:path';
import { gzipSync } from 'node:zlib';
import * as vscode from 'vscode';
import { DatasetModel } from '../../../src/host/datasets/datasetModel.ts';
import { DatasetTreeDataProvider } from '../../../src/host/datasets/datasetTree.ts';
import { VsCodeScreen } from '../../../src/host/commands.ts';
import { WorkspaceFiles } from '../../../src/host/files.ts';
import { lazyDatasets } from '../../../src/host/services.ts';
import { Commands } from '../../../src/ids.ts';
import { eventually, inWorkspace, tunesmith } from './support.ts';

async function openView(): Promise<{ readonly model: DatasetModel; readonly tree: DatasetTreeDataProvider }> {
  const { folder } = await tunesmith();
  const files = new WorkspaceFiles(new VsCodeScreen());
  const { inspect } = lazyDatasets(vscode.Uri.joinPath(folder, 'dist', 'datasetWorker.cjs').fsPath);
  const model = new DatasetModel({ find: () => files.find('dataset'), stat: (file) => files.stat(file), inspect: (file, signal) => inspect(file, signal) });
  return { model, tree: new DatasetTreeDataProvider(model) };
}

const isDone = (model: DatasetModel): boolean => model.entries.every(({ state }) => state === 'known' || state === 'failed');

const labelOf = (item: vscode.TreeItem | undefined): string => (typeof item?.label === 'string' ? item.label : '');

suite('the Datasets view', () => {
  test('names rows, format, size and findings', async () => {
    const { model, tree } = await openView();
    await tree.getChildren();
    await eventually(model.onDidChange, () => (isDone(model) ? true : undefined));
    const items = (await tree.getChildren()).map((node) => tree.getTreeItem(node));
    const shown = new Map(items.map((item) => [labelOf(item), item]));
    assert.match(String(shown.get('tickets.jsonl')?.description), /^48 rows · chat · [\d.]+ kB/);
    assert.match(String(shown.get('broken.jsonl')?.description), /^48 rows · chat .*problem/);
    assert.match(String(shown.get('empty.jsonl')?.description), /^0 rows/);
    assert.equal(shown.get('broken.jsonl')?.collapsibleState, vscode.TreeItemCollapsibleState.Collapsed);
    assert.equal((shown.get('broken.jsonl')?.iconPath as vscode.ThemeIcon).id, 'error');
    assert.equal(new Set(items.map(({ id }) => id)).size, items.length);
    tree.dispose();
    model.dispose();
  });

  test('leads from a finding to its row', async () => {
    const { model, tree } = await openView();
    const nodes = await tree.getChildren();
    await eventually(model.onDidChange, () => (isDone(model) ? true : undefined));
    const broken = nodes.find((node) => path.basename(node.file) === 'broken.jsonl');
    const [finding] = (await tree.getChildren(broken)).map((node) => tree.getTreeItem(node));
    assert.match(labelOf(finding), /^Line 7 of broken\.jsonl is not valid JSON/);
    assert.equal(finding?.command?.command, Commands.openRow);
    await vscode.commands.executeCommand(finding.command.command, ...(finding.command.arguments as unknown[]));
    const editor = vscode.window.activeTextEditor;
    assert.equal(path.basename(editor?.document.fileName ?? ''), 'broken.jsonl');
    assert.equal(editor?.selection.active.line, 6);
    tree.dispose();
    model.dispose();
  });

  test('opens a row of a file that the editor cannot show, and shows it anew when the file changes', async () => {
    await tunesmith();
    const file = inWorkspace('packed-row.jsonl.gz');
    const write = (answer: string): Thenable<void> => vscode.workspace.fs.writeFile(file, gzipSync(`{"prompt":"a","completion":"${answer}"}\n`));
    await write('first');
    await vscode.commands.executeCommand(Commands.previewDataset, file);
    await vscode.commands.executeCommand(Commands.openRow, { file: file.fsPath, row: 1 });
    const document = vscode.window.activeTextEditor?.document;
    assert.match(document?.getText() ?? '', /"completion": "first"/);
    await write('second');
    await eventually(vscode.workspace.onDidChangeTextDocument, () => (document?.getText().includes('"completion": "second"') ? true : undefined));
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.workspace.fs.delete(file);
  });

  test('notices a new file', async () => {
    const { model, tree } = await openView();
    await tree.getChildren();
    const file = inWorkspace('fresh.jsonl');
    await vscode.workspace.fs.writeFile(file, Buffer.from('{"prompt":"a","completion":"b"}\n'));
    await model.touch(file.fsPath);
    assert.equal(model.get(file.fsPath)?.bytes, 32);
    await vscode.workspace.fs.delete(file);
    await model.touch(file.fsPath);
    assert.equal(model.get(file.fsPath), undefined);
    tree.dispose();
    model.dispose();
  });
});
