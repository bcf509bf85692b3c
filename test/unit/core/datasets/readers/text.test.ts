/** Rows are streamed from JSONL and CSV as values or faults, whatever the bytes. */

import { Buffer } from 'node:buffer';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isDataset, openDataset } from '../../../../../src/core/datasets/files.ts';
import { MAX_ROW_BYTES, type RawRow } from '../../../../../src/core/datasets/readers/rows.ts';
import { readBatches } from '../../../../../src/core/datasets/readers/table.ts';
import { UserError } from '../../../../../src/core/errors.ts';
import { temporaryFolder } from '../temporaryFolder.ts';
import { codeOf, readAll } from './readAll.ts';

const folder = temporaryFolder();

async function read(name: string, content: string | Uint8Array): Promise<RawRow[]> {
  return readAll(folder.write(name, content));
}

describe('JSON Lines', () => {
  test('a row is a line; blank lines are no rows', async () => {
    const rows = await read('blank.jsonl', '{"a":1}\n\n   \n{"a":2}');
    expect(rows).toEqual([
      { row: 1, line: 1, value: { a: 1 } },
      { row: 4, line: 4, value: { a: 2 } },
    ]);
  });

  test('a byte order mark and Windows line ends are taken', async () => {
    const rows = await read('windows.ndjson', '\uFEFF{"a":1}\r\n{"a":2}\r\n');
    expect(rows.map((row) => row.value)).toEqual([{ a: 1 }, { a: 2 }]);
  });

  test('one broken line among good ones is a fault with its column; the rest is read', async () => {
    const rows = await read('broken.jsonl', '{"a":1}\n{"a":,}\n{"a":3}\n');
    expect(rows[1]).toMatchObject({ row: 2, line: 2, fault: { code: 'dataset.row.invalid-json', column: 6 } });
    expect(rows.map((row) => row.value)).toEqual([{ a: 1 }, undefined, { a: 3 }]);
  });

  test('a key named __proto__ is data', async () => {
    const [row] = await read('proto.jsonl', '{"__proto__":{"polluted":true}}');
    expect(Object.keys(row?.value as object)).toEqual(['__proto__']);
    expect('polluted' in {}).toBe(false);
  });

  test('a line beyond the limit is a fault and does not hide the next one', async () => {
    const rows = await read('long.jsonl', `{"a":"${'x'.repeat(MAX_ROW_BYTES + 300_000)}"}\n{"b":2}\n`);
    expect(rows).toMatchObject([{ row: 1, fault: { code: 'dataset.row.too-long' } }, { row: 2, value: { b: 2 } }]);
  });

  test('characters are whole even where chunks of the file cut their bytes', async () => {
    const text = 'äöü€😀'.repeat(40_000);
    const [row] = await read('chunks.jsonl', JSON.stringify({ text }));
    expect(row?.value).toEqual({ text });
  });

  test('what was written is read back', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.dictionary(fc.string(), fc.jsonValue()), { maxLength: 20 }), async (values) => {
        const plain = values.map((value) => JSON.parse(JSON.stringify(value)) as unknown);
        const rows = await read('round.jsonl', plain.map((value) => JSON.stringify(value)).join('\n'));
        expect(rows.map((row) => row.value)).toEqual(plain);
      }),
      { numRuns: 40 },
    );
  });
});

describe('CSV', () => {
  test('quoted values may span lines; the row counts records, the line counts lines', async () => {
    const rows = await read('quotes.csv', 'text,label\n"a\nb",x\n"say ""hi""",y\n');
    expect(rows).toEqual([
      { row: 1, line: 2, value: { text: 'a\nb', label: 'x' } },
      { row: 2, line: 4, value: { text: 'say "hi"', label: 'y' } },
    ]);
  });

  test('Windows line ends inside quotes are one line end each', async () => {
    const rows = await read('windows.csv', 'text,label\r\n"a\r\nb",x\r\n\r\n"c\r\n\r\nd",y\r\nstray"quote,z\r\ne,w\r\n');
    expect(rows.map(({ row, line }) => [row, line])).toEqual([[1, 2], [2, 5], [3, 8], [4, 9]]);
  });

  test('blank lines between records move the line, not the row', async () => {
    const rows = await read('gaps.csv', '\ntext,label\n\n\na,x\n"b\n\nb",y\n\nstray"quote,z\nc,w\n');
    expect(rows.map(({ row, line }) => [row, line])).toEqual([[1, 5], [2, 6], [3, 10], [4, 11]]);
  });

  test.each([
    ['semicolon', 'text;label\na,b;x\n', 'semi.csv'],
    ['tab', 'text\tlabel\na,b\tx\n', 'tab.tsv'],
    ['byte order mark, Windows line ends', '\uFEFFtext,label\r\n"a,b",x\r\n', 'bom.csv'],
  ])('%s', async (_what, content, name) => {
    expect(await read(name, content)).toMatchObject([{ value: { text: 'a,b', label: 'x' } }]);
  });

  test('a record that does not fit the header is a fault; empty cells at its end are not', async () => {
    const rows = await read('columns.csv', 'text,label\na\nb,x,y\nc,z,,\n');
    expect(rows.map((row) => row.fault?.code ?? row.value)).toEqual(['dataset.row.wrong-columns', 'dataset.row.wrong-columns', { text: 'c', label: 'z' }]);
  });

  test('a quote in the middle of a value is a fault of that record only', async () => {
    const rows = await read('stray.csv', 'text,label\n5" disk,x\nfine,y\n');
    expect(rows).toMatchObject([{ row: 1, fault: { code: 'dataset.row.invalid-csv' } }, { row: 2, value: { text: 'fine' } }]);
  });

  test('a quote that is never closed is told with the line it opens on', async () => {
    const rows = await read('open.csv', 'text,label\na,x\n"b,y\nc,z\n');
    expect(rows[1]?.fault?.detail).toContain('line 3');
  });

  test('a quote that is never closed cannot swallow memory', async () => {
    const rows = await read('swallow.csv', `text,label\n"a${',x\n'.repeat(MAX_ROW_BYTES / 2)}`);
    expect(rows).toMatchObject([{ row: 1, fault: { code: 'dataset.row.too-long' } }]);
  });

  test('a column named __proto__ is data', async () => {
    const [row] = await read('proto.csv', '__proto__,label\na,b\n');
    expect(Object.entries(row?.value as object)).toEqual([['__proto__', 'a'], ['label', 'b']]);
  });
});

