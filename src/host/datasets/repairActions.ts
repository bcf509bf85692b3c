/** Quick fixes of what Problems says about a dataset: each repair that mends it, and all safe ones together. */

import * as vscode from 'vscode';
import { repairOf, repairsFor, type RepairId } from '../../core/datasets/repair/table.ts';
import { DATASET_GLOB } from '../../core/datasets/extensions.ts';
import { Commands, type RepairArgument } from '../../ids.ts';

export class RepairActionProvider implements vscode.CodeActionProvider {
  static readonly selector: vscode.DocumentSelector = { scheme: 'file', pattern: DATASET_GLOB };
  static readonly metadata: vscode.CodeActionProviderMetadata = { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] };

  provideCodeActions({ uri }: vscode.TextDocument, _range: vscode.Range, { diagnostics }: Pick<vscode.CodeActionContext, 'diagnostics'>): vscode.CodeAction[] {
    const mended = new Map<RepairId, vscode.Diagnostic[]>();
    for (const diagnostic of diagnostics) {
      for (const id of (diagnostic.source === 'Tunesmith' && repairsFor(codeOf(diagnostic))) || []) mended.set(id, [...(mended.get(id) ?? []), diagnostic]);
    }
    const actions = [...mended].map(([id, some]) => action(`${repairOf(id).title}…`, uri.fsPath, [id], some, repairOf(id).isSafe));
    const safe = [...mended.keys()].filter((id) => repairOf(id).isSafe);
    if (safe.length > 1) actions.push(action('All Safe Repairs…', uri.fsPath, safe, safe.flatMap((id) => mended.get(id) ?? []), false));
    return actions;
  }
}

function codeOf({ code }: vscode.Diagnostic): string {
  return String(typeof code === 'object' ? code.value : code);
}

function action(title: string, file: string, repairs: readonly RepairId[], diagnostics: vscode.Diagnostic[], isPreferred: boolean): vscode.CodeAction {
  const made = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
  made.command = { command: Commands.repairDataset, title, arguments: [{ file, repairs } satisfies RepairArgument] };
  made.diagnostics = diagnostics;
  made.isPreferred = isPreferred;
  return made;
}
