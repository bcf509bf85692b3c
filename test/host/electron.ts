/** Runs the tests of test/host/suite in a desktop VS Code, which @vscode/test-electron downloads: for contributors with internet. */

import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { runTests } from '@vscode/test-electron';
import { writeTicketProject } from '../e2e/lib/ticketProject.ts';
import { bundleHostTests } from './bundle.ts';

fs.mkdirSync('test-results', { recursive: true });
execFileSync(process.execPath, ['esbuild.mjs'], { stdio: ['ignore', 2, 2] });
const extensionTestsPath = await bundleHostTests();
const root = fs.mkdtempSync(path.join(os.tmpdir(), 'tunesmith-'));
const workspace = path.join(root, 'tickets');
fs.mkdirSync(workspace);
await writeTicketProject(workspace, path.join(root, 'home/models/tiny'));
try {
  await runTests({
    extensionDevelopmentPath: path.resolve('.'),
    extensionTestsPath,
    extensionTestsEnv: { HOST_TESTS_RESULTS: path.resolve('test-results/host.json'), TUNESMITH_HOME: path.join(root, 'home') },
    launchArgs: [workspace, '--disable-extensions', '--disable-workspace-trust'],
  });
} finally {
  fs.rmSync(root, { recursive: true, force: true });
}
