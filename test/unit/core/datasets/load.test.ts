/** The runner gets every usable row, and an account of every other. */

import { gzipSync } from 'node:zlib';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, test } from 'vitest';
import { loadExamples, onlyPairs } from '../../../../src/core/datasets/load.ts';
import { temporaryFolder } from './temporaryFolder.ts';

const folder = temporaryFolder();

describe('loadExamples', () => {
  test('keeps the usable rows in order with their row numbers, and says why others were skipped', async () => {
    const file = folder.write('some.jsonl', '{"prompt":"a","completion":"1"}\n\nnonsense\n{"prompt":"b","completion":""}\n{"prompt":"c","completion":"3"}\n');
    const loaded = await loadExamples(file);
    expect(loaded.examples.map(({ row, messages }) => [row, messages.at(-1)?.content])).toEqual([[1, '1'], [5, '3']]);
    expect(loaded).toMatchObject({ rows: 4, skippedRows: 2 });
    expect(loaded.skipped.map(({ code, rows }) => [code, ...rows])).toEqual([['dataset.row.invalid-json', 3], ['dataset.row.empty-answer', 4]]);
  });

  test('nothing usable is an error that names the first fault with file and row', async () => {
    const file = folder.write('none.jsonl', '{"prompt":"a","completion":""}\n{"prompt":"b","completion":""}\n');
    await expect(loadExamples(file)).rejects.toMatchObject({
      code: 'dataset.nothing-to-train-on',
      message: 'None of the 2 rows of none.jsonl can be trained on. Lines 1 and 2 of none.jsonl have an empty answer.',
      place: { file, row: 1 },
    });
  });

  test('of pairs leaves out what is none, and says so', async () => {
    const pair = '{"prompt":"a","chosen":"1","rejected":"2"}\n';
    const single = '{"prompt":"a","completion":"1"}\n';
    const file = folder.write('mixed.jsonl', single + pair);
    const pairs = onlyPairs(await loadExamples(file), file);
    expect(pairs).toMatchObject({ examples: [{ row: 2 }], rows: 2, skippedRows: 1, skipped: [{ code: 'dataset.row.no-pair', rows: [1] }] });
    const none = folder.write('single.jsonl', single);
    const loaded = await loadExamples(none);
    expect(() => onlyPairs(loaded, none)).toThrow(expect.objectContaining({ code: 'dataset.no-pairs', place: { file: none } }) as Error);
  });

  test.each([
    ['empty.jsonl', '', 'dataset.nothing-to-train-on'],
    ['binary.csv', '\0\0\0\0', 'dataset.not-text'],
  ])('%s', async (name, content, code) => {
    await expect(loadExamples(folder.write(name, content))).rejects.toMatchObject({ code });
  });

  test('a missing file', async () => {
    await expect(loadExamples(`${folder.path}/gone.jsonl`)).rejects.toMatchObject({ code: 'dataset.missing-file' });
  });

  test('gives the same rows from every kind of file', async () => {
    const rows = [{ prompt: 'a', completion: '1' }, { prompt: 'b', completion: '2\n3' }];
    const lines = rows.map((row) => JSON.stringify(row)).join('\n');
    const column = (name: 'prompt' | 'completion') => ({ name, data: rows.map((row) => row[name]), type: 'STRING' as const });
    const files = [
      folder.write('same.jsonl', lines), folder.write('same.jsonl.gz', gzipSync(lines)), folder.write('same.json', JSON.stringify(rows, undefined, 2)),
      folder.write('same.csv', 'prompt,completion\na,1\nb,"2\n3"\n'), folder.write('same.tsv', 'prompt\tcompletion\na\t1\nb\t"2\n3"\n'),
      folder.write('same.parquet', new Uint8Array(parquetWriteBuffer({ columnData: [column('prompt'), column('completion')] }))),
    ];
    const loaded = await Promise.all(files.map((file) => loadExamples(file)));
    expect(new Set(loaded.map(({ kind }) => kind)).size).toBe(4);
    for (const { examples } of loaded) expect(examples).toEqual(loaded[0]?.examples);
  });

  test('stops when aborted', async () => {
    const file = folder.write('abort.jsonl', '{"prompt":"a","completion":"1"}\n');
    await expect(loadExamples(file, { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough');
    await expect(loadExamples(file, { signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' });
  });
});
