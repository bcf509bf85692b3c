/** Puts the repair of datasets together: its commands, its difference, its quick fixes. */

import * as vscode from 'vscode';
import type { TargetId } from '../../core/datasets/targets/target.ts';
import { Commands, RepairScheme } from '../../ids.ts';
import type { CommandTable } from '../commands.ts';
import type { Repair } from '../services.ts';
import { RepairActionProvider } from './repairActions.ts';
import { RepairDiff } from './repairDiff.ts';
import { RepairManager, type RepairServices } from './repairManager.ts';

export interface RepairFeature extends Omit<RepairServices, 'repair' | 'showDiff'> {
  readonly commands: CommandTable;
  readonly repair: Repair;
  /** where a dataset is to be trained on; undefined for this machine */
  readonly targetOf: (file: string) => TargetId | undefined;
  /** of the extension */
  readonly version: string;
}

export function registerRepairs({ commands, repair, targetOf, version, ...services }: RepairFeature): vscode.Disposable {
  const diff = new RepairDiff();
  new RepairManager({
    ...services,
    repair: (file, repairs, out, signal, onShare) => {
      const target = targetOf(file);
      return repair({ file, repairs, out, version, ...(target && { target }) }, ({ bytes, totalBytes }) => onShare(totalBytes === 0 ? 1 : bytes / totalBytes), signal);
    },
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
