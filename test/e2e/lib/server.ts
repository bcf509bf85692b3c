/**
 * A real VS Code (code-server) on a free port of 127.0.0.1, with settings, extensions and a Tunesmith home of its own.
 *
 *     await using server = await Server.start({ vsix: 'tunesmith-linux-x64.vsix', theme: 'Dark 2026' });
 *     const folder = server.workspace('media/sample');
 *     await page.goto(server.address(folder));
 */

import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import * as fs from 'node:fs';
import * as net from 'node:net';
import * as os from 'node:os';
import * as path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { provision } from '../../provision.ts';
import { killProcessesOf } from './processes.ts';

const START_TIMEOUT_MS = 60_000;

/** VS Code 1.139's own themes: two defaults and the two of high contrast. */
export type Theme = 'Dark 2026' | 'Light 2026' | 'Default High Contrast' | 'Default High Contrast Light';

export interface ServerOptions {
  /** the packaged extension; installed as a user would install it */
  readonly vsix?: string;
  /** unpacked extensions instead; VS Code does not look at folders once a VSIX is installed */
  readonly folders?: readonly string[];
  readonly theme?: Theme;
  readonly settings?: Readonly<Record<string, unknown>>;
  /** on: a folder is opened in Restricted Mode until it is trusted. Off by default, as every folder here is a new one. */
  readonly workspaceTrust?: boolean;
  /** jobs and models of this server; default: a new, empty one */
  readonly home?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** default: one that is free */
  readonly port?: number;
}

const running = new Set<number>();
process.on('exit', () => running.forEach((pid) => killGroup(pid, 'SIGKILL')));

export class Server implements AsyncDisposable {
  readonly url: string;
  /** everything of this server lies here, and goes with it */
  readonly root: string;
  readonly home: string;
  readonly #child: ChildProcess;
  #log = '';

  private constructor(url: string, root: string, home: string, child: ChildProcess) {
    this.url = url;
    this.root = root;
    this.home = home;
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text: Buffer) => (this.#log += text.toString()));
  }

  static async start(options: ServerOptions): Promise<Server> {
    try {
      return await Server.#startOnce(options);
    } catch (fault) {
      // On a machine that is very busy code-server gives up waiting for its own child.
      if (!(fault instanceof Error && fault.message.includes('timed out'))) throw fault;
      return Server.#startOnce(options);
    }
  }

  static async #startOnce(options: ServerOptions): Promise<Server> {
    const { node, codeServer } = provision();
    // A short path: VS Code keeps sockets below it, and a socket's path is limited to 107 bytes.
    const root = fs.mkdtempSync(path.join(os.tmpdir(), 'ts-'));
    const userDir = path.join(root, 'u');
    const extensionsDir = path.join(root, 'x');
    const home = options.home ?? path.join(root, 'home');
    fs.mkdirSync(path.join(userDir, 'User'), { recursive: true });
    fs.mkdirSync(extensionsDir);
    fs.mkdirSync(home, { recursive: true });
    fs.writeFileSync(path.join(userDir, 'User/settings.json'), JSON.stringify(userSettings(options), null, 2));

    const env = serverEnvironment(root, home, options.env);
    const folders = ['--user-data-dir', userDir, '--extensions-dir', extensionsDir];
    if (options.vsix) installVsix(node, [codeServer, ...folders], options.vsix, env);
    for (const folder of options.folders ?? []) copyExtension(folder, extensionsDir);

