/** The Problems view's list of what is wrong with checked datasets, kept as they are checked again, change and go. */

import * as vscode from 'vscode';
import { parseDatasetName } from '../../core/datasets/extensions.ts';
import type { DatasetProfile } from '../../core/datasets/profile.ts';
import type { Severity } from '../../core/datasets/finding.ts';
import { Settings } from '../../ids.ts';
import type { FaultReporter } from '../commands.ts';
import type { DatasetFiles } from '../services.ts';
import type { DatasetModel } from './datasetModel.ts';
import { hasRowALine, problemsOf, rowsToPlace, type Problem } from './problemText.ts';

export interface ProblemServices {
  readonly model: DatasetModel;
  readonly files: Pick<DatasetFiles, 'places' | 'rules'>;
  readonly faults: Pick<FaultReporter, 'watch'>;
  /** only files of the workspace are marked */
  readonly contains: (file: string) => boolean;
}

const severities: Record<Severity, vscode.DiagnosticSeverity> = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  info: vscode.DiagnosticSeverity.Information,
};

/** The editor ends a mark where the line ends. */
const END_OF_LINE = 1_000_000;

export class DatasetProblems implements vscode.Disposable {
  readonly #services: ProblemServices;
  readonly #collection = vscode.languages.createDiagnosticCollection('tunesmith.datasets');
  /** what each file is marked for */
  readonly #shown = new Map<string, DatasetProfile>();
  readonly #subscriptions: { dispose(): unknown }[];

  constructor(services: ProblemServices) {
    this.#services = services;
    this.#subscriptions = [
      this.#collection,
      services.model.onDidChange((file) => this.#follow(file)),
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration(Settings.datasetProblems)) this.#follow(undefined);
      }),
    ];
  }

  #follow(file: string | undefined): void {
    const isOn = vscode.workspace.getConfiguration().get<boolean>(Settings.datasetProblems, true);
    for (const one of file === undefined ? new Set([...this.#shown.keys(), ...this.#services.model.entries.map((entry) => entry.file)]) : [file]) this.#services.faults.watch(this.#show(one, isOn));
  }

  /** What is known stays until the file has been checked again. */
  async #show(file: string, isOn: boolean): Promise<void> {
    const { model, contains } = this.#services;
    const entry = model.get(file);
    if (!entry || entry.state === 'failed' || !isOn || !contains(file)) {
      this.#shown.delete(file);
      this.#collection.delete(vscode.Uri.file(file));
      return;
    }
    if (entry.state !== 'known' || this.#shown.get(file) === entry.profile) return;
    const { profile } = entry;
    this.#shown.set(file, profile);
    const problems = await this.#problems(profile);
    // It may have been checked again meanwhile.
    if (this.#shown.get(file) === profile) this.#collection.set(vscode.Uri.file(file), problems.map(toDiagnostic));
  }

  async #problems(profile: DatasetProfile): Promise<readonly Problem[]> {
    if (profile.findings.length === 0) return [];
    const rows = rowsToPlace(profile);
    const { files } = this.#services;
    const [places, rules] = await Promise.all([
      // Without them, the first row of each rule has its mark all the same.
      rows.length === 0 ? [] : files.places(profile.file, rows).catch(() => []),
      files.rules(profile.file, [...new Set(profile.findings.map(({ code }) => code))]),
    ]);
    const lines = new Map(places.map(({ row, line }) => [row, line]));
    const says = new Map(rules.map(({ code, one }) => [code, one]));
    const isLine = hasRowALine(profile.file);
    return problemsOf(profile, { lineOf: (row) => (isLine ? row : lines.get(row)), says: (code) => says.get(code) });
  }

  dispose(): void {
    this.#shown.clear();
    for (const subscription of this.#subscriptions.splice(0)) subscription.dispose();
  }
}

function toDiagnostic({ code, severity, message, line, column }: Problem): vscode.Diagnostic {
  const diagnostic = new vscode.Diagnostic(new vscode.Range(line - 1, column - 1, line - 1, END_OF_LINE), message, severities[severity]);
  diagnostic.source = 'Tunesmith';
  diagnostic.code = code;
  return diagnostic;
}

/** Checks a dataset of the workspace while it is open in an editor, so that its problems are known. */
export class OpenDatasets implements vscode.Disposable {
  readonly #model: DatasetModel;
  readonly #faults: Pick<FaultReporter, 'watch'>;
  readonly #isOurs: (file: string) => Promise<boolean>;
  readonly #open = new Map<string, Promise<{ dispose(): void } | undefined>>();
  readonly #subscriptions: vscode.Disposable[] = [];

  constructor(model: DatasetModel, faults: Pick<FaultReporter, 'watch'>, isOurs: (file: string) => Promise<boolean>) {
    this.#model = model;
    this.#faults = faults;
    this.#isOurs = isOurs;
  }

  start(): void {
    this.#subscriptions.push(
      vscode.workspace.onDidOpenTextDocument((document) => this.#enter(document)),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => {
        // Git shows an earlier version of the same path.
        if (uri.scheme === 'file') this.#leave(uri.fsPath);
      }),
    );
    for (const document of vscode.workspace.textDocuments) this.#enter(document);
  }

  #enter({ uri }: vscode.TextDocument): void {
    const file = uri.fsPath;
    if (uri.scheme !== 'file' || !parseDatasetName(file) || this.#open.has(file)) return;
    const opening = this.#isOurs(file).then((isOurs) => (isOurs && this.#open.has(file) ? this.#model.open(file) : undefined));
    this.#open.set(file, opening);
    this.#faults.watch(opening);
  }

  #leave(file: string): void {
    const opening = this.#open.get(file);
    this.#open.delete(file);
    void opening?.then((handle) => handle?.dispose(), () => undefined);
  }

  dispose(): void {
    for (const file of [...this.#open.keys()]) this.#leave(file);
    for (const subscription of this.#subscriptions.splice(0)) subscription.dispose();
  }
}
