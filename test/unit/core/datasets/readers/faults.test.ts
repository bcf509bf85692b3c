/** What is wrong with a file is a fault of one row, or an error with words about the file; never a crash. */

import { Buffer } from 'node:buffer';
import { mkdirSync, symlinkSync, truncateSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, test } from 'vitest';
import { openDataset } from '../../../../../src/core/datasets/files.ts';
import { MAX_ROW_BYTES, type RawRow } from '../../../../../src/core/datasets/readers/rows.ts';
import { readBatches } from '../../../../../src/core/datasets/readers/table.ts';
import { temporaryFolder } from '../temporaryFolder.ts';
import { codeOf, readAll } from './readAll.ts';

const folder = temporaryFolder();
const read = (name: string, content: string | Uint8Array): Promise<RawRow[]> => readAll(folder.write(name, content));
const outcomes = (rows: readonly RawRow[]): unknown[] => rows.map(({ fault, value }) => fault?.code ?? value);

describe('compressed files', () => {
  const rows = Array.from({ length: 30_000 }, (_, i) => `{"a":${i}}\n`).join('');

  test('one that ends in the middle is told so, after the rows before', async () => {
    const packed = gzipSync(rows);
    const file = folder.write('half.jsonl.gz', packed.subarray(0, packed.length / 2));
    let seen = 0;
    const reading = (async () => {
      for await (const batch of readBatches(await openDataset(file))) seen += batch.rows.length;
    })();
    await expect(reading).rejects.toMatchObject({ code: 'dataset.damaged-archive', message: 'half.jsonl.gz ends in the middle of the compressed data.' });
    expect(seen).toBeGreaterThan(1000);
  });

  test('one with a changed byte', async () => {
    const packed = gzipSync(rows);
    packed[packed.length >> 1] = (packed[packed.length >> 1] ?? 0) ^ 0xff;
    expect(await codeOf(read('changed.jsonl.gz', packed))).toBe('dataset.damaged-archive');
  });

  test('one that is none', async () => {
    await expect(read('plain.csv.gz', 'text,label\na,b\n')).rejects.toMatchObject({ code: 'dataset.not-text', message: 'plain.csv.gz is not compressed with gzip.' });
  });

  test('several archives in one file are one file', async () => {
    expect(await read('two.jsonl.gz', Buffer.concat([gzipSync('{"a":1}\n{"a"'), gzipSync(':2}\n')]))).toMatchObject([{ value: { a: 1 } }, { value: { a: 2 } }]);
  });
});

describe('odd content', () => {
  test('bytes that are not UTF-8 among rows that are become U+FFFD in their own row', async () => {
    const rows = await read('latin.jsonl', Buffer.concat([Buffer.from('{"a":"é"}\n'), Buffer.from('{"a":"caf\xe9"}\n', 'latin1'), Buffer.from('{"a":"ß"}\n')]));
    expect(rows.map(({ value }) => value)).toEqual([{ a: 'é' }, { a: 'caf\uFFFD' }, { a: 'ß' }]);
  });

  test('a NUL byte is a fault of its row', async () => {
    const rows = await read('nul.jsonl', `{"a":"x\0y"}\n{"a":"${'z'.repeat(200)}"}\n`);
    expect(rows).toMatchObject([{ fault: { code: 'dataset.row.invalid-json', detail: 'it holds a NUL byte' } }, { value: {} }]);
  });

  test('of a key that stands twice the last one counts, and it is named', async () => {
    expect(await read('twice.jsonl', '{"a":1,"a":2}')).toMatchObject([{ value: { a: 2 }, repeatedKey: 'a' }]);
    expect(await read('twice.json', '[{"a":{"b":1,"b":2}}]')).toMatchObject([{ value: { a: { b: 2 } }, repeatedKey: 'b' }]);
  });

  test('half a surrogate pair is kept', async () => {
    expect(await read('half.jsonl', '{"a":"\\ud800"}')).toMatchObject([{ value: { a: '\ud800' } }]);
  });

  test.each(['deep.jsonl', 'deep.json'])('10,000 lists in each other are a value, and one bracket too few a fault: %s', async (name) => {
    const deep = `${'['.repeat(10_000)}${']'.repeat(10_000)}`;
    const [row, broken] = await read(name, `{"a":${deep}}\n{"a":${deep.slice(1)}}\n`);
    expect(row?.fault).toBeUndefined();
    expect(broken?.fault?.code).toBe('dataset.row.invalid-json');
  });
});

