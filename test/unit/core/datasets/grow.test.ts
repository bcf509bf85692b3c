/** A file that grew is read on from where it ended, with the profile it would have if it were read anew. */

import { appendFileSync, readFileSync, truncateSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FileInspection, inspectDataset, type InspectOptions } from '../../../../src/core/datasets/inspect.ts';
import type { DatasetProfile } from '../../../../src/core/datasets/profile.ts';
import { readRows } from '../../../../src/core/datasets/rowIndex.ts';
import { temporaryFolder } from './temporaryFolder.ts';

const folder = temporaryFolder();
const pair = (i: number): string => `${JSON.stringify({ prompt: `question ${i}`, completion: `answer ${i}` })}\n`;
const pairs = (from: number, to: number): string => Array.from({ length: to - from }, (_, i) => pair(from + i)).join('');

const timeless = (profile: DatasetProfile): DatasetProfile => ({ ...profile, seconds: 0 });

/** The profile, and how many bytes of the file its first sign of progress was behind. */
async function follow(inspection: FileInspection, options: InspectOptions = {}): Promise<{ profile: DatasetProfile; rowsAtFirst: number | undefined }> {
  let rowsAtFirst: number | undefined;
  const profile = timeless(await inspection.inspect({ ...options, onProgress: ({ rows }) => void (rowsAtFirst ??= rows) }));
  return { profile, rowsAtFirst };
}

describe('a file that grew', () => {
  test.each([
    ['grow.jsonl', pairs(0, 20_000), pairs(19_990, 20_010)],
    ['grow.csv', `text,label\n${'"a\nb",x\n'.repeat(40_000)}`, 'a,y\n\n"c,\nd",x\n'],
  ])('is read on from where it ended: %s', async (name, before, added) => {
    const file = folder.write(name, before);
    const inspection = new FileInspection(file);
    const { rowsAtFirst: started } = await follow(inspection);
    const rows = inspection.index?.lastRow ?? 0;
    appendFileSync(file, added);
    const { profile, rowsAtFirst } = await follow(inspection);
    expect(started).toBeLessThan(rows);
    expect(rowsAtFirst).toBeGreaterThan(rows);
    expect(profile).toEqual(timeless(await inspectDataset(file)));
    const index = inspection.index;
    expect(index && (await readRows(index, rows, 3)).map(({ row }) => row)).toEqual([rows, rows + 1, rows + 2]);
  });

  test('in any pieces, cut anywhere, is what it is as a whole', async () => {
    const line = fc.oneof(fc.nat(9).map(pair), fc.constantFrom('\n', 'nonsense\n', '{"prompt":"ä', '\r\n', ' "a', '\uFEFF', '{"messages":[]}\n'));
    await fc.assert(fc.asyncProperty(fc.array(fc.array(line, { maxLength: 4 }), { minLength: 1, maxLength: 5 }), fc.constantFrom('pieces.jsonl', 'pieces.csv'), async (pieces, name) => {
      const file = folder.write(name, '');
      const inspection = new FileInspection(file);
      for (const piece of pieces) {
        appendFileSync(file, piece.join(''));
        expect((await follow(inspection)).profile).toEqual(timeless(await inspectDataset(file)));
      }
    }), { numRuns: 40 });
  });
});

describe('a file that changed elsewhere', () => {
  test.each([
    ['in the middle, and grew', (text: string) => `${text.replace('question 5000', 'question five')}${pair(1)}`],
    ['by getting shorter', (text: string) => text.slice(0, 1000)],
    ['into another one', () => 'nonsense\n'],
  ])('%s', async (_what, change) => {
    const file = folder.write('changed.jsonl', pairs(0, 10_000));
    const inspection = new FileInspection(file);
    await inspection.inspect();
    folder.write('changed.jsonl', change(readFileSync(file, 'utf8')));
    const { profile } = await follow(inspection);
    expect(profile).toEqual(timeless(await inspectDataset(file)));
  });

  test('a last line that goes on is read again', async () => {
    const file = folder.write('line.jsonl', pair(1) + pair(2).trimEnd());
    const inspection = new FileInspection(file);
    expect(await inspection.inspect()).toMatchObject({ rows: 2, usableRows: 2 });
    appendFileSync(file, ' x\n');
    expect(await inspection.inspect()).toMatchObject({ rows: 2, usableRows: 1 });
  });
});

test('an inspection that was aborted goes on where it stopped', async () => {
  const file = folder.write('aborted.jsonl', pairs(0, 30_000));
  const inspection = new FileInspection(file);
  const controller = new AbortController();
  let seen = 0;
  const aborted = inspection.inspect({
    signal: controller.signal,
    onProgress: ({ rows }) => {
      seen = rows;
      if (rows > 10_000) controller.abort(new Error('enough'));
    },
  });
  await expect(aborted).rejects.toThrow('enough');
  const { profile, rowsAtFirst } = await follow(inspection);
  expect(rowsAtFirst).toBeGreaterThan(seen);
  expect(profile).toEqual(timeless(await inspectDataset(file)));
});

test('a file that got shorter while it was read leaves nothing behind', async () => {
  const file = folder.write('shorter.jsonl', pairs(0, 30_000));
  const inspection = new FileInspection(file);
  let isCut = false;
  const cut = inspection.inspect({
    onProgress: () => {
      if (!isCut) truncateSync(file, 1000);
      isCut = true;
    },
  });
  await expect(cut).rejects.toMatchObject({ code: 'dataset.changed-while-read' });
  expect((await follow(inspection)).profile).toEqual(timeless(await inspectDataset(file)));
});
