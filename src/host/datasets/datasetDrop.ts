/** Takes files and folders that are dropped on the Datasets view. */

import * as vscode from 'vscode';
import type { FaultReporter } from '../commands.ts';

export class DatasetDrop implements vscode.TreeDragAndDropController<unknown> {
  /** Resources of the editor, and files of other programs. */
  readonly dropMimeTypes = ['text/uri-list', 'files'];
  readonly dragMimeTypes: readonly string[] = [];
  readonly #add: (files: readonly string[]) => Promise<void>;
  readonly #faults: Pick<FaultReporter, 'report'>;

  constructor(add: (files: readonly string[]) => Promise<void>, faults: Pick<FaultReporter, 'report'>) {
    this.#add = add;
    this.#faults = faults;
  }

  async handleDrop(_target: unknown, data: vscode.DataTransfer): Promise<void> {
    const files: vscode.Uri[] = [];
    for (const [, item] of data) {
      const uri = item.asFile()?.uri;
      if (uri) files.push(uri);
    }
    const list = await data.get('text/uri-list')?.asString();
    // Lines, where those that begin with "#" are comments. @see RFC 2483, §5
    const uris = (list ?? '').split(/\r?\n/).filter((line) => line !== '' && !line.startsWith('#')).map((line) => vscode.Uri.parse(line));
    try {
      await this.#add([...new Set([...uris, ...files].filter(({ scheme }) => scheme === 'file').map(({ fsPath }) => fsPath))]);
    } catch (fault) {
      await this.#faults.report(fault);
    }
  }
}
