/** `tunesmith repair` as a person or a script uses it. */

import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { temporaryFolder } from '../core/datasets/temporaryFolder.ts';
import { JOB_TEST_MS } from '../support/until.ts';
import { REPOSITORY } from '../support/workshop.ts';

vi.setConfig({ testTimeout: JOB_TEST_MS });

const folder = temporaryFolder();

function tunesmith(...words: string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [join(REPOSITORY, 'src/cli/main.ts'), '--home', join(folder.path, 'home'), 'repair', ...words], { cwd: folder.path }, (fault, out, err) =>
      resolve({ code: fault === null ? 0 : Number(fault.code), out, err }));
  });
}

const mine = (): string[] => readdirSync(folder.path).filter((name) => name.startsWith('tickets'));

it('tries what is safe, writes what was chosen with a manifest, and never over a file', async () => {
  const text = '{"prompt":"mail x@y.de","completion":"b\\u0000"}\nnonsense\n{"prompt":"c","completion":"d"}\n';
  folder.write('tickets.jsonl', text);
  const tried = await tunesmith('tickets.jsonl', '--dry-run');
  expect(tried, tried.err).toMatchObject({ code: 1 });
  expect(tried.out).toBe('Would change 1 and remove 0 of 3 rows of tickets.jsonl. Nothing was written.\nRemove NUL characters and halves of surrogate pairs: row 1 (clean-damaged-text)\n');
  expect(mine()).toEqual(['tickets.jsonl']);

  const words = ['tickets.jsonl', '--redact', '--rule', 'remove-unreadable', '--safe'];
  const done = await tunesmith(...words);
  expect(done, done.err).toMatchObject({ code: 0, err: '' });
  expect(done.out).toMatch(/^Changed 1 and removed 1 of 3 rows of tickets\.jsonl; wrote 2 rows: tickets\.repaired\.jsonl\n/);
  expect(done.out).toContain('Redact personal data: row 1 (redact-personal-data)\n');
  expect(done.out).toContain('What became of which row: tickets.repaired.jsonl.manifest.json\n');
  expect(readFileSync(join(folder.path, 'tickets.repaired.jsonl'), 'utf8')).toBe('{"prompt":"mail [EMAIL_1]","completion":"b"}\n{"prompt":"c","completion":"d"}\n');
  expect(readFileSync(join(folder.path, 'tickets.jsonl'), 'utf8')).toBe(text);
  expect(mine()).toHaveLength(3);

  const again = await tunesmith(...words, '--json');
  expect(again.code).toBe(1);
  expect(JSON.parse(again.out)).toMatchObject({ error: { code: 'dataset.repair.exists' } });
  const forced = await tunesmith(...words, '--json', '--force');
  expect(JSON.parse(forced.out)).toMatchObject({ rows: 3, written: 2, changed: 1, dropped: 1 });
  expect(forced.out).not.toContain('x@y.de');
});

it('says of what it could not redact that it is still there', async () => {
  folder.write('half.jsonl', '{"prompt":"mail x@y.de","completion":"b"}\n{"prompt":"mail z@y.de"\n"w@y.de"\n');
  const done = await tunesmith('half.jsonl', '--redact');
  expect(done).toMatchObject({ code: 0, err: '2 rows cannot be read and stay as they are, with any secret or personal data.\nCorrect them, or leave them out with --rule remove-unreadable\n' });
  expect((await tunesmith('half.jsonl', '--redact', '--rule', 'remove-unreadable', '--force')).err).toBe('');
});

it('says that there is nothing to repair, and what it does not know', async () => {
  folder.write('clean.jsonl', '{"prompt":"a","completion":"b"}\n');
  expect(await tunesmith('clean.jsonl')).toEqual({ code: 0, out: 'Nothing to repair in the 1 row of clean.jsonl.\n', err: '' });
  expect((await tunesmith('clean.jsonl', '--rule', 'magic')).code).toBe(2);
  expect((await tunesmith('none.jsonl')).code).toBe(1);
});
