/** A repaired version is taken over as it was reviewed, and the original is never lost. */

import { chmodSync, lstatSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { replaceOriginal, saveCopy, undoReplace, type StagedRepair } from '../../../../../src/core/datasets/repair/keepRepair.ts';
import { repairedName } from '../../../../../src/core/datasets/repair/names.ts';
import { repairFile } from '../../../../../src/core/datasets/repair/repairFile.ts';
import { temporaryFolder } from '../temporaryFolder.ts';

const folder = temporaryFolder();
const waiting = temporaryFolder();
const BEFORE = '{"prompt":"a\\u0000","completion":"b"}\n';
const AFTER = '{"prompt":"a","completion":"b"}\n';

async function stage(name: string): Promise<{ file: string; staged: StagedRepair }> {
  const file = folder.write(name, BEFORE);
  const { out = '', manifest = '' } = await repairFile(file, { repairs: ['clean-damaged-text'], out: join(waiting.path, name), version: '1' });
  return { file, staged: { out, manifest } };
}

const named = (start: string): string[] => readdirSync(folder.path).filter((name) => name.startsWith(start)).sort();

test('a copy gets a free name, and its manifest says so', async () => {
  const { file, staged } = await stage('a.jsonl');
  folder.write('a.repaired.jsonl', 'precious');
  folder.write('a.repaired-2.jsonl.manifest.json', 'precious');
  const copy = await saveCopy(staged, repairedName(file));
  expect(copy).toEqual({ out: join(folder.path, 'a.repaired-3.jsonl'), manifest: join(folder.path, 'a.repaired-3.jsonl.manifest.json') });
  expect(JSON.parse(readFileSync(copy.manifest, 'utf8'))).toMatchObject({ source: { file: 'a.jsonl' }, result: { file: 'a.repaired-3.jsonl', rows: 1 } });
  expect(readFileSync(copy.out, 'utf8')).toBe(AFTER);
  expect(readFileSync(file, 'utf8')).toBe(BEFORE);
  expect(named('a')).toEqual(['a.jsonl', 'a.repaired-2.jsonl.manifest.json', 'a.repaired-3.jsonl', 'a.repaired-3.jsonl.manifest.json', 'a.repaired.jsonl']);
});

test('what is replaced is kept under another name, and can be had back', async () => {
  const { file, staged } = await stage('b.jsonl');
  folder.write('b.jsonl.original', 'older');
  const { backup } = await replaceOriginal(staged, file);
  expect(backup).toBe(`${file}.original-2`);
  expect([readFileSync(file, 'utf8'), readFileSync(backup, 'utf8')]).toEqual([AFTER, BEFORE]);
  expect(named('b')).toEqual(['b.jsonl', 'b.jsonl.manifest.json', 'b.jsonl.original', 'b.jsonl.original-2']);
  await undoReplace(file, backup);
  expect(readFileSync(file, 'utf8')).toBe(BEFORE);
  expect(named('b')).toEqual(['b.jsonl', 'b.jsonl.original']);
});

test('a link stays a link: what it leads to is replaced, and comes back', async () => {
  const { file, staged } = await stage('e.jsonl');
  const link = join(folder.path, 'e-link.jsonl');
  symlinkSync(file, link);
  const { backup } = await replaceOriginal(staged, link);
  expect(lstatSync(link).isSymbolicLink()).toBe(true);
  expect([readFileSync(file, 'utf8'), readFileSync(backup, 'utf8')]).toEqual([AFTER, BEFORE]);
  await undoReplace(link, backup);
  expect(lstatSync(link).isSymbolicLink()).toBe(true);
  expect(readFileSync(file, 'utf8')).toBe(BEFORE);
});

test('a manifest that the original had comes back with it', async () => {
  const { file, staged } = await stage('f.jsonl');
  folder.write('f.jsonl.manifest.json', 'of an earlier repair');
  const { backup } = await replaceOriginal(staged, file);
  expect(JSON.parse(readFileSync(`${file}.manifest.json`, 'utf8'))).toMatchObject({ result: { file: 'f.jsonl' } });
  await undoReplace(file, backup);
  expect(readFileSync(`${file}.manifest.json`, 'utf8')).toBe('of an earlier repair');
  expect(named('f')).toEqual(['f.jsonl', 'f.jsonl.manifest.json']);
});

test.skipIf(process.platform === 'win32')('what only its owner may read stays so', async () => {
  const file = folder.write('g.jsonl', BEFORE);
  chmodSync(file, 0o600);
  const modeOf = (path: string): number => statSync(path).mode & 0o777;
  const { out = '', manifest = '' } = await repairFile(file, { repairs: ['clean-damaged-text'], out: join(waiting.path, 'g.jsonl'), version: '1' });
  expect(modeOf(out)).toBe(0o600);
  expect(modeOf((await saveCopy({ out, manifest }, repairedName(file))).out)).toBe(0o600);
  chmodSync(file, 0o640);
  const { backup } = await replaceOriginal({ out, manifest }, file);
  expect([modeOf(file), modeOf(backup)]).toEqual([0o640, 0o640]);
});

test('a file that has changed meanwhile is not replaced, nor is what came after put back', async () => {
  const { file, staged } = await stage('c.jsonl');
  writeFileSync(file, `${BEFORE}{"prompt":"new"}\n`);
  await expect(replaceOriginal(staged, file)).rejects.toMatchObject({ code: 'dataset.changed' });
  expect(named('c')).toEqual(['c.jsonl']);
  writeFileSync(file, BEFORE);
  const { backup } = await replaceOriginal(staged, file);
  writeFileSync(file, 'edited');
  await expect(undoReplace(file, backup)).rejects.toMatchObject({ code: 'dataset.changed' });
  expect([readFileSync(file, 'utf8'), readFileSync(backup, 'utf8')]).toEqual(['edited', BEFORE]);
});

test('what cannot be written is said, and leaves nothing', async () => {
  const { staged } = await stage('d.jsonl');
  await expect(saveCopy(staged, join(folder.path, 'no/where.jsonl'))).rejects.toMatchObject({ code: 'dataset.repair.unwritable' });
  expect(named('d')).toEqual(['d.jsonl']);
});
