/** The page's end of the channel to its host, and the little state that VS Code keeps for a page. */

import { createBirpc, type BirpcReturn } from 'birpc';

interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

export interface PageClient<ToHost extends object, ToPage extends object, Saved> {
  readonly host: BirpcReturn<ToHost, ToPage>;
  readonly saved: Saved | undefined;
  readonly save: (state: Saved) => void;
}

/** Runs a page's program; if the host cannot answer, the page says so instead of waiting for ever. */
export async function startPage(run: (page: HTMLElement) => Promise<void>): Promise<void> {
  const page = document.querySelector('main') as HTMLElement;
  try {
    await run(page);
  } catch {
    const waiting = document.querySelector('#waiting') as HTMLElement;
    waiting.textContent = 'There is nothing to show here. The message of the editor says why.';
  }
}

/** Call once: VS Code hands out its API a single time. */
export function connect<ToHost extends object, ToPage extends object, Saved>(functions: ToPage): PageClient<ToHost, ToPage, Saved> {
  const api = acquireVsCodeApi();
  const host = createBirpc<ToHost, ToPage>(functions, {
    post: (message) => api.postMessage(message),
    on: (listen) => window.addEventListener('message', ({ data }) => listen(data)),
    resolver: (name, found) => (Object.hasOwn(functions, name) ? found : undefined),
    timeout: -1,
  });
  return { host, saved: (api.getState() as Saved | null | undefined) ?? undefined, save: (state) => api.setState(state) };
}
