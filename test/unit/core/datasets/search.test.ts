/** A search finds every row that says a text, in any field and any kind of file, can be stopped, and never hangs. */

import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { openDataset } from '../../../../src/core/datasets/files.ts';
import { matcherOf, searchRows, type RowQuery, type SearchOptions } from '../../../../src/core/datasets/search.ts';
import { temporaryFolder } from './temporaryFolder.ts';

const folder = temporaryFolder();
const rows = Array.from({ length: 10_000 }, (_, i) => JSON.stringify({ prompt: `Question ${i}`, meta: { team: i % 1000 === 7 ? ['ÄRGER'] : [], score: i } }));

async function search(file: string, query: Partial<RowQuery> & { text: string }, options: Partial<SearchOptions> = {}) {
  const found: number[] = [];
  let news = 0;
  const end = await searchRows(await openDataset(file), { isPattern: false, ...query }, {
    ...options, onNews: (one) => { news++; found.push(...one.rows); options.onNews?.(one); },
  });
  return { found, news, end };
}

describe('a text', () => {
  test.each([
    ['JSON Lines', () => folder.write('rows.jsonl', rows.join('\n'))],
    ['compressed JSON Lines', () => folder.write('rows.jsonl.gz', gzipSync(rows.join('\n')))],
    ['a JSON list', () => folder.write('rows.json', `[${rows.join(',')}]`)],
  ])('is found in %s, whatever its case and its field', async (_, write) => {
    const { found, end } = await search(write(), { text: 'ärger' });
    expect(found).toEqual(Array.from({ length: 10 }, (_row, i) => i * 1000 + 8));
    expect(end).toEqual({ searched: 10_000, isCut: false });
  });

  test('is found among numbers and in rows that cannot be read, not in names of fields', async () => {
    const file = folder.write('odd.jsonl', ['{"a":41.5}', '{"broken": "41.5', '{"41.5":null}', '"41.5"'].join('\n'));
    expect((await search(file, { text: '41.5' })).found).toEqual([1, 2, 4]);
  });

  test('has no special characters', async () => {
    const file = folder.write('signs.jsonl', ['{"a":"(.*)"}', '{"a":"b"}'].join('\n'));
    expect((await search(file, { text: '(.*)' })).found).toEqual([1]);
  });

  test('is looked for in some rows only, and no further than the last of them', async () => {
    const file = folder.write('some.jsonl', rows.join('\n'));
    const { found, end } = await search(file, { text: 'question' }, { within: Uint32Array.of(2, 5, 400) });
    expect(found).toEqual([2, 5, 400]);
    expect(end.searched).toBe(3);
    expect((await search(file, { text: 'question' }, { within: new Uint32Array() })).found).toEqual([]);
  });

  test('is found in a row that is nested deeply', async () => {
    const file = folder.write('deep.jsonl', `{"a":${'['.repeat(9000)}"needle"${']'.repeat(9000)}}`);
    expect((await search(file, { text: 'needle' })).found).toEqual([1]);
  });
});

describe('a pattern', () => {
  test('is a regular expression', async () => {
    const file = folder.write('pattern.jsonl', rows.join('\n'));
    expect((await search(file, { text: '^question 9{4}$', isPattern: true })).found).toEqual([10_000]);
  });

  test('that is none is refused with what is wrong', () => {
    expect(() => matcherOf({ text: '(', isPattern: true })).toThrow(expect.objectContaining({ code: 'dataset.search.bad-pattern' }));
  });

  test('that would run for years is ended', async () => {
    const file = folder.write('slow.jsonl', JSON.stringify({ a: `${'a'.repeat(5000)}!` }));
    await expect(search(file, { text: '^(a+)+$', isPattern: true })).rejects.toMatchObject({ code: 'dataset.search.too-slow' });
  });
});

test('a search that is stopped ends with the reason', async () => {
  const file = folder.write('stop.jsonl', rows.join('\n'));
  const controller = new AbortController();
  await expect(search(file, { text: 'question' }, { signal: controller.signal, onNews: () => controller.abort(new Error('enough')) })).rejects.toThrow('enough');
});