test('of two columns of one name the first is read', async () => {
  const [row] = await read('twice.csv', 'text,label,text,,\na,x,b,,\n');
  expect(Object.entries(row?.value as object)).toEqual([['text', 'a'], ['label', 'x'], ['', '']]);
});

describe('whether a file is a dataset', () => {
  test.each([
    ['by its name', 'rows.csv.gz', '', true],
    ['a list of objects', 'list.json', ' [\n  {"a": 1}\n]', true],
    ['a long list of objects', 'long.json', `[{"a":"${'x'.repeat(10_000)}"}]`, true],
    ['objects one a line', 'lines.json', '{"a":1}\n{"a":2}\n', true],
    ['a compressed list', 'list.json.gz', gzipSync('[{"a":1}]'), true],
    ['settings', 'package.json', '{\n  "name": "x"\n}', false],
    ['settings on one line', 'x.json', '{"name": "x"}', false],
    ['a list of other things', 'words.json', '["a"]', false],
    ['nothing', 'empty.json', '', false],
    ['another file', 'rows.txt', '{"a":1}\n{"a":2}\n', false],
  ])('%s', async (_what, name, content, expected) => {
    expect(await isDataset(folder.write(name, content))).toBe(expected);
  });

  test('no file is none', async () => {
    expect(await isDataset(join(folder.path, 'gone.json'))).toBe(false);
  });
});

describe('files that cannot be read', () => {
  test.each([
    ['missing.jsonl', 'dataset.missing-file'],
    ['notes.docx', 'dataset.unsupported-file'],
    ['constructor', 'dataset.unsupported-file'],
  ])('%s: %s', async (name, code) => {
    expect(await codeOf(readAll(join(folder.path, name)))).toBe(code);
  });

  test('a folder with the name of a dataset', async () => {
    mkdirSync(join(folder.path, 'folder.jsonl'));
    expect(await codeOf(readAll(join(folder.path, 'folder.jsonl')))).toBe('dataset.not-a-file');
  });

  test.each([
    ['gzip', [0x1f, 0x8b, 8, 0]],
    ['zip', [0x50, 0x4b, 3, 4]],
    ['UTF-16', [0xff, 0xfe, 0x7b, 0]],
    ['any binary', [1, 0, 0, 0, 2, 0, 0, 0]],
  ])('%s is not text', async (_what, bytes) => {
    expect(await codeOf(read('binary.jsonl', Uint8Array.from(bytes)))).toBe('dataset.not-text');
  });

  test('any bytes under any dataset name give rows or a UserError', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), fc.constantFrom('any.jsonl', 'any.csv', 'any.tsv'), async (bytes, name) => {
        const outcome = await read(name, Buffer.from(bytes)).catch((fault: unknown) => fault);
        expect(Array.isArray(outcome) || outcome instanceof UserError).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});

test('reading stops when aborted', async () => {
  const file = folder.write('abort.jsonl', '{"a":1}\n'.repeat(200_000));
  const controller = new AbortController();
  let rows = 0;
  const reading = (async () => {
    for await (const batch of readBatches(await openDataset(file), { signal: controller.signal })) {
      rows += batch.rows.length;
      controller.abort(new Error('enough'));
    }
  })();
  await expect(reading).rejects.toThrow('enough');
  expect(rows).toBeLessThan(200_000);
});
