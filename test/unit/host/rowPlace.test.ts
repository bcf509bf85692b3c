/** A row leads to the place in the file that its reader meant, however large or odd the file. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inspectDataset } from '../../../src/core/datasets/inspect.ts';
import { DatasetCommands } from '../../../src/host/datasets/datasetCommands.ts';
import { DatasetModel } from '../../../src/host/datasets/datasetModel.ts';
import { readLine } from '../../../src/host/datasets/rowPlace.ts';
import { ScriptedScreen } from './scriptedScreen.ts';

let folder = '';
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'rows-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

describe('a line of a large file', () => {
  it('ends at a line feed and nowhere else', async () => {
    const file = write('rows.jsonl', '{"a":"x\u2028y"}\r\n\n{"a":"third"}');
    expect(await readLine(file, 1)).toBe('{"a":"x\u2028y"}');
    expect(await readLine(file, 2)).toBe('');
    expect(await readLine(file, 3)).toBe('{"a":"third"}');
    expect(await readLine(file, 4)).toBeUndefined();
  });

  it('is found behind others that fill many reads, and cut where it is too long to show', async () => {
    const file = write('long.jsonl', `${'a'.repeat(200_000)}\n${'b'.repeat(200_000)}\nc\n`);
    expect(await readLine(file, 3)).toBe('c');
    expect(await readLine(file, 2, 1000)).toBe(`${'b'.repeat(1000)}…`);
  });
});

describe('a finding', () => {
  it('opens where its row begins, behind rows with stray quotes', async () => {
    const file = write('tickets.csv', 'text,label\nfive 5" pipe,a\nok,b\nthird,\nfourth,c\n');
    const profile = await inspectDataset(file);
    const finding = profile.findings.find(({ code }) => code === 'dataset.row.empty-answer');
    const screen = new ScriptedScreen(finding?.message ?? '');
    const model = new DatasetModel({ find: () => Promise.resolve({ files: [], isCut: false }), stat: () => Promise.resolve(undefined), inspect: () => Promise.resolve(profile) });
    await new DatasetCommands(model, screen, () => Promise.resolve(undefined), () => '').showFindingsOf(profile);
    expect(screen.of('opened')).toMatchObject([{ what: file, line: 4 }]);
  });
});
