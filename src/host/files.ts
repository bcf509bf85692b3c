/** Finds datasets and recipes in the workspace, and the one that a command means. */

import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../core/errors.ts';
import { DatasetGlob, type FileArgument, isDatasetFile, isRecipeFile, NotOursGlob, RecipeGlob } from '../ids.ts';
import type { DatasetFileFacts, FoundFiles } from './datasets/datasetModel.ts';
import { cutText } from './datasets/datasetText.ts';
import type { Screen } from './screen.ts';

/** More would make a list nobody reads; search.exclude and .gitignore do not apply to findFiles. */
const FILES_LISTED = 500;

type Kind = 'dataset' | 'recipe';

const kinds = {
  dataset: { glob: DatasetGlob, fits: isDatasetFile, none: 'This workspace has no .jsonl, .ndjson, .csv or .tsv file.', remedy: 'Open a folder that has one, or run "Tunesmith: Open Sample Project".' },
  recipe: { glob: RecipeGlob, fits: isRecipeFile, none: 'This workspace has no *.tune.yaml recipe.', remedy: 'Right-click a dataset and choose "Fine-Tune on This Dataset" to write one.' },
};

export class WorkspaceFiles {
  readonly #screen: Screen;

  constructor(screen: Screen) {
    this.#screen = screen;
  }

  async find(kind: Kind): Promise<FoundFiles> {
    const found = await vscode.workspace.findFiles(kinds[kind].glob, NotOursGlob, FILES_LISTED + 1);
    const files = found.slice(0, FILES_LISTED).filter(({ scheme }) => scheme === 'file').map(({ fsPath }) => fsPath).sort();
    return { files, isCut: found.length > FILES_LISTED };
  }

  async stat(file: string): Promise<DatasetFileFacts | undefined> {
    try {
      const { size, mtimeMs } = await stat(file);
      return { file, bytes: size, modifiedAt: mtimeMs };
    } catch {
      return undefined;
    }
  }

  contains(file: string): boolean {
    return vscode.workspace.getWorkspaceFolder(vscode.Uri.file(file)) !== undefined;
  }

  /** The file a command was given; else the one in the active tab; else the user's choice. */
  async resolve(kind: Kind, argument: FileArgument | undefined, question: string): Promise<string | undefined> {
    if (argument && 'file' in argument) return argument.file;
    if (argument) return localPath(argument);
    const active = this.#active();
    if (active && kinds[kind].fits(active.path)) return localPath(active);
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

function localPath({ scheme, fsPath }: { readonly scheme: string; readonly fsPath: string }): string {
  if (scheme === 'file') return fsPath;
  throw new UserError('file.not-local', `${basename(fsPath)} is not on this machine's disk (${scheme}), where training runs.`, 'Copy the file into a local folder.');
}
