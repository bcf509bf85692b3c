/** Bad input is answered with the file, the row and the next step, and nothing is started. */

import * as fs from 'node:fs';
import * as path from 'node:path';
import { expect, test } from './lib/fixtures.ts';
import { screenshot } from './lib/screenshots.ts';
import { BROKEN_ROW } from './lib/ticketProject.ts';

test('a broken row among good ones is named, and can be opened', async ({ wb }) => {
  await wb.contextMenu(wb.file('broken.jsonl'), 'Fine-Tune on This Dataset');
  await expect(wb.quickInput).toContainText('48 rows, 47 can be trained on');
  await wb.pick(/^Show \d+ Findings?$/);
  await expect(wb.quickInput).toContainText('Findings in broken.jsonl');
  await screenshot(wb, 'findings');
  await wb.pick(`Line ${BROKEN_ROW} of broken.jsonl is not valid JSON: the quote at column 43 is never closed.`);
  await expect(wb.tab('broken.jsonl')).toBeVisible();
  await expect(wb.statusItem(`Ln ${BROKEN_ROW}, Col`)).toBeVisible();
});

for (const [file, words] of [
  ['empty.jsonl', /empty/i],
  ['prose.jsonl', /JSON/],
] as const) {
  test(`${file}: nothing to train on is said before anything starts`, async ({ wb }) => {
    await wb.contextMenu(wb.file(file), 'Fine-Tune on This Dataset');
    await expect(wb.quickInput).toContainText(`Findings in ${file}`);
    await expect(wb.quickInput).toContainText(words);
    expect(fs.readdirSync(wb.folder).filter((name) => name.startsWith(`${path.parse(file).name}.tune`))).toEqual([]);
  });
}

test('a recipe whose model is not there says so', async ({ wb }) => {
  await wb.contextMenu(wb.file('wrong.tune.yaml'), 'Launch Recipe');
  await expect(wb.notification('no-such-model')).toBeVisible();
});