    const port = options.port ?? (await freePort());
    const args = [codeServer, ...folders, ...SERVER_FLAGS, '--bind-addr', `127.0.0.1:${port}`];
    if (!options.workspaceTrust) args.push('--disable-workspace-trust');
    const child = spawn(node, args, { env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    if (child.pid) running.add(child.pid);
    const server = new Server(`http://127.0.0.1:${port}`, root, home, child);
    await server.#answers();
    return server;
  }

  get log(): string {
    return this.#log;
  }

  /** The address at which a browser opens `folder`. */
  address(folder: string): string {
    return `${this.url}/?folder=${encodeURI(folder)}`;
  }

  /** A new folder to open, holding a copy of a fixture folder, if one is named. Its own name shows in the title. */
  workspace(fixture?: string, name = path.basename(fixture ?? 'workspace')): string {
    const folder = path.join(fs.mkdtempSync(path.join(this.root, 'w')), name);
    fs.mkdirSync(folder);
    if (fixture) fs.cpSync(fixture, folder, { recursive: true });
    return folder;
  }

  async stop(): Promise<void> {
    const pid = this.#child.pid;
    if (pid === undefined) return;
    const gone = new Promise<void>((resolve) => {
      if (this.#child.exitCode !== null || this.#child.signalCode !== null) resolve();
      else this.#child.once('exit', () => resolve());
    });
    killGroup(pid, 'SIGTERM');
    const force = setTimeout(() => killGroup(pid, 'SIGKILL'), 5000);
    await gone;
    clearTimeout(force);
    killGroup(pid, 'SIGKILL');
    running.delete(pid);
    // Jobs outlive windows and servers by design; those of a test end with it.
    killProcessesOf(this.root);
    fs.rmSync(this.root, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #answers(): Promise<void> {
    const deadline = Date.now() + START_TIMEOUT_MS;
    for (;;) {
      if (this.#child.exitCode !== null) {
        await this.stop();
        throw new Error(`code-server ended:\n${this.#log}`);
      }
      if (await fetch(`${this.url}/healthz`).then((response) => response.ok, () => false)) return;
      if (Date.now() > deadline) {
        await this.stop();
        throw new Error(`code-server did not answer within ${START_TIMEOUT_MS / 1000} s:\n${this.#log}`);
      }
      await delay(50);
    }
  }
}

const SERVER_FLAGS = [
  '--auth=none',
  '--disable-telemetry',
  '--disable-update-check',
  '--disable-getting-started-override',
  '--disable-proxy',
];

function userSettings(options: ServerOptions): Record<string, unknown> {
  return {
    'telemetry.telemetryLevel': 'off',
    'update.mode': 'none',
    'extensions.autoUpdate': false,
    'extensions.autoCheckUpdates': false,
    'extensions.ignoreRecommendations': true,
    'files.exclude': { '**/.vscode': true }, // where tests switch the theme
    'git.openRepositoryInParentFolders': 'never',
    'workbench.startupEditor': 'none',
    'workbench.tips.enabled': false,
    'workbench.enableExperiments': false,
    'workbench.secondarySideBar.defaultVisibility': 'hidden',
    // Without a graphics card each frame of an animation costs a processor that training needs.
    'workbench.reduceMotion': 'on',
    'workbench.colorTheme': options.theme ?? 'Dark 2026',
    'window.autoDetectColorScheme': false,
    'window.menuBarVisibility': 'compact',
    'chat.disableAIFeatures': true,
    'security.workspace.trust.enabled': options.workspaceTrust ?? false,
    'security.workspace.trust.startupPrompt': 'never',
    'security.workspace.trust.banner': 'never',
    ...options.settings,
  };
}

function serverEnvironment(root: string, home: string, extra: ServerOptions['env']): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    // Nothing of the developer's own code-server is read or written, and nothing is asked of the extension gallery.
    XDG_CONFIG_HOME: path.join(root, 'c'),
    XDG_DATA_HOME: path.join(root, 'd'),
    XDG_RUNTIME_DIR: root,
    EXTENSIONS_GALLERY: '{"serviceUrl":""}',
    TUNESMITH_HOME: home,
    HF_HOME: path.join(root, 'hub'),
  };
  // The tests may themselves run in a terminal of VS Code, or under Playwright.
  for (const name of Object.keys(env)) {
    if (/^(VSCODE_|ELECTRON_|PW_|NODE_OPTIONS$|npm_|HF_(?!HOME$)|HUGGINGFACE_)/.test(name)) delete env[name];
  }
  return { ...env, ...extra };
}

function installVsix(node: string, command: readonly string[], vsix: string, env: NodeJS.ProcessEnv): void {
  const args = [...command, '--install-extension', path.resolve(vsix), '--force'];
  const { status, stdout, stderr } = spawnSync(node, args, { env, encoding: 'utf8' });
  if (status !== 0 || !stdout.includes('successfully installed')) throw new Error(`${vsix} was not installed:\n${stdout}${stderr}`);
}

function copyExtension(from: string, extensionsDir: string): void {
  const manifest = JSON.parse(fs.readFileSync(path.join(from, 'package.json'), 'utf8')) as Record<string, string>;
  const to = path.join(extensionsDir, `${manifest['publisher']}.${manifest['name']}-${manifest['version']}`);
  const shipped = from === '.' || path.resolve(from) === path.resolve('.') ? ['package.json', 'dist', 'media'] : fs.readdirSync(from);
  for (const name of shipped) fs.cpSync(path.join(from, name), path.join(to, name), { recursive: true });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = net.createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as net.AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}

function killGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // already gone
  }
}
