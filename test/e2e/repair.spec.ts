/** A repair as a person makes it: from the menu, looked at as a difference, saved beside the dataset or put in its place and taken back. */

import * as fs from 'node:fs';
import * as path from 'node:path';
import { expect, test } from './lib/fixtures.ts';
import { screenshot } from './lib/screenshots.ts';

const BEFORE = `${[
  '{"messages": [{"role": "human", "content": "My mail is jane.doe@acme.io, please write to it"}, {"role": "gpt", "content": "I have written to jane.doe@acme.io."}]}',
  '{"messages": [{"role": "user", "content": "Where is my parcel?"}, {"role": "assistant", "content": "On its way."}]}',
  '{"messages": [{"role": "user", "content": "Card 4242 4242 4242 4242 was charged twice"}, {"role": "assistant", "content": "One of the two is paid back."}]}',
].join('\n')}\n`;

test.use({
  folder: async ({ server }, use) => {
    const folder = server.workspace(undefined, 'mails');
    fs.writeFileSync(path.join(folder, 'mails.jsonl'), BEFORE);
    await use(folder);
  },
});

test('repairs and redacts a dataset', async ({ wb }) => {
  const file = path.join(wb.folder, 'mails.jsonl');
  const repaired = wb.page.locator('.monaco-diff-editor .modified-in-monaco-diff-editor .view-lines');

  await wb.contextMenu(wb.file('mails.jsonl'), 'Repair Dataset…');
  await expect(wb.quickInput).toContainText('Repair mails.jsonl');
  await screenshot(wb, 'repair-choices');
  await wb.pick('All Safe Repairs');
  await expect(wb.notification('mails.jsonl: 1 changed of 3 rows.')).toBeVisible();
  await expect(repaired).toContainText('assistant');
  await screenshot(wb, 'repair-diff');
  await wb.page.getByRole('button', { name: 'Save a Copy' }).click();
  await expect(wb.notification('Saved 3 rows as mails.repaired.jsonl')).toBeVisible();
  await expect(repaired).toBeHidden();
  expect(fs.readFileSync(file, 'utf8')).toBe(BEFORE);
  expect(fs.readFileSync(path.join(wb.folder, 'mails.repaired.jsonl'), 'utf8')).toBe(BEFORE.replace('human', 'user').replace('gpt', 'assistant'));
  expect(fs.existsSync(path.join(wb.folder, 'mails.repaired.jsonl.manifest.json'))).toBe(true);

  await wb.contextMenu(wb.file('mails.jsonl'), 'Redact Personal Data and Secrets…');
  await expect(repaired).toContainText('[EMAIL_1]');
  await screenshot(wb, 'redact-diff');
  await wb.page.getByRole('button', { name: 'Replace the File' }).click();
  await expect(wb.dialog).toContainText('Replace mails.jsonl by its repaired version?');
  await wb.dialog.getByRole('button', { name: 'Replace' }).click();
  await expect(wb.notification('The original is now mails.jsonl.original')).toBeVisible();
  expect(fs.readFileSync(file, 'utf8')).toContain('[CARD_1] was charged');
  expect(fs.readFileSync(`${file}.original`, 'utf8')).toBe(BEFORE);
  await wb.notification('The original is now').getByRole('button', { name: 'Undo' }).click();
  await expect(wb.notification('mails.jsonl is the original again.')).toBeVisible();
  expect(fs.readFileSync(file, 'utf8')).toBe(BEFORE);
});
