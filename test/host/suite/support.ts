/** What the tests in the extension host share: the extension, the open folder, and waiting for an event. */

import * as path from 'node:path';
import * as vscode from 'vscode';
import type { TunesmithExports } from '../../../src/extension.ts';

export async function tunesmith(): Promise<{ readonly exports: TunesmithExports; readonly folder: vscode.Uri }> {
  const extension = vscode.extensions.getExtension<TunesmithExports>('tunesmith.tunesmith');
  if (!extension) throw new Error('Tunesmith is not installed here.');
  return { exports: await extension.activate(), folder: extension.extensionUri };
}

/** The open folder, or a file in it. */
export function inWorkspace(...names: string[]): vscode.Uri {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  if (!folder) throw new Error('No folder is open.');
  return vscode.Uri.joinPath(folder, ...names);
}

export function inHome(...names: string[]): string {
  const home = process.env['TUNESMITH_HOME'];
  if (!home) throw new Error('TUNESMITH_HOME is not set.');
  return path.join(home, ...names);
}

/** Resolves with the first value that is there, asking again at each event. Mocha's own time limit ends a wait in vain. */
export function eventually<T>(event: (listener: () => void) => { dispose(): void }, look: () => T | undefined): Promise<T> {
  return new Promise((resolve, reject) => {
    const ask = (): void => {
      try {
        const value = look();
        if (value === undefined) return;
        listening.dispose();
        resolve(value);
      } catch (fault) {
        listening.dispose();
        reject(fault instanceof Error ? fault : new Error(String(fault)));
      }
    };
    const listening = event(ask);
    ask();
  });
}
