/** A repair inside VS Code: the difference in the diff editor, the copy beside the dataset, and quick fixes in Problems. */

import * as assert from 'node:assert/strict';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { VsCodeScreen } from '../../../src/host/commands.ts';
import { RepairDiff } from '../../../src/host/datasets/repairDiff.ts';
import { RepairManager, type Decision, type Review, type StagedReport } from '../../../src/host/datasets/repairManager.ts';
import { lazyDatasets } from '../../../src/host/services.ts';
import { Commands } from '../../../src/ids.ts';
import { inWorkspace, tunesmith } from './support.ts';

const BEFORE = '{"prompt":"mail x@y.de","completion":"b"}\n{"prompt":"c","completion":"d"}\n';

/** Whose messages are closed. */
class QuietScreen extends VsCodeScreen {
  override tell(): Promise<undefined> {
    return Promise.resolve(undefined);
  }
}

/** Looks at the window when the difference is there, and presses the button above it. */
function reviewed(diff: RepairDiff, decision: Decision, look: () => Promise<void>): (report: StagedReport) => Promise<Review> {
  return async (report) => {
    const review = await diff.show(report);
    return {
      ...review,
      next: async () => {
        await look();
        const next = review.next();
        for (const { modified } of diffTabs()) diff.decide(modified.toString(), decision);
        return next;
      },
    };
  };
}

async function managerWith(showDiff: (report: StagedReport) => Promise<Review>): Promise<RepairManager> {
  const { folder } = await tunesmith();
  const { repair } = lazyDatasets(vscode.Uri.joinPath(folder, 'dist', 'datasetWorker.cjs').fsPath);
  return new RepairManager({
    screen: new QuietScreen(),
    chooseDataset: (argument) => Promise.resolve(argument && 'file' in argument ? argument.file : undefined),
    profile: () => Promise.reject(new Error('not asked for')),
    repair: (file, repairs, out, signal) => repair({ file, repairs, out, version: '1' }, undefined, signal),
    save: () => Promise.resolve(),
    showDiff,
  });
}

async function textOf(uri: vscode.Uri): Promise<string> {
  return Buffer.from(await vscode.workspace.fs.readFile(uri)).toString('utf8');
}

function diffTabs(): vscode.TabInputTextDiff[] {
  return vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs.map(({ input }) => input)).filter((input) => input instanceof vscode.TabInputTextDiff);
}

suite('a repair', () => {
  test('is shown as a difference, saved beside the dataset, and leaves the original as it was', async () => {
    const file = inWorkspace('mails.jsonl');
    await vscode.workspace.fs.writeFile(file, Buffer.from(BEFORE));
    const shown: string[] = [];
    // Another scheme than the extension's own, which has a provider already.
    const diff = new RepairDiff('tunesmith-repair-test');
    const provider = vscode.workspace.registerTextDocumentContentProvider('tunesmith-repair-test', diff);
    const look = async (): Promise<void> => {
      for (const { original, modified } of diffTabs()) {
        shown.push(original.toString() === file.toString() ? 'original' : original.toString(), (await vscode.workspace.openTextDocument(modified)).getText());
      }
    };
    await (await managerWith(reviewed(diff, 'save', look))).redact({ file: file.fsPath });
    provider.dispose();
    assert.deepEqual(shown, ['original', BEFORE.replace('x@y.de', '[EMAIL_1]')]);
    assert.deepEqual(diffTabs(), []);
    assert.equal(await textOf(file), BEFORE);
    const [copy, manifest] = [inWorkspace('mails.repaired.jsonl'), inWorkspace('mails.repaired.jsonl.manifest.json')];
    assert.equal(await textOf(copy), BEFORE.replace('x@y.de', '[EMAIL_1]'));
    const { source, changed } = JSON.parse(await textOf(manifest)) as { source: { file: string; rows: number }; changed: unknown };
    assert.deepEqual([source.file, source.rows, changed], [path.basename(file.fsPath), 2, [{ row: 1, by: ['redact-personal-data'] }]]);
    for (const one of [file, copy, manifest]) await vscode.workspace.fs.delete(one);
  });

  test('is a quick fix of what Problems says', async () => {
    await tunesmith();
    const file = inWorkspace('fixes.jsonl');
    await vscode.workspace.fs.writeFile(file, Buffer.from('{"messages":[{"role":"human","content":"a\\u0000"}]}\n'));
    const document = await vscode.workspace.openTextDocument(file);
    await vscode.window.showTextDocument(document);
    const range = new vscode.Range(0, 0, 0, 10);
    const problems = vscode.languages.createDiagnosticCollection('test');
    const problem = (source: string, code: string): vscode.Diagnostic => Object.assign(new vscode.Diagnostic(range, code), { source, code });
    problems.set(file, [problem('Tunesmith', 'dataset.row.wrong-role'), problem('Tunesmith', 'dataset.row.damaged-text'), problem('Tunesmith', 'recipe.unknown'), problem('Other', 'dataset.duplicates')]);
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>('vscode.executeCodeActionProvider', file, range, vscode.CodeActionKind.QuickFix.value);
    const ours = actions.filter(({ command }) => command?.command === Commands.repairDataset);
    assert.deepEqual(ours.map(({ title, isPreferred }) => [title, isPreferred ?? false]).sort(), [
      ['All Safe Repairs…', false], ['Remove NUL characters and halves of surrogate pairs…', true], ['Remove rows that cannot be trained on…', false], ['Rename roles…', true],
    ]);
    assert.deepEqual(ours.find(({ title }) => title === 'Rename roles…')?.command?.arguments, [{ file: file.fsPath, repairs: ['rename-roles'] }]);
    problems.dispose();
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
    await vscode.workspace.fs.delete(file);
  });

  test('of a file that the editor cannot show is shown by the rows that change', async () => {
    const file = inWorkspace('packed.jsonl.gz');
    const { gzipSync } = await import('node:zlib');
    await vscode.workspace.fs.writeFile(file, gzipSync(BEFORE));
    const diff = new RepairDiff('tunesmith-repair-packed');
    const provider = vscode.workspace.registerTextDocumentContentProvider('tunesmith-repair-packed', diff);
    const shown: string[] = [];
    const look = async (): Promise<void> => {
      for (const { original, modified } of diffTabs()) for (const uri of [original, modified]) shown.push((await vscode.workspace.openTextDocument(uri)).getText());
    };
    await (await managerWith(reviewed(diff, 'discard', look))).redact({ file: file.fsPath });
    provider.dispose();
    const row = (mail: string): string => `// Row 1: redact personal data\n{\n  "prompt": "mail ${mail}",\n  "completion": "b"\n}\n`;
    assert.deepEqual(shown, [row('x@y.de'), row('[EMAIL_1]')]);
    assert.deepEqual(diffTabs(), []);
    await vscode.workspace.fs.delete(file);
  });
});
