/** A hub on this machine that speaks the part of Hugging Face's API that downloads use, and fails as it is told to. */

import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface StoredModel {
  readonly commit: string;
  readonly files: ReadonlyMap<string, Buffer>;
  readonly gated?: boolean;
}

/** What happens to the next request for a file; each is used up by one request. */
export type HubFault =
  /** the connection breaks after so many bytes of the body */
  | { readonly kind: 'cut'; readonly after: number }
  /** the body ends early, as if that were all of it */
  | { readonly kind: 'truncate'; readonly after: number }
  /** nothing more comes after so many bytes, and the connection stays */
  | { readonly kind: 'hang'; readonly after: number }
  | { readonly kind: 'damage' }
  | { readonly kind: 'status'; readonly status: number; readonly headers?: Readonly<Record<string, string>> }
  /** everything is sent although a part was asked for */
  | { readonly kind: 'ignore-range' }
  /** another part is sent than was asked for */
  | { readonly kind: 'other-range' }
  /** more than there is */
  | { readonly kind: 'excess' };

export interface SeenRequest {
  readonly path: string;
  readonly range: string | undefined;
  readonly authorization: string | undefined;
}

const LARGE = /\.safetensors$|^tokenizer\.json$/;
/** The hub's pages hold 1,000 entries; a small number shows that all pages are read. */
const PAGE = 3;

export class StandInHub implements AsyncDisposable {
  readonly models = new Map<string, StoredModel>();
  readonly requests: SeenRequest[] = [];
  /** requests that the hub's documentation does not know; a test expects none */
  readonly violations: string[] = [];
  /** may read all models */
  token = 'hf_standInTokenThatIsAccepted';
  /** exists, and may read no gated model */
  visitor = 'hf_standInTokenOfAVisitor';
  readonly #faults = new Map<string, HubFault[]>();
  readonly #hub: Server;
  readonly #cdn: Server;
  #origins = { hub: '', cdn: '' };
  /** called when the body of a file is about to be sent */
  onFile: (path: string) => void = () => undefined;
  /** called when a body has stopped in its middle */
  onHang: () => void = () => undefined;

  private constructor() {
    this.#hub = createServer((request, response) => this.#answer(request, response));
    this.#cdn = createServer((request, response) => this.#answerFromCdn(request, response));
  }

  static async open(): Promise<StandInHub> {
    const hub = new StandInHub();
    await Promise.all([hub.#hub, hub.#cdn].map((server) => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))));
    hub.#origins = { hub: origin(hub.#hub), cdn: origin(hub.#cdn) };
    return hub;
  }

  get endpoint(): string {
    return this.#origins.hub;
  }

  /** @param at a file's name, or `api` for the next request for information */
  fail(at: string, ...faults: HubFault[]): void {
    this.#faults.set(at, [...this.#faults.get(at) ?? [], ...faults]);
  }

  /** Requests for one file's content. */
  of(file: string): readonly SeenRequest[] {
    return this.requests.filter(({ path }) => path.startsWith('/cdn/') || !LARGE.test(file) ? path.endsWith(`/${file}`) : false);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#hub, this.#cdn].map((server) => new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    })));
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', this.endpoint);
    this.#note(request, url.pathname);
    const info = /^\/api\/models\/([^/]+\/[^/]+)\/(revision|tree)\/([^/]+)$/.exec(url.pathname);
    const file = /^\/([^/]+\/[^/]+)\/resolve\/([^/]+)\/(.+)$/.exec(url.pathname);
    const [, name = '', , revision = ''] = info ?? [undefined, file?.[1], undefined, file?.[2]];
    if (request.method !== 'GET' || !(info ?? file)) return this.#refuse(response, `${request.method} ${url.pathname}`);
    const bearer = request.headers.authorization?.replace('Bearer ', '');
    if (bearer !== undefined && bearer !== this.token && bearer !== this.visitor) return send(response, 401, { 'x-error-message': 'Invalid credentials' }, { error: 'Invalid credentials in Authorization header' });
    const fault = this.#next(info ? 'api' : file?.[3] ?? '', ['status']);
    if (fault?.kind === 'status') return send(response, fault.status, fault.headers ?? {}, { error: 'as ordered' });
    const model = this.models.get(name);
    // Who is not signed in is not told whether it exists.
    if (!model) return send(response, bearer === undefined ? 401 : 404, { 'x-error-code': 'RepoNotFound' }, { error: 'Repository not found' });
    if (decodeURIComponent(revision) !== 'main' && revision !== model.commit) return send(response, 404, { 'x-error-code': 'RevisionNotFound' }, { error: 'Invalid rev id' });
    if (info?.[2] === 'revision') return this.#describe(response, name, model, url);
    if (info) return this.#list(response, model, url);
    this.#redirect(request, response, { name, model, file: file?.[3] ?? '', bearer });
  }

  #describe(response: ServerResponse, name: string, { commit, gated = false }: StoredModel, url: URL): void {
    const all: Record<string, unknown> = { private: false, gated: gated ? 'manual' : false, downloads: 1, likes: 0, lastModified: '2026-11-01T00:00:00.000Z', sha: commit };
    const asked = url.searchParams.getAll('expand');
    send(response, 200, {}, { _id: '1', id: name, ...Object.fromEntries(asked.filter((key) => key in all).map((key) => [key, all[key]])) });
  }

  #list(response: ServerResponse, { files }: StoredModel, url: URL): void {
    const entries = [...files].map(([path, content]) => ({
      type: path.includes('/') ? 'directory' : 'file', path: path.split('/')[0], size: content.length, oid: gitHash(content),
      ...(LARGE.test(path) ? { lfs: { oid: sha256(content), size: content.length, pointerSize: 130 }, xetHash: sha256(Buffer.from(path)) } : {}),
    }));
    const from = Number(url.searchParams.get('cursor') ?? 0);
    url.searchParams.set('cursor', String(from + PAGE));
    const more = from + PAGE < entries.length;
    send(response, 200, more ? { link: `<${url.href}>; rel="next"` } : {}, entries.slice(from, from + PAGE));
  }

