/** A webview panel with a typed channel: its HTML, its content security policy, and the ready handshake. */

import { createBirpc, type BirpcReturn } from 'birpc';
import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import type { PageHost } from '../../protocol/page.ts';

/** Which page: the folder under webview/, the panel type, and the document's own title for screen readers and tests. */
export interface PageKind {
  readonly folder: string;
  readonly viewType: string;
  readonly title: string;
  /** shown until the page has its state */
  readonly waiting: string;
}

export function pageOptions(extensionUri: vscode.Uri): vscode.WebviewOptions {
  return { enableScripts: true, enableForms: true, localResourceRoots: [vscode.Uri.joinPath(extensionUri, 'dist', 'webview')] };
}

/**
 * Talks to one panel's page. While the page is hidden VS Code drops it, so nothing is sent until it says `ready` again,
 * and `ready` is answered with the whole state.
 */
export class PageChannel<ToHost extends PageHost<State>, ToPage extends object, State> implements vscode.Disposable {
  readonly #panel: vscode.WebviewPanel;
  readonly #rpc: BirpcReturn<ToPage, ToHost>;
  readonly #subscriptions: vscode.Disposable[] = [];
  #isReady = false;
  #isDisposed = false;

  constructor(panel: vscode.WebviewPanel, functions: ToHost, onFault: (fault: unknown) => void) {
    this.#panel = panel;
    const answers: ToHost = {
      ...functions,
      ready: async () => {
        const state = await functions.ready();
        this.#isReady = true;
        return state;
      },
    };
    this.#rpc = createBirpc<ToPage, ToHost>(answers, {
      // The page may be closed while its question is answered.
      post: (message) => (this.#isDisposed ? undefined : panel.webview.postMessage(message)),
      on: (listen) => void this.#subscriptions.push(panel.webview.onDidReceiveMessage(listen)),
      // A page may name only what its contract holds, nothing inherited.
      resolver: (name, found) => (Object.hasOwn(answers, name) ? found : undefined),
      onFunctionError: (fault) => {
        onFault(fault);
        return false;
      },
      timeout: -1,
    });
    this.#subscriptions.push(
      panel.onDidChangeViewState(() => {
        if (!panel.visible) this.#isReady = false;
      }),
    );
  }

  get isReady(): boolean {
    return !this.#isDisposed && this.#isReady && this.#panel.visible;
  }

  /** Calls the page if it is there to hear; a page that is not gets the whole state when it comes back. */
  send<Name extends keyof ToPage & string>(name: Name, ...args: ToPage[Name] extends (...args: infer Args) => unknown ? Args : never): void {
    if (!this.isReady) return;
    void this.#rpc.$callRaw({ method: name, args, event: true }).catch(() => {
      this.#isReady = false;
    });
  }

  /** As `send`, and resolves when the page has done it, at once if there is no page to hear. */
  async tell<Name extends keyof ToPage & string>(name: Name, ...args: ToPage[Name] extends (...args: infer Args) => unknown ? Args : never): Promise<void> {
    if (!this.isReady) return;
    await this.#rpc.$callRaw({ method: name, args });
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#rpc.$close();
    for (const subscription of this.#subscriptions.splice(0)) subscription.dispose();
  }
}

export function pageHtml(webview: vscode.Webview, extensionUri: vscode.Uri, { folder, title, waiting }: PageKind): string {
  const uri = (file: string): string => webview.asWebviewUri(vscode.Uri.joinPath(extensionUri, 'dist', 'webview', file)).toString();
  const nonce = randomBytes(16).toString('base64');
  const policy = [
    `default-src 'none'`,
    `img-src ${webview.cspSource} data:`,
    `font-src ${webview.cspSource}`,
    `style-src ${webview.cspSource} 'nonce-${nonce}'`,
    `script-src 'nonce-${nonce}'`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="UTF-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<link rel="stylesheet" nonce="${nonce}" href="${uri(`${folder}.css`)}">
<title>${title}</title>
</head>
<body>
<main id="page" aria-busy="true"></main>
<p id="waiting">${waiting}</p>
<script type="module" nonce="${nonce}" src="${uri(`${folder}.js`)}"></script>
</body>
</html>`;
}