describe('rows beyond the limit', () => {
  const long = `{"a":"${'x'.repeat(MAX_ROW_BYTES)}"}`;

  test('are faults, and the rows around them are read', async () => {
    expect(outcomes(await read('long.jsonl', `{"b":1}\n${long}\n{"b":2}\n${long}`))).toEqual([{ b: 1 }, 'dataset.row.too-long', { b: 2 }, 'dataset.row.too-long']);
    expect(await read('long.jsonl', `{"b":1}\n${long}\n{"b":2}\n`)).toMatchObject([{ line: 1 }, { row: 2, line: 2 }, { row: 3, line: 3 }]);
  });

  test('a line of 100 MB is one fault', async () => {
    const file = folder.write('huge.jsonl', Buffer.alloc(100_000_000, 'x'));
    expect(outcomes(await readAll(file))).toEqual(['dataset.row.too-long']);
  });

  test('end a list, since a bracket may be missing', async () => {
    expect(outcomes(await read('open.json', `[{"b":1},{"a":[,${'{},'.repeat(MAX_ROW_BYTES / 3)}`))).toEqual([{ b: 1 }, 'dataset.row.too-long']);
  });
});

describe('a JSON list', () => {
  test.each([
    ['a broken element', '[{"a":1},{"a":,},{"a":3}]', [{ a: 1 }, 'dataset.row.invalid-json', { a: 3 }]],
    ['a comma that is missing', '[{"a":1} {"a":2}]', [{ a: 1 }, 'dataset.row.invalid-json']],
    ['a comma too many', '[{"a":1},]', [{ a: 1 }, 'dataset.row.invalid-json']],
    ['no end', '[{"a":1},\n{"a":2}', [{ a: 1 }, { a: 2 }, 'dataset.row.invalid-json']],
    ['text behind it', '[{"a":1}]\n{"a":2}', [{ a: 1 }, 'dataset.row.invalid-json']],
    ['elements that are no objects', '[1, "two", null, [3]]', [1, 'two', null, [3]]],
    ['nothing', ' [ ] ', []],
  ])('with %s', async (_what, text, expected) => {
    expect(outcomes(await read('list.json', text))).toEqual(expected);
  });

  test('rows have the line they start on', async () => {
    expect(await read('lines.json', '[\n  {\n    "a": 1\n  },\n  {"a": 2}\n]')).toMatchObject([{ row: 1, line: 2 }, { row: 2, line: 5 }]);
  });
});

