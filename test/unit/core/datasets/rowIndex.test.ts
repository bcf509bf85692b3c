/** Any row is found by its number, in every kind of file, and never in a file that has changed. */

import { Buffer } from 'node:buffer';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, test } from 'vitest';
import { indexOfStart, indexRows, readRows, readRowsAt } from '../../../../src/core/datasets/rowIndex.ts';
import { readBatches } from '../../../../src/core/datasets/readers/table.ts';
import { readAll } from './readers/readAll.ts';
import { temporaryFolder } from './temporaryFolder.ts';

const folder = temporaryFolder();
const ROWS = 20_000;
const texts = Array.from({ length: ROWS }, (_, i) => `${'ä'.repeat(i % 97)} ${i}`);
const values = texts.map((text, i) => ({ text, label: i % 3 === 0 ? 'a\nb' : 'c' }));
const lines = values.map((value) => JSON.stringify(value));
const parquet = (offsetIndex: boolean): Uint8Array => new Uint8Array(parquetWriteBuffer({
  columnData: [{ name: 'text', data: texts, type: 'STRING', offsetIndex }, { name: 'label', data: values.map(({ label }) => label), type: 'STRING', offsetIndex }],
  rowGroupSize: 3000, pageSize: 10_000,
}));

function writeFolder(): string {
  const root = join(folder.path, 'texts');
  mkdirSync(root);
  for (let i = 0; i < 50; i++) writeFileSync(join(root, `${String(i).padStart(3, '0')}.txt`), `text ${i}`);
  return root;
}

describe('a row by its number', () => {
  test.each([
    ['JSON Lines', () => folder.write('rows.jsonl', `\uFEFF${lines.join('\n')}`)],
    ['JSON Lines with blank lines', () => folder.write('gaps.jsonl', lines.map((line, i) => (i % 5 === 0 ? `\n${line}\r\n` : `${line}\n`)).join(''))],
    ['compressed JSON Lines', () => folder.write('rows.jsonl.gz', gzipSync(lines.join('\n')))],
    ['a JSON list', () => folder.write('rows.json', `[${lines.join(',\n')}]`)],
    ['a JSON list for people', () => folder.write('pretty.json', JSON.stringify(values, undefined, 2))],
    ['JSON values', () => folder.write('values.json', lines.join(' '))],
    ['CSV', () => folder.write('rows.csv', `\uFEFFtext,label\r\n${values.map(({ text, label }) => `"${text}","${label}"`).join('\r\n')}\r\n`)],
    ['Parquet', () => folder.write('rows.parquet', parquet(false))],
    ['Parquet that says where its pages are', () => folder.write('pages.parquet', parquet(true))],
    ['a folder of texts', writeFolder],
  ])('%s', async (_what, write) => {
    const file = write();
    const all = await readAll(file);
    const index = await indexRows(file);
    expect(index.lastRow).toBe(all.at(-1)?.row);
    expect(index.marks.length).toBeGreaterThan(1);
    for (const place of [0, 1, 7, all.length >> 1, ...index.marks.flatMap(({ row }) => [row - 1, row, row + 1]), all.length - 1]) {
      const expected = all.slice(place, place + 3);
      const first = expected[0];
      if (first) expect(await readRows(index, first.row, 3)).toEqual(expected);
    }
    expect(await readRows(index, index.lastRow + 1, 3)).toEqual([]);
    const apart = all.filter((_row, place) => place % Math.ceil(all.length / 40) === 0);
    expect(await readRowsAt(index, [...apart.map(({ row }) => row), index.lastRow + 1])).toEqual(apart);
    expect(await readRows(index, 1, 0)).toEqual([]);
  });

  test('rows that cannot be read are among them', async () => {
    const file = folder.write('faults.jsonl', '{"a":1}\n\nnonsense\n{"a":2}\n');
    expect(await readRows(await indexRows(file), 2, 5)).toMatchObject([{ row: 3, fault: { code: 'dataset.row.invalid-json' } }, { row: 4, value: { a: 2 } }]);
  });
});

test('near the beginning, a row is found before the file has been read', async () => {
  const index = await indexOfStart(folder.write('start.jsonl', lines.join('\n')));
  expect(await readRowsAt(index, [1, 700])).toMatchObject([{ row: 1, value: values[0] }, { row: 700, value: values[699] }]);
  expect(await readRowsAt(index, [])).toEqual([]);
});

describe('Parquet as pyarrow writes it: lists over many pages, and no word on where the pages are', () => {
  const file = fileURLToPath(new URL('../../../fixtures/datasets/lists.parquet', import.meta.url));
  /** as make.py beside the file says */
  const written = (i: number): unknown => ({
    id: i,
    messages: Array.from({ length: i % 5 }, (_, t) => ({ role: t % 2 === 0 ? 'user' : 'assistant', content: (i + t) % 11 === 0 ? null : `turn ${t} of row ${i}` })),
    tags: i % 7 === 0 ? null : Array.from({ length: i % 4 }, (_, t) => `tag ${t}`),
  });

  test('all rows', async () => {
    expect((await readAll(file)).map(({ value }) => value)).toEqual(Array.from({ length: 400 }, (_, i) => written(i)));
  });

  test('each row by its number', async () => {
    const index = await indexRows(file);
    for (let i = 0; i < 400; i++) expect((await readRows(index, i + 1, 1)).map(({ value }) => value)).toEqual([written(i)]);
  });

  test('any rows from anywhere, read from that place', async () => {
    const { source } = await indexRows(file);
    for (const from of [0, 1, 99, 149, 150, 151, 299, 300, 398, 399]) {
      for (const count of [1, 2, 60, 200]) {
        const rows: unknown[] = [];
        for await (const batch of readBatches(source, { from: { at: from, row: from, line: from + 1 }, rows: count })) rows.push(...batch.rows.map(({ value }) => value));
        expect(rows).toEqual(Array.from({ length: Math.min(count, 400 - from) }, (_, i) => written(from + i)));
      }
    }
  });
});

describe('a file that is not what was indexed', () => {
  test.each([
    ['longer', '{"a":1}\n{"a":2}\n{"a":3}\n'],
    ['of the same length', '{"a":1}\n{"b":2}\n'],
    ['empty', ''],
  ])('%s', async (_what, text) => {
    const index = await indexRows(folder.write('changing.jsonl', '{"a":1}\n{"a":2}\n'));
    folder.write('changing.jsonl', Buffer.from(text));
    await expect(readRows(index, 1, 1)).rejects.toMatchObject({ code: 'dataset.changed' });
  });
});
