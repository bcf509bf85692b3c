/** A job's log as a read-only document with a stable address, refreshed while it is open. */

import * as vscode from 'vscode';
import type { JobChange } from '../../core/jobs/jobClient.ts';
import type { Disposable } from '../../core/lifecycle.ts';
import { LogScheme } from '../../ids.ts';
import { logLines } from './jobHistory.ts';
import type { JobModel } from './jobModel.ts';

/** `tunesmith-log:/<name>.log?<job id>`: the name is for the tab, the id is the address. */
export function logUri(jobId: string, name: string): vscode.Uri {
  return vscode.Uri.from({ scheme: LogScheme, path: `/${name.replace(/[^\w.-]+/g, '-')}.log`, query: jobId });
}

export class JobLogProvider implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #model: JobModel;
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  /** of open documents, by address */
  readonly #watches = new Map<string, Disposable>();
  /** up to where a document was read, by address */
  readonly #read = new Map<string, number>();
  readonly #listening: vscode.Disposable;

  readonly onDidChange = this.#changed.event;

  constructor(model: JobModel) {
    this.#model = model;
    // Not all that is read is opened, and what is read again may be closed meanwhile: only what is open is watched.
    this.#listening = vscode.Disposable.from(
      vscode.workspace.onDidOpenTextDocument((document) => void this.#watch(document)),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.#forget(uri.toString())),
    );
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const { job, events, seq } = (await this.#model.client()).history(uri.query);
    this.#read.set(uri.toString(), seq);
    return logLines(job, events);
  }

  async #watch(document: vscode.TextDocument): Promise<void> {
    const { uri } = document;
    const key = uri.toString();
    if (uri.scheme !== LogScheme) return;
    const client = await this.#model.client();
    if (document.isClosed || this.#watches.has(key) || !client.get(uri.query)) return;
    const hear = ({ events }: JobChange): void => {
      if (events.length > 0) this.#changed.fire(uri);
    };
    this.#watches.set(key, client.watch(uri.query, hear, this.#read.get(key)));
  }

  #forget(key: string): void {
    this.#watches.get(key)?.dispose();
    this.#watches.delete(key);
    this.#read.delete(key);
  }

  dispose(): void {
    for (const key of [...this.#watches.keys()]) this.#forget(key);
    this.#listening.dispose();
    this.#changed.dispose();
  }
}
