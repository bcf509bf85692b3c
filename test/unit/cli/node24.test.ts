/** The wrapper that finds a new enough Node ends as its program ends. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const WRAPPER = fileURLToPath(new URL('../../../src/cli/node24.mjs', import.meta.url));

function run(script: string): ReturnType<typeof spawn> {
  return spawn(process.execPath, [WRAPPER, '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
}

it('passes the exit code on', async () => {
  expect(await once(run('process.exit(7)'), 'exit')).toEqual([7, null]);
});

it.skipIf(process.platform === 'win32')('does not report success when a signal ended the program', async () => {
  const child = run('console.log("up"); setTimeout(() => {}, 60_000)');
  if (child.stdout) await once(child.stdout, 'data');
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([null, 'SIGTERM']);
});
