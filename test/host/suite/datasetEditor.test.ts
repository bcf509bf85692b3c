/** Around a dataset the editor shows what was found: in Problems, above the first line, at a row, in the explorer; and it splits and converts. */

import * as assert from 'node:assert/strict';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { DatasetDecorations } from '../../../src/host/datasets/datasetDecorations.ts';
import { DatasetDrop } from '../../../src/host/datasets/datasetDrop.ts';
import { DatasetModel } from '../../../src/host/datasets/datasetModel.ts';
import { DatasetTreeDataProvider } from '../../../src/host/datasets/datasetTree.ts';
import { ConvertDataset } from '../../../src/host/datasets/convertDataset.ts';
import { SplitDataset } from '../../../src/host/datasets/splitDataset.ts';
import { VsCodeScreen } from '../../../src/host/commands.ts';
import { WorkspaceFiles } from '../../../src/host/files.ts';
import { lazyDatasets, type DatasetThread } from '../../../src/host/services.ts';
import { Commands, Settings } from '../../../src/ids.ts';
import { eventually, inWorkspace, tunesmith } from './support.ts';

const problemsOf = (uri: vscode.Uri): vscode.Diagnostic[] => vscode.languages.getDiagnostics(uri).filter(({ source }) => source === 'Tunesmith');

/** Opened in an editor, so that it is checked. */
async function openDataset(name: string, text: string): Promise<vscode.TextDocument> {
  await tunesmith();
  const uri = inWorkspace(name);
  await vscode.workspace.fs.writeFile(uri, Buffer.from(text));
  const document = await vscode.workspace.openTextDocument(uri);
  await vscode.window.showTextDocument(document);
  return document;
}

const problems = (uri: vscode.Uri): Promise<vscode.Diagnostic[]> =>
  eventually(vscode.languages.onDidChangeDiagnostics, () => (problemsOf(uri).length > 0 ? problemsOf(uri) : undefined));

const row = (i: number): string => `{"prompt":"question ${i} about ${(i * 7919).toString(36)}","completion":"${i % 2 ? 'yes' : 'no'}"}`;
const rows = (count: number): string => Array.from({ length: count }, (_, i) => `${row(i)}\n`).join('');

async function thread(): Promise<DatasetThread> {
  const { folder } = await tunesmith();
  return lazyDatasets(vscode.Uri.joinPath(folder, 'dist', 'datasetWorker.cjs').fsPath);
}

