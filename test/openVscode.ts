/**
 * Opens a copy of the sample project in a real VS Code with the extension built and installed:
 * the desktop one if `code` is on the PATH, else one in the browser, which stays up until Ctrl+C.
 */

import { execFileSync, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { Server } from './e2e/lib/server.ts';
import { packedExtension } from './e2e/lib/packageExtension.ts';

const desktop = spawnSync('code', ['--version'], { stdio: 'ignore', shell: process.platform === 'win32' }).status === 0;
const vsix = packedExtension();
if (desktop) openDesktop();
else await serveInBrowser();

function openDesktop(): void {
  const options = { stdio: 'inherit', shell: process.platform === 'win32' } as const;
  execFileSync('code', ['--install-extension', vsix, '--force'], options);
  execFileSync('code', ['--new-window', copySample(fs.mkdtempSync(path.join(os.tmpdir(), 'tunesmith-')))], options);
}

async function serveInBrowser(): Promise<void> {
  console.error('There is no "code" on the PATH: VS Code will run in the browser.');
  const port = process.env['PORT'];
  const home = process.env['TUNESMITH_HOME'];
  const server = await Server.start({
    vsix,
    ...(port === undefined ? {} : { port: Number(port) }),
    ...(home === undefined ? {} : { home }),
  });
  console.log(`\nOpen ${server.address(copySample(server.root))}\nCtrl+C ends it.`);
  const ended = Promise.withResolvers<void>();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => ended.resolve());
  // A pending promise alone does not keep Node alive.
  const alive = setInterval(() => {}, 60_000);
  await ended.promise;
  clearInterval(alive);
  await server.stop();
}

function copySample(parent: string): string {
  const folder = path.join(parent, 'tunesmith-sample');
  fs.cpSync(path.resolve(import.meta.dirname, '../media/sample'), folder, { recursive: true, filter: (file) => !file.endsWith('.ts') });
  return folder;
}
