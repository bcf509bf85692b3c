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
  readonly #watches = new Map<string, Disposable>();
  readonly #closing: vscode.Disposable;

  readonly onDidChange = this.#changed.event;

  constructor(model: JobModel) {
    this.#model = model;
    this.#closing = vscode.workspace.onDidCloseTextDocument((document) => {
      if (document.uri.scheme === LogScheme) this.#forget(document.uri.toString());
    });
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const client = await this.#model.client();
    const key = uri.toString();
    const { job, events, seq } = client.history(uri.query);
    if (!this.#watches.has(key)) {
      const hear = (change: JobChange): void => {
        if (change.events.length > 0) this.#changed.fire(uri);
      };
      this.#watches.set(key, client.watch(uri.query, hear, seq));
    }
    return logLines(job, events);
  }

  #forget(key: string): void {
    this.#watches.get(key)?.dispose();
    this.#watches.delete(key);
  }

  dispose(): void {
    for (const key of [...this.#watches.keys()]) this.#forget(key);
    this.#closing.dispose();
    this.#changed.dispose();
  }
}
