/** Runs the tests of test/host/suite in the extension host of code-server; a headless browser opens the window that starts it. */

import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { chromium } from '@playwright/test';
import { provision } from '../provision.ts';
import { Server } from '../e2e/lib/server.ts';
import { writeTicketProject } from '../e2e/lib/ticketProject.ts';
import { bundleHostTests } from './bundle.ts';
import type { HostTest } from './index.ts';

const TIMEOUT_MS = 300_000;
const SIGNS = { passed: '✓', failed: '✗', pending: '-' } as const satisfies Record<HostTest['state'], string>;

const results = path.resolve('test-results/host.json');
fs.mkdirSync(path.dirname(results), { recursive: true });
fs.rmSync(results, { force: true });
execFileSync(process.execPath, ['esbuild.mjs'], { stdio: ['ignore', 2, 2] });
const bundle = await bundleHostTests();

const { chromium: executablePath, chromiumEnv } = provision();
await using server = await Server.start({
  folders: ['.', 'test/host/harness'],
  env: { HOST_TESTS: bundle, HOST_TESTS_RESULTS: results, HOST_TESTS_GREP: process.argv[2] ?? '', NODE_OPTIONS: '--enable-source-maps' },
});
await using browser = await chromium.launch({
  executablePath,
  env: { ...definedOnly(process.env), ...chromiumEnv },
  args: ['--no-sandbox', '--disable-gpu'],
});
const workspace = server.workspace(undefined, 'tickets');
await writeTicketProject(workspace, path.join(server.home, 'models/tiny'));
const page = await browser.newPage();
await page.goto(server.address(workspace), { waitUntil: 'commit' });
const tests = await finished();
for (const { title, state, ms, error } of tests) {
  console.log(`  ${SIGNS[state]} ${title}${ms ? ` (${ms} ms)` : ''}${error ? `\n${error}` : ''}`);
}
process.exitCode = tests.length > 0 && tests.every(({ state }) => state !== 'failed') ? 0 : 1;

async function finished(): Promise<readonly HostTest[]> {
  const deadline = Date.now() + TIMEOUT_MS;
  while (!fs.existsSync(results)) {
    if (Date.now() > deadline) {
      await page.screenshot({ path: 'test-results/host-timeout.png' });
      throw new Error(`The tests in the extension host did not end within ${TIMEOUT_MS / 1000} s.\n${server.log}`);
    }
    await delay(100);
  }
  return (JSON.parse(fs.readFileSync(results, 'utf8')) as { tests: readonly HostTest[] }).tests;
}

function definedOnly(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