describe('Parquet', () => {
  const sound = (): Uint8Array<ArrayBuffer> => new Uint8Array(parquetWriteBuffer({ columnData: [{ name: 'text', data: ['a', 'b', 'c'], type: 'STRING' }], codec: 'UNCOMPRESSED' }));

  test('whole numbers, times and a column named __proto__ are as in JSON', async () => {
    const bytes = parquetWriteBuffer({
      columnData: [
        { name: 'n', data: [5n, 2n ** 60n], type: 'INT64' },
        { name: 'when', data: [new Date('2026-01-02T03:04:05Z'), null], type: 'TIMESTAMP' },
        { name: '__proto__', data: ['x', 'y'], type: 'STRING' },
      ],
    });
    const rows = await read('types.parquet', new Uint8Array(bytes));
    expect(rows.map(({ value }) => Object.entries(value as object))).toEqual([
      [['n', 5], ['when', '2026-01-02T03:04:05.000Z'], ['__proto__', 'x']],
      [['n', '1152921504606846976'], ['when', null], ['__proto__', 'y']],
    ]);
  });

  test('a codec that nobody knows is named', async () => {
    const bytes = parquetWriteBuffer({ columnData: [{ name: 'text', data: ['a'], type: 'STRING' }], codec: 'LZO', compressors: { LZO: (input: Uint8Array) => input } });
    await expect(read('lzo.parquet', new Uint8Array(bytes))).rejects.toMatchObject({ code: 'dataset.unknown-codec', message: 'lzo.parquet is compressed with LZO, which Tunesmith does not unpack.' });
  });

  test.each([
    ['cut off', (bytes: Uint8Array) => bytes.subarray(0, bytes.length - 20), 'dataset.damaged-parquet'],
    ['its beginning only', (bytes: Uint8Array) => bytes.subarray(0, 6), 'dataset.damaged-parquet'],
    ['a page overwritten', (bytes: Uint8Array) => bytes.fill(0xff, 5, 24), 'dataset.damaged-parquet'],
    ['text', () => Buffer.from('text,label\n'), 'dataset.not-text'],
  ])('%s', async (_what, damage, code) => {
    expect(await codeOf(read('damaged.parquet', damage(sound())))).toBe(code);
  });
});

describe('a folder of texts', () => {
  test('each text is a row, in the order of the paths; other and hidden files are none', async () => {
    const root = join(folder.path, 'notes');
    mkdirSync(join(root, 'deep', '.git'), { recursive: true });
    writeFileSync(join(root, 'b.md'), '\uFEFF# B\n');
    writeFileSync(join(root, 'deep', 'a.txt'), 'A');
    writeFileSync(join(root, 'deep', '.git', 'c.txt'), 'C');
    writeFileSync(join(root, 'photo.png'), 'P');
    expect(await readAll(root)).toEqual([
      { row: 1, line: 1, value: { text: '# B\n', path: 'b.md' } },
      { row: 2, line: 2, value: { text: 'A', path: 'deep/a.txt' } },
    ]);
  });

  test('links in circles end, links out of the folder are not followed, links within give each text once', async () => {
    const root = join(folder.path, 'linked');
    mkdirSync(join(root, 'inner'), { recursive: true });
    writeFileSync(join(root, 'inner', 'a.txt'), 'A');
    folder.write('secret.txt', 'S');
    symlinkSync('..', join(root, 'inner', 'up'));
    symlinkSync('inner', join(root, 'again'));
    symlinkSync('../../secret.txt', join(root, 'inner', 'secret.txt'));
    symlinkSync('nowhere', join(root, 'broken.txt'));
    expect((await readAll(root)).map(({ value }) => value)).toEqual([{ text: 'A', path: 'inner/a.txt' }]);
  });

  test('one without texts is no dataset', async () => {
    mkdirSync(join(folder.path, 'empty'));
    expect(await codeOf(readAll(join(folder.path, 'empty')))).toBe('dataset.unsupported-file');
  });
});

describe('a file that changes while it is read', () => {
  const line = `{"a":"${'x'.repeat(90)}"}\n`;

  test.each([
    ['deleted', 'jsonl', (file: string) => unlinkSync(file)],
    ['made shorter', 'jsonl', (file: string) => truncateSync(file, 1000)],
    ['made shorter', 'csv', (file: string) => truncateSync(file, 1000)],
    ['deleted', 'json', (file: string) => unlinkSync(file)],
  ])('%s: %s', async (how, kind, change) => {
    const file = folder.write(`changes.${kind}`, line.repeat(20_000));
    const reading = (async () => {
      let batches = 0;
      for await (const batch of readBatches(await openDataset(file))) if (batch.bytes > 0 && ++batches === 1) change(file);
    })();
    await expect(reading).rejects.toMatchObject({ code: 'dataset.changed-while-read', message: `changes.${kind} was ${how} while it was read.` });
  });
});
