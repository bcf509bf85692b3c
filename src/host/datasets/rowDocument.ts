/** One row as a read-only document, where the editor cannot show the file: it is too large, compressed or no text. */

import { basename } from 'node:path';
import * as vscode from 'vscode';
import { RowScheme } from '../../ids.ts';
import type { ReadRows } from '../services.ts';
import type { DatasetModel } from './datasetModel.ts';
import { rowText } from './rowText.ts';

export function rowUri(file: string, row: number): string {
  return vscode.Uri.from({ scheme: RowScheme, path: `/${basename(file)} row ${row}.json`, query: JSON.stringify([file, row]) }).toString();
}

export class RowDocumentProvider implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #readRows: ReadRows;
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly #listening: { dispose(): void };

  readonly onDidChange = this.#changed.event;

  /** @param model tells when a file was read anew, whose rows may be others then */
  constructor(readRows: ReadRows, model: Pick<DatasetModel, 'get' | 'onDidChange'>) {
    this.#readRows = readRows;
    this.#listening = model.onDidChange((file) => {
      if (file === undefined || model.get(file)?.state !== 'known') return;
      for (const { uri } of vscode.workspace.textDocuments) if (uri.scheme === RowScheme && placeOf(uri)?.file === file) this.#changed.fire(uri);
    });
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const place = placeOf(uri);
    if (!place) return '';
    const [found] = await this.#readRows(place.file, place.row, 1);
    return found?.row === place.row ? rowText(found) : `The file has no row ${place.row} any more.`;
  }

  dispose(): void {
    this.#listening.dispose();
    this.#changed.dispose();
  }
}

function placeOf({ query }: vscode.Uri): { readonly file: string; readonly row: number } | undefined {
  try {
    const place: unknown = JSON.parse(query);
    return Array.isArray(place) && typeof place[0] === 'string' && typeof place[1] === 'number' ? { file: place[0], row: place[1] } : undefined;
  } catch {
    // An address that is not from here.
    return undefined;
  }
}
