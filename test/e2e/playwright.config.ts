/** How the tests in a real browser run: one after the other, against VS Code from the npm registry. */

import { defineConfig } from '@playwright/test';
import { provision } from '../provision.ts';

const { chromium, chromiumEnv } = provision();

export default defineConfig({
  testDir: '.',
  globalSetup: './lib/packageExtension.ts',
  outputDir: '../../test-results/e2e',
  reporter: [['list'], ['json', { outputFile: '../../test-results/e2e.json' }]],
  // Training and a browser share two cores.
  workers: 1,
  timeout: 300_000,
  expect: { timeout: 60_000 },
  use: {
    browserName: 'chromium',
    headless: true,
    contextOptions: { reducedMotion: 'reduce' },
    viewport: { width: 1400, height: 900 },
    actionTimeout: 60_000,
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath: chromium,
      env: { ...definedOnly(process.env), ...chromiumEnv },
      args: [
        '--no-sandbox', // tests run as root in containers
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
});

function definedOnly(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
