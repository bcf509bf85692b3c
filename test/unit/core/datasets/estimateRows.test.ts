/** The rough count of rows is exact for what is small, and near for what is not. */

import { gzipSync } from 'node:zlib';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { expect, test } from 'vitest';
import { estimateRows } from '../../../../src/core/datasets/estimateRows.ts';
import { temporaryFolder } from './temporaryFolder.ts';

const folder = temporaryFolder();
const rows = Array.from({ length: 1000 }, (_, i) => ({ text: `ticket ${i} ${'x'.repeat(i % 50)}`, label: 'billing' }));
const lines = rows.map((row) => `${JSON.stringify(row)}\n`).join('');

test.each([
  ['rows.jsonl', lines],
  ['rows.jsonl.gz', gzipSync(lines)],
  ['rows.json', JSON.stringify(rows, undefined, 2)],
  ['rows.csv', `text,label\n${rows.map(({ text, label }) => `${text},${label}\n`).join('')}`],
  ['rows.parquet', new Uint8Array(parquetWriteBuffer({ columnData: [{ name: 'text', data: rows.map(({ text }) => text), type: 'STRING' }] }))],
])('%s', async (name, content) => {
  expect(await estimateRows(folder.write(name, content))).toBe(1000);
});

test('of more than is counted, within a tenth', async () => {
  const many = lines.repeat(300);
  expect(Math.abs(300_000 - (await estimateRows(folder.write('many.jsonl', many)) ?? 0))).toBeLessThan(30_000);
  expect(Math.abs(300_000 - (await estimateRows(folder.write('many.json', `[${many.trim().replaceAll('\n', ',')}]`)) ?? 0))).toBeLessThan(30_000);
});

test.each([['none.jsonl', ''], ['header.csv', 'text,label\n'], ['broken.jsonl.gz', 'text'], ['empty.json', '[]']])('none: %s', async (name, content) => {
  expect(await estimateRows(folder.write(name, content))).toBeUndefined();
});
