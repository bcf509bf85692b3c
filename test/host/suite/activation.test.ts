/** The extension wakes quickly and offers everything its manifest promises. */

import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { CommandFacts, Views } from '../../../src/ids.ts';
import { tunesmith } from './support.ts';

/** The design's limit, measured around `activate`. */
const LIMIT_MS = 60;

suite('activation', () => {
  test('takes less than 60 ms', async function () {
    const { exports } = await tunesmith();
    const title = this.test;
    if (title) title.title += `: ${exports.activationTime.toFixed(1)} ms, ${exports.activationCpuTime.toFixed(1)} ms of the processor`;
    // Where other programs hold the processor, the wall clock measures them and not us.
    assert.ok(Math.min(exports.activationTime, exports.activationCpuTime) < LIMIT_MS);
  });

  test('registers every command and view', async () => {
    await tunesmith();
    const commands = new Set(await vscode.commands.getCommands(true));
    const expected = [...Object.keys(CommandFacts), ...Object.values(Views).map((view) => `${view}.focus`)];
    assert.deepEqual(expected.filter((id) => !commands.has(id)), []);
  });
});
