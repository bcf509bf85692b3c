/** What a row was found for, when the pointer rests on it: what it says, what to do, and where to look further. */

import * as vscode from 'vscode';
import { DATASET_GLOB } from '../../core/datasets/extensions.ts';
import { formatCount } from '../../core/wording/numbers.ts';
import { Commands } from '../../ids.ts';
import type { DatasetFiles, TableReader } from '../services.ts';
import { joinSentences } from '../words.ts';
import type { DatasetModel } from './datasetModel.ts';
import { hasRowALine, rowsToPlace } from './problemText.ts';

export interface HoverServices {
  readonly model: Pick<DatasetModel, 'get'>;
  readonly table: Pick<TableReader, 'describe'>;
  readonly files: Pick<DatasetFiles, 'places' | 'rules'>;
}

export class DatasetHoverProvider implements vscode.HoverProvider {
  readonly #services: HoverServices;

  static readonly selector: vscode.DocumentSelector = { scheme: 'file', pattern: DATASET_GLOB };

  constructor(services: HoverServices) {
    this.#services = services;
  }

  async provideHover(document: vscode.TextDocument, position: vscode.Position): Promise<vscode.Hover | undefined> {
    const file = document.uri.fsPath;
    const entry = this.#services.model.get(file);
    // The rows of what is typed and not saved are not those that were checked.
    if (entry?.state !== 'known' || document.isDirty || !entry.profile.findings.some(({ rows }) => rows.length > 0)) return undefined;
    const row = await this.#rowAt(file, position.line + 1, rowsToPlace(entry.profile));
    const detail = row === undefined ? undefined : await this.#services.table.describe(file, row);
    if (!detail || detail.notes.length === 0) return undefined;
    const rules = await this.#services.files.rules(file, detail.notes.map(({ code }) => code));
    const meanings = new Map(rules.map(({ code, means }) => [code, means]));
    const word = hasRowALine(file) ? 'Line' : 'Row';
    const text = new vscode.MarkdownString(undefined, true);
    text.isTrusted = { enabledCommands: [Commands.showFindings, Commands.previewDataset] };
    for (const { severity, says, remedy, code } of detail.notes) {
      text.appendMarkdown(`$(${severity}) `).appendText(joinSentences(`${word} ${formatCount(detail.row)} ${says}`)).appendMarkdown('\n\n');
      const means = meanings.get(code);
      if (means !== undefined) text.appendText(means).appendMarkdown('\n\n');
      text.appendText(joinSentences(remedy)).appendMarkdown(`  \n*${code}*\n\n`);
    }
    const link = (command: string, title: string): string => `[${title}](command:${command}?${encodeURIComponent(JSON.stringify([{ file }]))})`;
    text.appendMarkdown(`${link(Commands.showFindings, 'Show All Findings')} · ${link(Commands.previewDataset, 'Preview Dataset')}`);
    return new vscode.Hover(text, document.lineAt(position.line).range);
  }

  /** Of a table or list, only rows whose places were looked up for the Problems view. */
  async #rowAt(file: string, line: number, rows: readonly number[]): Promise<number | undefined> {
    if (hasRowALine(file)) return line;
    if (rows.length === 0) return undefined;
    return (await this.#services.files.places(file, rows)).find((place) => place.line === line)?.row;
  }
}
