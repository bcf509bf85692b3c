/** A recipe's faults stand in Problems where they are, and a sound one can be launched from its first line. */

import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { Commands } from '../../../src/ids.ts';
import { eventually, inWorkspace, tunesmith } from './support.ts';

async function openRecipe(name: string, text: string): Promise<vscode.TextDocument> {
  await tunesmith();
  const uri = inWorkspace(name);
  await vscode.workspace.fs.writeFile(uri, Buffer.from(text));
  const document = await vscode.workspace.openTextDocument(uri);
  await vscode.window.showTextDocument(document);
  return document;
}

const problemsOf = (uri: vscode.Uri): vscode.Diagnostic[] => vscode.languages.getDiagnostics(uri).filter(({ source }) => source === 'Tunesmith');

suite('a recipe', () => {
  test('has its faults in Problems, each at its place, and loses them when they are corrected', async () => {
    const document = await openRecipe('bad.tune.yaml', 'version: 2\nname: bad\nbaseModel: starter\ndataset:\n  train: tickets.jsonl\ntraining:\n  epochz: 3\n');
    const [fault] = await eventually(vscode.languages.onDidChangeDiagnostics, () => {
      const found = problemsOf(document.uri);
      return found.length > 0 ? found : undefined;
    });
    assert.equal(fault?.range.start.line, 6);
    assert.equal(document.getText(fault.range), 'epochz');
    assert.match(fault.message, /epochz.*epochs/s);

    const edit = new vscode.WorkspaceEdit();
    edit.replace(document.uri, fault.range, 'epochs');
    const corrected = eventually(vscode.languages.onDidChangeDiagnostics, () => (problemsOf(document.uri).length === 0 ? true : undefined));
    await vscode.workspace.applyEdit(edit);
    await corrected;
    await document.save();
  });

  test('that is half typed makes nothing throw', async () => {
    const document = await openRecipe('half.tune.yaml', 'version: 2\nname: [\n');
    const found = await eventually(vscode.languages.onDidChangeDiagnostics, () => (problemsOf(document.uri).length > 0 ? problemsOf(document.uri) : undefined));
    assert.ok(found.every(({ severity }) => severity === vscode.DiagnosticSeverity.Error));
  });

  test('offers Launch above its first line', async () => {
    const document = await vscode.workspace.openTextDocument(inWorkspace('quick.tune.yaml'));
    const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', document.uri);
    assert.deepEqual(lenses.map(({ command }) => command?.command), [Commands.launchRecipe]);
  });
});
