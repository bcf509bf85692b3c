/** The page about formats says what the code does. */

import { readFile } from 'node:fs/promises';

import { expect, test } from 'vitest';

import { FORMATS_FILE, generateFormats } from '../../../../../src/core/datasets/formats/generateFormats.ts';

test('docs/FORMATS.md is what `npm run formats` writes', async () => {
  expect(await readFile(FORMATS_FILE, 'utf8')).toBe(generateFormats());
});

test('a format loses nothing to itself', () => {
  const rows = generateFormats().split('\n').filter((line) => /^\| \d+ /.test(line));
  expect(rows.length).toBeGreaterThan(20);
  for (const [index, row] of rows.entries()) expect(row.split('|')[index + 2]?.trim()).toBe('=');
});
