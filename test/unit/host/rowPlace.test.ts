/** A row leads to the place in the file that its reader meant, however large or odd the file. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inspectDataset } from '../../../src/core/datasets/inspect.ts';
import { indexRows, readRows } from '../../../src/core/datasets/rowIndex.ts';
import { DatasetCommands } from '../../../src/host/datasets/datasetCommands.ts';
import { DatasetModel } from '../../../src/host/datasets/datasetModel.ts';
import { rowText } from '../../../src/host/datasets/rowText.ts';
import type { ReadRows } from '../../../src/host/services.ts';
import { ScriptedScreen } from './scriptedScreen.ts';

let folder = '';
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'rows-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

const read: ReadRows = async (file, from, count) => readRows(await indexRows(file), from, count);

/** Opens a row, and says what was opened. */
async function open(file: string, row: number): Promise<unknown> {
  const screen = new ScriptedScreen();
  const model = new DatasetModel({ find: () => Promise.resolve({ files: [], isCut: false }), stat: () => Promise.resolve(undefined), inspect: () => Promise.reject(new Error('not asked')) });
  await new DatasetCommands(model, screen, () => Promise.resolve(undefined), (one, at) => `row ${at} of ${one}`, read).openRow({ file, row });
  return screen.of('opened').map(({ what, line }) => ({ what, line }))[0];
}

describe('a row', () => {
  it('of JSON Lines is its line: it ends at a line feed and nowhere else', async () => {
    const file = write('rows.jsonl', '{"a":"x\u2028y"}\r\n\n{"a":"third"}');
    const rows = await read(file, 1, 9);
    expect(rows.map(({ row }) => row)).toEqual([1, 3]);
    expect(rows.map((row) => rowText(row))).toEqual(['{\n  "a": "x\u2028y"\n}', '{\n  "a": "third"\n}']);
    expect(await open(file, 3)).toEqual({ what: file, line: 3 });
  });

  it('of CSV counts records, not lines', async () => {
    const file = write('rows.csv', 'text,label\n"one\ntwo",a\n\nthree,b\r\n"say ""hi""",c');
    expect(await Promise.all([1, 2, 3].map((row) => open(file, row)))).toEqual([2, 5, 6].map((line) => ({ what: file, line })));
    expect(await open(file, 4)).toEqual({ what: file, line: 1 });
  });

  it('of a JSON list opens where it begins', async () => {
    expect(await open(write('rows.json', '[\n  {"a":1},\n  {\n    "a":2\n  }\n]'), 2)).toMatchObject({ line: 3 });
  });

  it('of a file that no editor shows is a document of its own', async () => {
    const file = join(folder, 'rows.jsonl.gz');
    writeFileSync(file, gzipSync('{"a":1}\n{"a":2}\n'));
    expect(await open(file, 2)).toMatchObject({ what: `row 2 of ${file}` });
  });

  it('of a folder is a file of it', async () => {
    const notes = join(folder, 'notes');
    mkdirSync(notes);
    writeFileSync(join(notes, 'a.md'), 'A');
    writeFileSync(join(notes, 'b.md'), 'B');
    expect(await open(notes, 2)).toMatchObject({ what: join(notes, 'b.md') });
  });
});

describe('the text of a row', () => {
  it('is as it stands where it cannot be read, and says why where it was not kept', async () => {
    const [broken] = await read(write('broken.jsonl', '{"a": oops\r\n'), 1, 1);
    expect(broken && rowText(broken)).toBe('{"a": oops');
    expect(rowText({ fault: { code: 'dataset.row.too-long', detail: 'it is longer than 4.2 MB', column: 1 } })).toBe('This row cannot be read: it is longer than 4.2 MB.');
  });

  it('is cut where it is too long to show, and not indented where it is nested too deeply', () => {
    expect(rowText({ value: 'b'.repeat(2000) }, 1000)).toBe(`"${'b'.repeat(999)}…`);
    const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`;
    expect(rowText({ value: JSON.parse(nested(1500)) as unknown })).toBe(nested(1500));
    expect(rowText({ value: JSON.parse(nested(100_000)) as unknown })).toContain('too deeply');
  });
});

describe('a finding', () => {
  it('opens where its row begins, behind rows with stray quotes', async () => {
    const file = write('tickets.csv', 'text,label\nfive 5" pipe,a\nok,b\nthird,\nfourth,c\n');
    const profile = await inspectDataset(file);
    const finding = profile.findings.find(({ code }) => code === 'dataset.row.empty-answer');
    const screen = new ScriptedScreen(finding?.message ?? '');
    const model = new DatasetModel({ find: () => Promise.resolve({ files: [], isCut: false }), stat: () => Promise.resolve(undefined), inspect: () => Promise.resolve(profile) });
    await new DatasetCommands(model, screen, () => Promise.resolve(undefined), () => '', read).showFindingsOf(profile);
    expect(screen.of('opened')).toMatchObject([{ what: file, line: 4 }]);
  });
});