suite('a dataset in the editor', () => {
  test('has its findings in Problems, in the lines of their rows, and loses them with the file', async () => {
    const bad = Array.from({ length: 30 }, () => '{"prompt": "never closed\n').join('');
    const { uri } = await openDataset('wrong.jsonl', `${rows(60)}${bad}`);
    const found = (await problems(uri)).filter(({ code }) => code === 'dataset.row.invalid-json');
    assert.equal(found.length, 21);
    assert.deepEqual(found.slice(0, 3).map(({ range }) => range.start.line), [60, 61, 62]);
    assert.equal(found[0]?.severity, vscode.DiagnosticSeverity.Error);
    assert.match(found[1]?.message ?? '', /^Line 62 is not valid JSON/);
    assert.match(found[20]?.message ?? '', /^And 10 more lines of wrong\.jsonl/);

    const gone = eventually(vscode.languages.onDidChangeDiagnostics, () => (problemsOf(uri).length === 0 ? true : undefined));
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
    await vscode.workspace.fs.delete(uri);
    await gone;
  });

  test('finds the lines of a table whose rows go over several', async () => {
    const records = Array.from({ length: 60 }, (_, i) => `"a text ${(i * 7919).toString(36)}\nof two lines",${i === 40 || i === 50 ? '' : `label ${i % 3}`}\n`).join('');
    const { uri } = await openDataset('wrong.csv', `text,label\n${records}`);
    const found = (await problems(uri)).filter(({ code }) => code === 'dataset.row.empty-answer');
    assert.deepEqual(found.map(({ range }) => range.start.line), [81, 101]);
  });

  test('offers above its first line what can be done with it, unless that is switched off', async () => {
    const { uri } = await openDataset('lens.jsonl', rows(60));
    const lenses = async (): Promise<(string | undefined)[]> =>
      (await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', uri)).map(({ command }) => command?.command);
    assert.deepEqual(await lenses(), [Commands.checkDataset, Commands.previewDataset, Commands.fineTune]);
    await vscode.workspace.getConfiguration().update(Settings.datasetLens, false, vscode.ConfigurationTarget.Workspace);
    assert.deepEqual(await lenses(), []);
    await vscode.workspace.getConfiguration().update(Settings.datasetLens, undefined, vscode.ConfigurationTarget.Workspace);
  });

  test('tells at a row what it was found for, with links to more', async () => {
    const { uri } = await openDataset('hover.jsonl', `${rows(60)}{"prompt":"a","completion":""}\n`);
    await problems(uri);
    const hovers = async (line: number): Promise<vscode.MarkdownString[]> =>
      (await vscode.commands.executeCommand<vscode.Hover[]>('vscode.executeHoverProvider', uri, new vscode.Position(line, 3))).flatMap(({ contents }) => contents as vscode.MarkdownString[]).filter(({ value }) => value.includes('dataset.row'));
    const [hover] = await hovers(60);
    assert.match(hover?.value ?? '', /empty(?:&nbsp;| )answer/);
    assert.match(hover?.value ?? '', /command:tunesmith\.dataset\.showFindings/);
    assert.deepEqual(await hovers(3), []);
  });

  test('is marked in the explorer by its worst finding, and holds profile, rows and splits in the view', async () => {
    const { inspect, files } = await thread();
    const { uri } = await openDataset('marked.jsonl', `${rows(60)}{"prompt":\n{"prompt":\n`);
    const { fsPath } = uri;
    await files.split(fsPath, { parts: { train: 0.8, validation: 0.1, test: 0.1 }, seed: 1, group: 'prompt' });
    const workspace = new WorkspaceFiles(new VsCodeScreen());
    const model = new DatasetModel({ find: () => Promise.resolve({ files: [fsPath], isCut: false }), stat: (file) => workspace.stat(file), inspect: (file, signal) => inspect(file, signal) });
    const tree = new DatasetTreeDataProvider(model, { splits: (file) => files.splits(file) });
    const decorations = new DatasetDecorations(model);
    const [node] = await tree.getChildren();
    await eventually(model.onDidChange, () => (model.get(fsPath)?.state === 'known' ? true : undefined));
    assert.equal(decorations.provideFileDecoration(uri)?.badge, '1');

    const children = await tree.getChildren(node);
    const items = children.map((child) => tree.getTreeItem(child));
    assert.deepEqual(items.map(({ contextValue }) => contextValue?.split(' ')[0]).filter((kind) => kind !== 'finding'), ['profile', 'split']);
    assert.match(String(items.at(-1)?.description), /^train 48 · validation 6 · test 6/);
    const [finding] = children;
    assert.deepEqual((await tree.getChildren(finding)).map((child) => tree.getTreeItem(child).label), ['Line 61', 'Line 62']);
    const split = children.at(-1);
    assert.deepEqual((await tree.getChildren(split)).map((child) => tree.getTreeItem(child).label), ['train', 'validation', 'test']);
    for (const child of children) assert.equal(tree.getParent(child), node);
    tree.dispose();
    decorations.dispose();
    model.dispose();
  });

  test('is added by dropping it on the view, from the editor or from elsewhere', async () => {
    const added: (readonly string[])[] = [];
    const drop = new DatasetDrop((files) => Promise.resolve(void added.push(files)), { report: () => Promise.reject(new Error('nothing is wrong')) });
    const data = new vscode.DataTransfer();
    data.set('text/uri-list', new vscode.DataTransferItem('# dropped\r\nfile:///work/a%20b.jsonl\r\nfile:///work/c.csv\r\nhttps://example.com/d.csv'));
    await drop.handleDrop(undefined, data);
    assert.deepEqual(added, [[vscode.Uri.file('/work/a b.jsonl').fsPath, vscode.Uri.file('/work/c.csv').fsPath]]);
  });

  test('says so when what is dropped is no file', async () => {
    const faults: unknown[] = [];
    const drop = new DatasetDrop(() => Promise.reject(new Error('nothing is to be added')), { report: (fault) => Promise.resolve(void faults.push(fault)) });
    for (const text of ['https://example.com/d.csv', '', '1:/ is no address']) {
      const data = new vscode.DataTransfer();
      data.set('text/uri-list', new vscode.DataTransferItem(text));
      await drop.handleDrop(undefined, data);
    }
    assert.equal(faults.length, 3);
    assert.match(String(faults[0]), /not a file or folder on the disk/);
  });

  test('is converted and split in the thread', async () => {
    const { readRows, files, inspect } = await thread();
    const { uri: { fsPath } } = await openDataset('work.jsonl', rows(20_000));
    const screen = new VsCodeScreen();
    const shown: string[] = [];
    screen.choose = <T>(_question: unknown, choices: readonly unknown[]): Promise<T | undefined> => Promise.resolve((choices as { value?: T }[])[0]?.value);
    screen.saveFile = (_title, proposed) => Promise.resolve(proposed);
    screen.tell = (_level, message) => Promise.resolve(void shown.push(message));
    const chooseDataset = (): Promise<string> => Promise.resolve(fsPath);
    await new ConvertDataset({ files, readRows, screen, chooseDataset, openDataset: (file) => screen.openFile(file) }).convert(undefined);
    await new SplitDataset({ files, readRows, screen, chooseDataset, onSplit: () => undefined, mayWrite: () => true, profile: (file, signal) => inspect(file, signal) }).split(undefined);
    assert.match(shown[0] ?? '', /^Wrote 20,000 rows of work\.jsonl/);
    assert.match(shown[1] ?? '', /^Split 20,000 rows of work\.jsonl/);
    assert.match(path.basename(vscode.window.activeTextEditor?.document.fileName ?? ''), /^work\..*\.jsonl$/);
  });
});
