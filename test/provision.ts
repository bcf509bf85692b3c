/**
 * Brings a real VS Code (code-server) and, where the machine has none, a headless Chromium, from the npm registry alone:
 * no compiler, no system package, no root. Once per checkout, kept in .vscode-test/.
 *
 *     node src/cli/node24.mjs test/provision.ts     installs what is missing and prints where everything is
 */

import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { createRequire } from 'node:module';
import * as path from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { withLock } from './lock.ts';

const CODE_SERVER = '4.139.1'; // VS Code 1.139.1
const SERVER_NODE = '24.21.0'; // code-server 4.139 runs on Node 24 only
const CHROMIUM = '153.0.0';
const REVISION = 2; // raise when the steps below change

const repository = path.resolve(import.meta.dirname, '..');
const folder = path.join(repository, '.vscode-test');

export interface Provisioned {
  /** the Node that runs code-server, and so its extension host */
  readonly node: string;
  /** code-server's entry script */
  readonly codeServer: string;
  readonly chromium: string;
  /** what Chromium needs in its environment */
  readonly chromiumEnv: Readonly<Record<string, string>>;
}

export function provision(): Provisioned {
  if (process.platform !== 'linux') {
    throw new Error('The browser tests run on Linux. Here, "npm run test:electron" runs the tests inside a desktop VS Code.');
  }
  fs.mkdirSync(folder, { recursive: true });
  return withLock(path.join(folder, '.lock'), 'Another process is provisioning VS Code; waiting for it ...', () => ({
    ...provisionServer(),
    ...provisionChromium(),
  }));
}

function provisionServer(): Pick<Provisioned, 'node' | 'codeServer'> {
  const target = path.join(folder, 'code-server');
  const nodePackage = `node-linux-${process.arch}`;
  const ownNode = nodeOfRepository(nodePackage);
  installOnce(target, `${CODE_SERVER} ${ownNode ? 'own' : SERVER_NODE}`, `VS Code (code-server ${CODE_SERVER}, about 250 MB)`, () => {
    npmInstall(target, { 'code-server': CODE_SERVER, ...(ownNode ? {} : { [nodePackage]: SERVER_NODE }) });
    // code-server brings VS Code's own package.json files along, to be installed after it; each carries its shrinkwrap.
    const vscode = path.join(target, 'node_modules/code-server/lib/vscode');
    npmInstall(vscode);
    npmInstall(path.join(vscode, 'extensions'));
    replaceNativeModules(path.join(vscode, 'node_modules'));
    removeUnused(path.join(vscode, 'node_modules'));
  });
  return {
    node: ownNode ?? path.join(target, 'node_modules', nodePackage, 'bin/node'),
    codeServer: path.join(target, 'node_modules/code-server/out/node/entry.js'),
  };
}

function nodeOfRepository(nodePackage: string): string | undefined {
  if (process.versions.node.startsWith('24.')) return process.execPath;
  try {
    return createRequire(import.meta.url).resolve(`${nodePackage}/bin/node`);
  } catch {
    return undefined;
  }
}

function provisionChromium(): Pick<Provisioned, 'chromium' | 'chromiumEnv'> {
  const installed = [
    process.env['CHROMIUM'],
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
    '/usr/bin/google-chrome-stable',
  ].find((file) => file !== undefined && fs.existsSync(file));
  if (installed) return { chromium: installed, chromiumEnv: {} };
  if (process.arch !== 'x64') throw new Error('Install Chromium, or set CHROMIUM to its path: npm has none for this processor.');

  const target = path.join(folder, 'chromium');
  installOnce(target, CHROMIUM, `headless Chromium ${CHROMIUM} (about 75 MB)`, () => {
    npmInstall(target, { '@sparticuz/chromium': CHROMIUM });
    const packed = path.join(target, 'node_modules/@sparticuz/chromium/bin');
    const unpack = (name: string): Buffer => brotliDecompressSync(fs.readFileSync(path.join(packed, name)));
    fs.writeFileSync(path.join(target, 'chrome'), unpack('chromium.br'), { mode: 0o755 });
    for (const archive of ['al2023.tar.br', 'fonts.tar.br']) execFileSync('tar', ['xf', '-', '-C', target], { input: unpack(archive) });
    fs.writeFileSync(path.join(target, 'fonts.conf'), fontConfiguration(target));
    fs.rmSync(path.join(target, 'node_modules'), { recursive: true });
  });
  return {
    chromium: path.join(target, 'chrome'),
    chromiumEnv: { LD_LIBRARY_PATH: path.join(target, 'lib'), FONTCONFIG_FILE: path.join(target, 'fonts.conf') },
  };
}

function fontConfiguration(target: string): string {
  return [
    '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>',
    `<dir>${target}/fonts</dir><dir>/usr/share/fonts</dir><cachedir>${target}/fontcache</cachedir>`,
    '</fontconfig>',
  ].join('\n');
}

function installOnce(target: string, version: string, what: string, install: () => void): void {
  const stampFile = path.join(target, '.complete');
  const stamp = `${version} ${REVISION}`;
  if (fs.existsSync(stampFile) && fs.readFileSync(stampFile, 'utf8') === stamp) return;
  const start = Date.now();
  console.error(`Installing ${what} into ${path.relative(repository, target)}, once ...`);
  fs.rmSync(target, { recursive: true, force: true });
  fs.mkdirSync(target, { recursive: true });
  install();
  fs.writeFileSync(stampFile, stamp);
  console.error(`... done in ${((Date.now() - start) / 1000).toFixed(0)} s.`);
}

function npmInstall(cwd: string, dependencies?: Record<string, string>): void {
  if (dependencies) fs.writeFileSync(path.join(cwd, 'package.json'), JSON.stringify({ private: true, dependencies }));
  const args = ['install', '--ignore-scripts', '--omit=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  execFileSync('npm', args, { cwd, env: withoutNpm(process.env), stdio: ['ignore', 'ignore', 'inherit'] });
}

/** A script run by npm inherits npm's settings as npm_*; a nested npm would take them for its own. */
function withoutNpm(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = /^npm_config_(cache|registry|cafile|userconfig|globalconfig|https?_proxy|proxy|noproxy)$/i;
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^npm_/i.test(name) || kept.test(name)));
}

/** Two modules have no prebuilt binary. Without the first every output channel is empty; without the second each host logs an error. */
function replaceNativeModules(modules: string): void {
  const standIns = path.join(import.meta.dirname, 'stand-ins');
  fs.copyFileSync(path.join(standIns, 'spdlog.cjs'), path.join(modules, '@vscode/spdlog/index.js'));
  fs.copyFileSync(path.join(standIns, 'watchdog.cjs'), path.join(modules, '@vscode/native-watchdog/index.js'));
}

/** 220 MB of Copilot's agent and of other platforms' ripgrep. */
function removeUnused(modules: string): void {
  for (const name of ['@microsoft/mxc-sdk', '@github/copilot-sdk', '@github/copilot-sdk-linux-x64']) {
    fs.rmSync(path.join(modules, name), { recursive: true, force: true });
  }
  const ripgrep = path.join(modules, '@vscode/ripgrep-universal/bin');
  for (const platform of fs.readdirSync(ripgrep)) {
    if (platform !== `linux-${process.arch}`) fs.rmSync(path.join(ripgrep, platform), { recursive: true });
  }
}

if (process.argv[1] === import.meta.filename) console.log(JSON.stringify(provision(), null, 2));
