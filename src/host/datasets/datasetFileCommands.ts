/** The commands that check, convert and split datasets and add them to the view; what they need is loaded on first use. */

import type { DatasetProfile } from '../../core/datasets/profile.ts';
import type { Target } from '../../core/datasets/targets/target.ts';
import { Commands, type FileArgument, type RowArgument } from '../../ids.ts';
import type { CommandTable } from '../commands.ts';
import type { Screen } from '../screen.ts';
import type { DatasetFiles, ReadRows } from '../services.ts';
import type { AddDatasets } from './addDatasets.ts';
import type { DatasetMemory } from './datasetMemory.ts';
import type { DatasetModel } from './datasetModel.ts';
import type { SplitDataset } from './splitDataset.ts';

export interface DatasetFileServices {
  readonly screen: Screen;
  readonly readRows: ReadRows;
  readonly files: DatasetFiles;
  readonly model: DatasetModel;
  readonly memory: DatasetMemory;
  readonly adder: AddDatasets;
  readonly chooseDataset: (argument: FileArgument | undefined, question: string) => Promise<string | undefined>;
  readonly showFindings: (profile: DatasetProfile) => Promise<void>;
  readonly openRow: (place: RowArgument) => Promise<void>;
  readonly onSplit: () => void;
  readonly mayWrite: () => boolean;
}

export function registerDatasetFileCommands(commands: CommandTable, services: DatasetFileServices): void {
  const { screen, model, memory, adder, files, readRows, chooseDataset, showFindings, openRow, onSplit, mayWrite } = services;
  commands.register(Commands.checkDataset, async (argument) => {
    const { CheckDataset } = await import('./checkDataset.ts');
    const targets = async (): Promise<readonly Target[]> => (await import('../../core/datasets/targets/table.ts')).TARGETS;
    await new CheckDataset({ screen, model, memory, chooseDataset, showFindings, targets }).check(argument);
  });
  commands.register(Commands.convertDataset, async (argument) => {
    const { ConvertDataset } = await import('./convertDataset.ts');
    await new ConvertDataset({ screen, files, readRows, chooseDataset, openDataset: (file) => openRow({ file, row: 1 }) }).convert(argument);
  });
  const splitter = async (): Promise<SplitDataset> => {
    const { SplitDataset } = await import('./splitDataset.ts');
    return new SplitDataset({ screen, files, readRows, chooseDataset, onSplit, mayWrite, profile: (file, signal, onShare) => model.profile(file, signal, onShare) });
  };
  commands.register(Commands.splitDataset, async (argument) => (await splitter()).split(argument));
  commands.register(Commands.updateSplit, async (argument) => (await splitter()).update(argument));
  commands.register(Commands.verifySplit, async (argument) => (await splitter()).verify(argument));
  commands.register(Commands.useFolder, (argument) => adder.useFolder(argument));
  commands.register(Commands.forgetDataset, (argument) => adder.forget(argument));
}
