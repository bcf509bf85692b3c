/** Adds datasets to the view: files that were dropped on it, and folders of texts. */

import { basename } from 'node:path';
import type { DatasetFile } from '../../core/datasets/files.ts';
import type { FileArgument } from '../../ids.ts';
import type { Screen } from '../screen.ts';
import type { DatasetMemory } from './datasetMemory.ts';
import type { DatasetModel, FoundFiles } from './datasetModel.ts';

export interface AddServices {
  readonly model: Pick<DatasetModel, 'start' | 'get' | 'refresh'>;
  readonly memory: DatasetMemory;
  readonly screen: Screen;
  /** says what a file is; throws where it is no dataset */
  readonly look: (file: string) => Promise<DatasetFile>;
  /** the absolute path that a command was given */
  readonly pathOf: (argument: FileArgument) => string;
  /** shows the page of a dataset */
  readonly preview: (file: string) => Promise<void>;
}

export class AddDatasets {
  readonly #services: AddServices;

  constructor(services: AddServices) {
    this.#services = services;
  }

  /**
   * What the view lists already is only opened; the rest joins its list.
   *
   * @throws UserError "dataset.unsupported-file" for the first that is no dataset; nothing is added then
   */
  async add(files: readonly string[]): Promise<void> {
    const { model, memory, look, preview } = this.#services;
    for (const file of files) await look(file);
    await model.start();
    const others = files.filter((file) => model.get(file) === undefined);
    if (others.length > 0) {
      await memory.add(others);
      await model.refresh();
    }
    const [only] = files;
    if (files.length === 1 && only !== undefined) await preview(only);
  }

  /** @throws UserError "dataset.unsupported-file" for a folder without text files */
  async useFolder(argument: FileArgument | undefined): Promise<void> {
    const { screen, pathOf, look } = this.#services;
    const folder = argument ? pathOf(argument) : await screen.chooseFolder('A folder of .txt and .md files', 'Use as Dataset');
    if (folder === undefined) return;
    await look(folder);
    await this.add([folder]);
    await screen.tell('information', `${basename(folder)} is in the Datasets view: each of its .txt and .md files is a row.`);
  }

  async forget(argument: FileArgument): Promise<void> {
    const { memory, model, pathOf } = this.#services;
    await memory.forget(pathOf(argument));
    await model.refresh();
  }
}

/** The files of the workspace, and those that were added. */
export function withAdded({ files, isCut }: FoundFiles, added: readonly string[]): FoundFiles {
  return { files: [...new Set([...files, ...added])], isCut };
}
