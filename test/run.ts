/**
 * Runs the tests, all or one stage, and ends with the sum of their counts alone on a line: `N passed, N failed`.
 *
 *     node src/cli/node24.mjs test/run.ts                   unit and engine, inside VS Code, end to end
 *     node src/cli/node24.mjs test/run.ts e2e jobs -g stop  one stage; what follows goes to its test runner
 */

import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';

interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

type Stage = 'unit' | 'host' | 'e2e';

const repository = path.resolve(import.meta.dirname, '..');
const results = path.join(repository, 'test-results');

const STAGES: Record<Stage, { readonly title: string; run(args: readonly string[]): Counts }> = {
  unit: { title: 'Units and engine', run: runUnit },
  host: { title: 'Inside VS Code', run: runHost },
  e2e: { title: 'End to end, in a browser', run: runBrowser },
};

const [only, ...rest] = process.argv.slice(2);
if (only !== undefined && !(only in STAGES)) throw new Error(`There is no stage "${only}"; there are ${Object.keys(STAGES).join(', ')}.`);
const stages = only === undefined ? (Object.keys(STAGES) as Stage[]) : [only as Stage];

process.chdir(repository);
fs.rmSync(path.join(results, 'screenshots'), { recursive: true, force: true });
fs.mkdirSync(results, { recursive: true });
const counted = stages.map(runStage);
const total = counted.reduce((sum, counts) => ({
  passed: sum.passed + counts.passed,
  failed: sum.failed + counts.failed,
  skipped: sum.skipped + counts.skipped,
}));
if (total.skipped > 0) console.log(`${total.skipped} skipped`);
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;

function runStage(stage: Stage): Counts {
  const { title, run } = STAGES[stage];
  console.log(`\n== ${title}`);
  const start = Date.now();
  const counts = run(rest);
  console.log(`== ${title}: ${counts.passed} passed, ${counts.failed} failed, ${((Date.now() - start) / 1000).toFixed(0)} s`);
  return counts;
}

function runUnit(args: readonly string[]): Counts {
  const file = path.join(results, 'unit.json');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const status = runNode(file, ['node_modules/vitest/vitest.mjs', 'run', ...reporters, ...args]);
  return read(file, status, (report: VitestReport) => ({
    passed: report.numPassedTests,
    // A file that does not load has no tests to fail.
    failed: report.numFailedTests + report.testResults.filter((suite) => suite.status === 'failed' && suite.assertionResults.length === 0).length,
    skipped: report.numPendingTests + report.numTodoTests,
  }));
}

function runHost(args: readonly string[]): Counts {
  const file = path.join(results, 'host.json');
  const runner = process.platform === 'linux' ? 'test/host/browser.ts' : 'test/host/electron.ts';
  const status = runNode(file, [runner, ...args]);
  return read(file, status, ({ tests }: HostReport) => {
    const count = (state: string): number => tests.filter((test) => test.state === state).length;
    return { passed: count('passed'), failed: count('failed'), skipped: count('pending') };
  });
}

function runBrowser(args: readonly string[]): Counts {
  if (process.platform !== 'linux') {
    console.log('These tests run on Linux only.');
    return { passed: 0, failed: 0, skipped: 1 };
  }
  const file = path.join(results, 'e2e.json');
  const status = runNode(file, ['node_modules/@playwright/test/cli.js', 'test', '-c', 'test/e2e/playwright.config.ts', ...args]);
  return read(file, status, ({ stats, errors }: PlaywrightReport) => ({
    passed: stats.expected + stats.flaky,
    failed: stats.unexpected + errors.length,
    skipped: stats.skipped,
  }));
}

function runNode(resultFile: string, args: readonly string[]): number {
  fs.rmSync(resultFile, { force: true });
  return spawnSync(process.execPath, args, { stdio: 'inherit' }).status ?? 1;
}

/** A runner that fails without a failed test, or without a report, counts as one failure: silence is not success. */
function read<Report>(file: string, status: number, count: (report: Report) => Counts): Counts {
  if (!fs.existsSync(file)) return { passed: 0, failed: 1, skipped: 0 };
  const counts = count(JSON.parse(fs.readFileSync(file, 'utf8')) as Report);
  return status !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

interface VitestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly { readonly status: string; readonly assertionResults: readonly unknown[] }[];
}

interface HostReport {
  readonly tests: readonly { readonly state: string }[];
}

interface PlaywrightReport {
  readonly stats: { readonly expected: number; readonly unexpected: number; readonly flaky: number; readonly skipped: number };
  readonly errors: readonly unknown[];
}
