/** A 60 MB file goes through in pieces: never whole in memory, and the event loop keeps turning. */

import { closeSync, openSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { openDataset } from '../../../../src/core/datasets/files.ts';
import { inspectDataset } from '../../../../src/core/datasets/inspect.ts';
import { readBatches } from '../../../../src/core/datasets/readers/table.ts';
import { temporaryFolder } from './temporaryFolder.ts';

const folder = temporaryFolder();
const ROWS = 60_000;

function writeLargeFile(): string {
  const file = join(folder.path, 'large.jsonl');
  const handle = openSync(file, 'w');
  const answer = 'A thousand characters of answer. '.repeat(30);
  for (let row = 0; row < ROWS; row += 1000) {
    const lines = Array.from({ length: 1000 }, (_, i) => JSON.stringify({ prompt: `question ${row + i}`, completion: answer }));
    writeSync(handle, `${lines.join('\n')}\n`);
  }
  closeSync(handle);
  return file;
}

test('a 60 MB dataset', async () => {
  const file = writeLargeFile();
  expect(statSync(file).size).toBeGreaterThan(60_000_000);

  let rows = 0;
  let largest = 0;
  for await (const batch of readBatches(await openDataset(file))) {
    rows += batch.rows.length;
    largest = Math.max(largest, batch.rows.length);
  }
  expect(rows).toBe(ROWS);
  expect(largest).toBeLessThan(ROWS / 100);

  let turns = 0;
  let isOver = false;
  const counting = (async () => {
    for (; !isOver; turns++) await turn();
  })();
  const profile = await inspectDataset(file);
  isOver = true;
  await counting;
  expect(profile).toMatchObject({ rows: ROWS, usableRows: ROWS, format: 'prompt-completion' });
  expect(turns).toBeGreaterThan(200);
});
