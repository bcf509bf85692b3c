/**
 * What every test file starts from: a server with the packaged extension (one per file and set of options) and windows in it.
 *
 *     import { expect, test } from './lib/fixtures.ts';
 *     test.use({ serverOptions: { workspaceTrust: true } });       // at the top level of a file only
 *     test('says what it promises', async ({ wb }) => { ... });    // a window of its own, on a copy of the sample folder
 *
 * Run some of them with `npm run test:e2e -- jobs` (part of a file's name) or `-g "part of a test's name"`.
 */

import * as path from 'node:path';
import { test as base } from '@playwright/test';
import { Server, type ServerOptions } from './server.ts';
import { Workbench } from './workbench.ts';

export { expect } from '@playwright/test';

const SERVER_TIMEOUT_MS = 120_000;

interface TestFixtures {
  /** the folder that a window opens a copy of */
  readonly fixture: string | undefined;
  readonly wb: Workbench;
}

interface FileFixtures {
  readonly serverOptions: ServerOptions;
  readonly server: Server;
}

export const test = base.extend<TestFixtures, FileFixtures>({
  serverOptions: [{}, { option: true, scope: 'worker' }],
  server: [
    async ({ serverOptions }, use) => {
      await using server = await Server.start({ vsix: packagedExtension(), ...serverOptions });
      await use(server);
    },
    { scope: 'worker', timeout: SERVER_TIMEOUT_MS },
  ],
  fixture: [path.resolve(import.meta.dirname, '../../fixtures/tickets'), { option: true }],
  wb: async ({ page, server, fixture }, use, info) => {
    const wb = new Workbench(page, server, server.workspace(fixture));
    await wb.open();
    await use(wb);
    if (info.status !== info.expectedStatus) await info.attach('server log', { body: server.log });
  },
});

function packagedExtension(): string {
  const file = process.env['TUNESMITH_VSIX'];
  if (!file) throw new Error('TUNESMITH_VSIX is not set; start the tests with "npm run test:e2e".');
  return file;
}
