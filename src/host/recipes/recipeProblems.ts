/** Faults of recipe documents in Problems, and the CodeLens that launches one. */

import * as vscode from 'vscode';
import type { RecipeFault } from '../../core/recipes/document.ts';
import { Commands, isRecipeFile, RecipeGlob, Settings } from '../../ids.ts';
import type { FaultReporter } from '../commands.ts';
import { joinSentences } from '../words.ts';
import type { RecipePort } from './recipePort.ts';

/** Long enough not to blame a word that is half typed. */
const QUIET_MS = 250;

export class RecipeProblems implements vscode.Disposable {
  readonly #recipes: RecipePort;
  readonly #faults: FaultReporter;
  readonly #collection = vscode.languages.createDiagnosticCollection('tunesmith');
  readonly #subscriptions: vscode.Disposable[] = [this.#collection];
  readonly #timers = new Map<string, NodeJS.Timeout>();

  constructor(recipes: RecipePort, faults: FaultReporter) {
    this.#recipes = recipes;
    this.#faults = faults;
  }

  start(): void {
    this.#subscriptions.push(
      vscode.workspace.onDidOpenTextDocument((document) => this.#soon(document, 0)),
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        // The event also tells of a change of the dirty state.
        if (contentChanges.length > 0) this.#soon(document, QUIET_MS);
      }),
      vscode.workspace.onDidSaveTextDocument((document) => this.#soon(document, 0)),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => {
        this.#clearTimer(uri);
        this.#collection.delete(uri);
      }),
    );
    for (const document of vscode.workspace.textDocuments) this.#soon(document, 0);
  }

  #soon(document: vscode.TextDocument, milliseconds: number): void {
    if (document.uri.scheme !== 'file' || !isRecipeFile(document.uri.path)) return;
    this.#clearTimer(document.uri);
    this.#timers.set(
      document.uri.toString(),
      setTimeout(() => this.#faults.watch(this.check(document)), milliseconds),
    );
  }

  async check(document: vscode.TextDocument): Promise<void> {
    const { version } = document;
    const faults = await this.#recipes.check(document.getText());
    if (document.isClosed || document.version !== version) return;
    this.#collection.set(document.uri, faults.map((fault) => toDiagnostic(fault, document)));
  }

  #clearTimer(uri: vscode.Uri): void {
    clearTimeout(this.#timers.get(uri.toString()));
    this.#timers.delete(uri.toString());
  }

  dispose(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    for (const subscription of this.#subscriptions.splice(0)) subscription.dispose();
  }
}

function toDiagnostic(fault: RecipeFault, document: vscode.TextDocument): vscode.Diagnostic {
  const range = document.validateRange(new vscode.Range(fault.line - 1, fault.column - 1, fault.endLine - 1, fault.endColumn - 1));
  const severity = fault.severity === 'error' ? vscode.DiagnosticSeverity.Error : vscode.DiagnosticSeverity.Warning;
  const diagnostic = new vscode.Diagnostic(range, joinSentences(fault.message, fault.remedy), severity);
  diagnostic.source = 'Tunesmith';
  diagnostic.code = fault.code;
  return diagnostic;
}

export class RecipeLensProvider implements vscode.CodeLensProvider, vscode.Disposable {
  readonly #isTrusted: () => boolean;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscriptions: vscode.Disposable[];

  readonly onDidChangeCodeLenses = this.#changed.event;

  static readonly selector: vscode.DocumentSelector = { scheme: 'file', pattern: RecipeGlob };

  constructor(isTrusted: () => boolean) {
    this.#isTrusted = isTrusted;
    this.#subscriptions = [
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.#changed.fire()),
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration(Settings.codeLens)) this.#changed.fire();
      }),
    ];
  }

  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    if (!this.#isTrusted() || !vscode.workspace.getConfiguration().get<boolean>(Settings.codeLens, true)) return [];
    const top = new vscode.Range(0, 0, 0, 0);
    return [new vscode.CodeLens(top, { command: Commands.launchRecipe, title: '$(play) Launch', tooltip: 'Train with this recipe on this machine', arguments: [document.uri] })];
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#changed.dispose();
  }
}
