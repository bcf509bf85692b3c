/**
 * What every test starts from: a server of its own with the packaged extension, and windows in it.
 *
 *     import { expect, test } from './lib/fixtures.ts';
 *     test.use({ serverOptions: { workspaceTrust: true } });
 *     test('says what it promises', async ({ wb }) => { ... });    // a window on a copy of the ticket project
 *
 * Run some of them with `npm run test:e2e -- jobs` (part of a file's name) or `-g "part of a test's name"`.
 */

import * as path from 'node:path';
import { test as base } from '@playwright/test';
import { Server, type ServerOptions } from './server.ts';
import { writeTicketProject } from './ticketProject.ts';
import { Workbench } from './workbench.ts';

export { expect } from '@playwright/test';

interface Fixtures {
  readonly serverOptions: ServerOptions;
  readonly server: Server;
  /** the ticket project, unless a test opens another */
  readonly folder: string;
  readonly wb: Workbench;
  /** Another window of the same user, on the same folder unless one is named. */
  readonly openWindow: (folder?: string) => Promise<Workbench>;
}

export const test = base.extend<Fixtures>({
  serverOptions: [{}, { option: true }],
  server: async ({ serverOptions }, use, info) => {
    await using server = await Server.start({ vsix: packagedExtension(), ...serverOptions });
    await use(server);
    if (info.status !== info.expectedStatus) await info.attach('server log', { body: server.log });
  },
  folder: async ({ server }, use) => {
    const folder = server.workspace(undefined, 'tickets');
    await writeTicketProject(folder, path.join(server.home, 'models/tiny'));
    await use(folder);
  },
  wb: async ({ page, server, folder }, use) => {
    const wb = new Workbench(page, server, folder);
    await wb.open();
    await use(wb);
  },
  openWindow: async ({ context, server, folder }, use) => {
    await use(async (other = folder) => {
      const wb = new Workbench(await context.newPage(), server, other);
      await wb.open();
      return wb;
    });
  },
});

function packagedExtension(): string {
  const file = process.env['TUNESMITH_VSIX'];
  if (!file) throw new Error('TUNESMITH_VSIX is not set; start the tests with "npm run test:e2e".');
  return file;
}
