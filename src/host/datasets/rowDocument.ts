/** One row as a read-only document, where the editor cannot show the file: it is too large, compressed or no text. */

import { basename } from 'node:path';
import * as vscode from 'vscode';
import { RowScheme } from '../../ids.ts';
import type { ReadRows } from '../services.ts';
import { rowText } from './rowText.ts';

export function rowUri(file: string, row: number): string {
  return vscode.Uri.from({ scheme: RowScheme, path: `/${basename(file)} row ${row}.json`, query: JSON.stringify([file, row]) }).toString();
}

export class RowDocumentProvider implements vscode.TextDocumentContentProvider {
  readonly #readRows: ReadRows;

  constructor(readRows: ReadRows) {
    this.#readRows = readRows;
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const place: unknown = JSON.parse(uri.query);
    if (!Array.isArray(place) || typeof place[0] !== 'string' || typeof place[1] !== 'number') return '';
    const [found] = await this.#readRows(place[0], place[1], 1);
    return found?.row === place[1] ? rowText(found) : `The file has no row ${place[1]} any more.`;
  }
}
