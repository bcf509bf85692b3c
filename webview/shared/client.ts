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
