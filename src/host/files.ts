/** Finds datasets and recipes in the workspace, and the one that a command means. */

import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { COMMON_GLOB, EXTENSIONS_IN_WORDS, SURE_GLOB } from '../core/datasets/extensions.ts';
import { isDataset } from '../core/datasets/files.ts';
import { listTextFiles } from '../core/datasets/readers/textFolder.ts';
import { UserError } from '../core/errors.ts';
import { type FileArgument, isRecipeFile, NotOursGlob, RecipeGlob } from '../ids.ts';
import type { DatasetFileFacts, FoundFiles } from './datasets/datasetModel.ts';
import { cutText } from './datasets/datasetText.ts';
import type { Screen } from './screen.ts';

/** More would make a list nobody reads; search.exclude and .gitignore do not apply to findFiles. */
const FILES_LISTED = 500;

/** Files that are seldom datasets, of which the first bytes tell. */
const FILES_LOOKED_INTO = 2000;
/** A process may have a thousand files open. */
const FILES_AT_ONCE = 50;

type Kind = 'dataset' | 'recipe';

const kinds = {
  dataset: {
    globs: [SURE_GLOB, COMMON_GLOB], fits: isDataset,
    none: `This workspace has no dataset: no ${EXTENSIONS_IN_WORDS} file with rows.`, remedy: 'Open a folder that has one, or run "Tunesmith: Open Sample Project".',
  },
  recipe: { globs: [RecipeGlob], fits: (file: string) => Promise.resolve(isRecipeFile(file)), none: 'This workspace has no *.tune.yaml recipe.', remedy: 'Right-click a dataset and choose "Fine-Tune on This Dataset" to write one.' },
};

export class WorkspaceFiles {
  readonly #screen: Screen;

  constructor(screen: Screen) {
    this.#screen = screen;
  }

  async find(kind: Kind): Promise<FoundFiles> {
    const { globs, fits } = kinds[kind];
    const found = await Promise.all(globs.map((glob) => vscode.workspace.findFiles(glob, NotOursGlob, glob === COMMON_GLOB ? FILES_LOOKED_INTO : FILES_LISTED + 1)));
    const local = found.flat().filter(({ scheme }) => scheme === 'file').map(({ fsPath }) => fsPath);
    const files: string[] = [];
    for (let at = 0; at < local.length && files.length <= FILES_LISTED; at += FILES_AT_ONCE) {
      const some = local.slice(at, at + FILES_AT_ONCE);
      const fit = await Promise.all(some.map((file) => fits(file)));
      files.push(...some.filter((_, index) => fit[index]));
    }
    return { files: files.slice(0, FILES_LISTED).sort(), isCut: files.length > FILES_LISTED };
  }

  /** Of a folder, what its text files are together. */
  async stat(file: string): Promise<DatasetFileFacts | undefined> {
    try {
      const facts = await stat(file);
      if (!facts.isDirectory()) return { file, bytes: facts.size, modifiedAt: facts.mtimeMs };
      const texts = await listTextFiles(file);
      return { file, bytes: texts.reduce((sum, { bytes }) => sum + bytes, 0), modifiedAt: texts.reduce((latest, { modifiedAt }) => Math.max(latest, modifiedAt), facts.mtimeMs) };
    } catch {
      return undefined;
    }
  }

  contains(file: string): boolean {
    return vscode.workspace.getWorkspaceFolder(vscode.Uri.file(file)) !== undefined;
  }

  /** The file a command was given; else the one in the active tab; else the user's choice. */
  async resolve(kind: Kind, argument: FileArgument | undefined, question: string): Promise<string | undefined> {
    if (argument) return pathOf(argument);
    const active = this.#active();
    if (active && (await kinds[kind].fits(active.fsPath))) return localPath(active);
    const { files, isCut } = await this.find(kind);
    if (files.length === 0) throw new UserError(`${kind}.none-here`, kinds[kind].none, kinds[kind].remedy);
    return this.#screen.choose(
      { title: question, ...(isCut && { prompt: cutText(files.length) }) },
      files.map((file) => ({ label: basename(file), description: vscode.workspace.asRelativePath(file), value: file })),
    );
  }

  /** Read from the tab: a file above 50 MB has a tab and no text editor. */
  #active(): vscode.Uri | undefined {
    const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
    return input instanceof vscode.TabInputText ? input.uri : undefined;
  }
}

/** @throws UserError "file.not-local" */
export function pathOf(argument: FileArgument): string {
  return 'file' in argument ? argument.file : localPath(argument);
}

function localPath({ scheme, fsPath }: { readonly scheme: string; readonly fsPath: string }): string {
  if (scheme === 'file') return fsPath;
  throw new UserError('file.not-local', `${basename(fsPath)} is not on this machine's disk (${scheme}), where training runs.`, 'Copy the file into a local folder.');
}
