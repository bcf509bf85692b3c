/** The tests that run inside VS Code's extension host, as one bundle; `run` is what @vscode/test-electron expects of it. */

import * as fs from 'node:fs';
import Mocha from 'mocha';

export interface HostTest {
  readonly title: string;
  readonly state: 'passed' | 'failed' | 'pending';
  readonly ms?: number;
  readonly error?: string;
}

const TIMEOUT_MS = 30_000;

/** Filled in by the bundle: requires every file of ./suite, after Mocha's globals are there. */
let loadSuites = (): void => {};

export function setSuites(load: () => void): void {
  loadSuites = load;
}

export async function run(): Promise<void> {
  const mocha = new Mocha({ ui: 'tdd', timeout: TIMEOUT_MS, reporter: Silent, grep: process.env['HOST_TESTS_GREP'] ?? '' });
  mocha.suite.emit('pre-require', globalThis, '', mocha);
  loadSuites();
  const tests: HostTest[] = [];
  const failures = await new Promise<number>((resolve) => {
    const runner = mocha.run(resolve);
    runner.on('pass', (test) => tests.push({ title: test.fullTitle(), state: 'passed', ms: test.duration ?? 0 }));
    runner.on('pending', (test) => tests.push({ title: test.fullTitle(), state: 'pending' }));
    runner.on('fail', (test, error: Error) => tests.push({ title: test.fullTitle(), state: 'failed', error: error.stack ?? String(error) }));
  });
  report(tests);
  if (failures > 0) throw new Error(`${failures} tests failed`);
}

/** The host is ended with its window and prints nowhere, so results leave it through a file, which appears complete. */
export function report(tests: readonly HostTest[]): void {
  const file = process.env['HOST_TESTS_RESULTS'];
  if (!file) return;
  fs.writeFileSync(`${file}.part`, JSON.stringify({ tests }));
  fs.renameSync(`${file}.part`, file);
}

class Silent extends Mocha.reporters.Base {
  override epilogue(): void {}
}
