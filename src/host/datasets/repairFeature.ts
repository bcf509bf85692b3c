/** Puts the repair of datasets together: its commands, its difference, its quick fixes. */

import * as vscode from 'vscode';
import { Commands, RepairScheme } from '../../ids.ts';
import type { CommandTable } from '../commands.ts';
import type { Repair } from '../services.ts';
import { RepairActionProvider } from './repairActions.ts';
import { RepairDiff } from './repairDiff.ts';
import { RepairManager, type RepairServices } from './repairManager.ts';

export interface RepairFeature extends Omit<RepairServices, 'repair' | 'showDiff'> {
  readonly commands: CommandTable;
  readonly repair: Repair;
  /** of the extension */
  readonly version: string;
}

export function registerRepairs({ commands, repair, version, ...services }: RepairFeature): vscode.Disposable {
  const diff = new RepairDiff();
  new RepairManager({
    ...services,
    repair: (file, repairs, out, signal, onShare) =>
      repair({ file, repairs, out, version }, ({ bytes, totalBytes }) => onShare(totalBytes === 0 ? 1 : bytes / totalBytes), signal),
    showDiff: (report) => diff.show(report),
  }).register(commands);
  commands.register(Commands.saveRepair, (version) => diff.decide(version.toString(), 'save'));
  commands.register(Commands.replaceByRepair, (version) => diff.decide(version.toString(), 'replace'));
  commands.register(Commands.discardRepair, (version) => diff.decide(version.toString(), 'discard'));
  return vscode.Disposable.from(
    vscode.workspace.registerTextDocumentContentProvider(RepairScheme, diff),
    vscode.languages.registerCodeActionsProvider(RepairActionProvider.selector, new RepairActionProvider(), RepairActionProvider.metadata),
  );
}
