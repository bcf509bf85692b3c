/** Takes files and folders that are dropped on the Datasets view. */

import * as vscode from 'vscode';
import { UserError } from '../../core/errors.ts';
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
    try {
      const dropped = await uris(data);
      const files = new Set(dropped.filter(({ scheme }) => scheme === 'file').map(({ fsPath }) => fsPath));
      if (files.size === 0) throw new UserError('dataset.drop.no-file', 'What was dropped is not a file or folder on the disk of this machine.', 'Drop files of the Explorer, or of a folder of this machine');
      await this.#add([...files]);
    } catch (fault) {
      await this.#faults.report(fault);
    }
  }
}

async function uris(data: vscode.DataTransfer): Promise<readonly vscode.Uri[]> {
  const files = [...data].map(([, item]) => item.asFile()?.uri).filter((uri) => uri !== undefined);
  const list = await data.get('text/uri-list')?.asString();
  // Lines, where those that begin with "#" are comments. @see RFC 2483, §5
  const lines = (list ?? '').split(/\r?\n/).map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#'));
  return [...lines.map((line) => vscode.Uri.parse(line)), ...files];
}