  #redirect(request: IncomingMessage, response: ServerResponse, { name, model, file, bearer }: { name: string; model: StoredModel; file: string; bearer: string | undefined }): void {
    if (model.gated && bearer !== this.token) return send(response, bearer === undefined ? 401 : 403, { 'x-error-code': 'GatedRepo' }, { error: 'Access to this model is restricted' });
    const content = model.files.get(file);
    if (!content) return send(response, 404, { 'x-error-code': 'EntryNotFound' }, { error: 'Entry not found' });
    const headers = { 'x-repo-commit': model.commit, 'accept-ranges': 'bytes' };
    if (!LARGE.test(file)) return this.#sendFile(request, response, file, content, { ...headers, etag: `"${gitHash(content)}"` });
    const linked = { 'x-linked-etag': `"${sha256(content)}"`, 'x-linked-size': String(content.length) };
    response.writeHead(302, { ...headers, ...linked, location: `${this.#origins.cdn}/cdn/${name}/${file}` }).end();
  }

  #answerFromCdn(request: IncomingMessage, response: ServerResponse): void {
    const { pathname } = new URL(request.url ?? '/', this.#origins.cdn);
    this.#note(request, pathname);
    if (request.headers.authorization !== undefined) this.violations.push(`the token was sent to the CDN for ${pathname}`);
    const [, name = '', file = ''] = /^\/cdn\/([^/]+\/[^/]+)\/(.+)$/.exec(pathname) ?? [];
    const content = this.models.get(name)?.files.get(file);
    if (!content) return this.#refuse(response, `CDN ${pathname}`);
    this.#sendFile(request, response, file, content, { etag: `"${sha256(content)}"` });
  }

  #sendFile(request: IncomingMessage, response: ServerResponse, file: string, whole: Buffer, headers: Readonly<Record<string, string>>): void {
    const fault = this.#next(file, ['cut', 'truncate', 'hang', 'damage', 'ignore-range', 'other-range', 'excess']);
    const content = fault?.kind === 'damage' ? Buffer.from(whole.map((byte) => byte ^ 1)) : whole;
    if (request.headers['accept-encoding'] !== 'identity') this.violations.push(`${file} was asked for compressed: its bytes could not be counted`);
    const range = /^bytes=(\d+)-$/.exec(request.headers.range ?? '');
    if (request.headers.range !== undefined && !range) this.violations.push(`range ${request.headers.range}`);
    const asked = range && fault?.kind !== 'ignore-range' ? Number(range[1]) : undefined;
    if (asked !== undefined && asked >= content.length) {
      response.writeHead(416, { 'content-range': `bytes */${content.length}` }).end();
      return;
    }
    const from = asked === undefined ? undefined : fault?.kind === 'other-range' ? asked - 1 : asked;
    const body = fault?.kind === 'excess' ? Buffer.concat([content, Buffer.from('more')]) : content.subarray(from ?? 0);
    const length = fault?.kind === 'truncate' ? {} : { 'content-length': String(body.length) };
    response.writeHead(from === undefined ? 200 : 206, {
      ...headers, ...length, ...(from === undefined ? {} : { 'content-range': `bytes ${from}-${content.length - 1}/${content.length}` }),
    });
    this.onFile(file);
    if (fault?.kind === 'cut') response.write(body.subarray(0, fault.after), () => response.socket?.end());
    else if (fault?.kind === 'hang') response.write(body.subarray(0, fault.after), () => this.onHang());
    else if (fault?.kind === 'truncate') response.end(body.subarray(0, fault.after));
    else response.end(body);
  }

  #next(at: string, kinds: readonly HubFault['kind'][]): HubFault | undefined {
    const planned = this.#faults.get(at);
    return planned?.[0] && kinds.includes(planned[0].kind) ? planned.shift() : undefined;
  }

  #note({ headers }: IncomingMessage, path: string): void {
    this.requests.push({ path, range: headers.range, authorization: headers.authorization });
  }

  #refuse(response: ServerResponse, what: string): void {
    this.violations.push(what);
    send(response, 400, {}, { error: 'not part of the API' });
  }
}

export function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

/** @see https://git-scm.com/book/en/v2/Git-Internals-Git-Objects */
export function gitHash(content: Buffer): string {
  return createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex');
}

function origin(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function send(response: ServerResponse, status: number, headers: Readonly<Record<string, string>>, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers }).end(JSON.stringify(body));
}
