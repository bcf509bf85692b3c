/** All settings, read in one place. */

import * as vscode from 'vscode';
import { resolveHome } from '../core/jobs/home.ts';
import { Settings } from '../ids.ts';

export interface TunesmithSettings {
  /** absolute path of the Tunesmith home */
  readonly home: string;
  readonly codeLens: boolean;
}

export function readSettings(): TunesmithSettings {
  const configuration = vscode.workspace.getConfiguration();
  return {
    home: resolveHome(configuration.get<string>(Settings.home, '')),
    codeLens: configuration.get<boolean>(Settings.codeLens, true),
  };
}
