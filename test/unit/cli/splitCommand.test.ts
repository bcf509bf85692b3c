/** `tunesmith split` as a person or a script uses it. */

import { execFile } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, expect, test } from 'vitest';

import { REPOSITORY } from '../support/workshop.ts';

const folder = mkdtempSync(join(tmpdir(), 'split-command-'));
afterAll(() => rmSync(folder, { recursive: true }));

function tunesmith(...words: string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [join(REPOSITORY, 'src/cli/main.ts'), 'split', ...words], { cwd: folder }, (fault, out, err) =>
      resolve({ code: fault === null ? 0 : Number(fault.code), out, err }));
  });
}

/** Two words of their own each, lest they be nearly the same. */
const word = (i: number): string => (i * 7919 + 17).toString(26).replaceAll(/\d/g, (digit) => 'qrstuvwxyz'[Number(digit)] ?? '');
const rows = (from: number, to: number): string => Array.from({ length: to - from }, (_, at) => from + at).map((i) => `{"prompt":"${word(i)} ${word(i * i + 1)}","completion":"${i % 2 ? 'yes' : 'no'}"}\n`).join('');

test('splits, verifies, and takes in the rows that came since', async () => {
  const file = join(folder, 'tickets.jsonl');
  writeFileSync(file, rows(0, 100));
  expect(await tunesmith('tickets.jsonl')).toEqual({
    code: 0, err: '', out: [
      'Split 100 rows of tickets.jsonl by lot within each of 2 labels:',
      '  train       80 (80%)  tickets.train.jsonl  no 40 and yes 40',
      '  validation  10 (10%)  tickets.validation.jsonl  no 5 and yes 5',
      '  test        10 (10%)  tickets.test.jsonl  no 5 and yes 5',
      'No rows that are equal or nearly so.',
      'Manifest: tickets.split.json', '',
    ].join('\n'),
  });
  expect(await tunesmith('tickets.jsonl')).toMatchObject({ code: 1, err: expect.stringContaining('tickets.train.jsonl exists already') as string });
  expect(await tunesmith('--verify', 'tickets.split.json')).toMatchObject({ code: 0, out: expect.stringContaining('the split is intact') as string });

  appendFileSync(file, rows(100, 120));
  const verified = await tunesmith('--verify', 'tickets.jsonl', '--json');
  expect(JSON.parse(verified.out)).toMatchObject({ isIntact: true, sourceState: { state: 'grown', added: 20 } });
  const updated = await tunesmith('--update', 'tickets.split.json');
  expect(updated.out).toContain('100 rows kept their part, 20 new.');
  expect(updated.out).toContain('  train       96 (80%)');

  appendFileSync(join(folder, 'tickets.test.jsonl'), '{}\n');
  const broken = await tunesmith('--verify', 'tickets.split.json');
  expect(broken.code).toBe(1);
  expect(broken.out).toContain('tickets.test.jsonl: changed; row 13 is the first that is another one');
});

test('what is not named is nothing, and training gets the rest', async () => {
  writeFileSync(join(folder, 'some.jsonl'), rows(0, 40));
  const said = await tunesmith('some.jsonl', '--test', '25%', '--seed', '3', '--json');
  expect(JSON.parse(said.out)).toMatchObject({ rows: 40, by: 'label', group: 'near-duplicates', parts: [{ name: 'train', rows: 30 }, { name: 'test', rows: 10 }] });
  expect(JSON.parse(readFileSync(join(folder, 'some.split.json'), 'utf8'))).toMatchObject({ options: { seed: 3, parts: { train: 0.75, validation: 0, test: 0.25 } } });
});

test('refuses what cannot be', async () => {
  writeFileSync(join(folder, 'other.jsonl'), rows(0, 40));
  expect(await tunesmith('other.jsonl', '--train', '90', '--test', '20')).toMatchObject({ code: 1, err: expect.stringContaining('not 100% together') as string });
  expect(await tunesmith('other.jsonl', '--test', '200')).toMatchObject({ code: 2 });
  expect(await tunesmith('other.jsonl', '--verify', '--update')).toMatchObject({ code: 2, err: 'Choose one of --verify and --update.\n' });
  expect(await tunesmith('other.jsonl', '--group', 'user')).toMatchObject({ code: 1, err: expect.stringContaining('Name one of its columns: "prompt", "completion"') as string });
  expect(await tunesmith('other.jsonl', '--verify')).toMatchObject({ code: 1, err: expect.stringContaining('other.split.json does not exist') as string });
});
