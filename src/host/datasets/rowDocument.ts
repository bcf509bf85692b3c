/** One row of a file that is too large for the editor, as a read-only document. */

import { basename } from 'node:path';
import * as vscode from 'vscode';
import { RowScheme } from '../../ids.ts';
import { readLine } from './rowPlace.ts';

export function rowUri(file: string, row: number): string {
  return vscode.Uri.from({ scheme: RowScheme, path: `/${basename(file)} row ${row}.json`, query: JSON.stringify([file, row]) }).toString();
}

export class RowDocumentProvider implements vscode.TextDocumentContentProvider {
  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const place: unknown = JSON.parse(uri.query);
    if (!Array.isArray(place) || typeof place[0] !== 'string' || typeof place[1] !== 'number') return '';
    return (await readLine(place[0], place[1])) ?? `The file has no row ${place[1]} any more.`;
  }
}
