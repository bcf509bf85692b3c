/** Finished files get their names together, and what had a name before is never lost. */

import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { publishAll, type Publication } from '../../../../src/core/datasets/publish.ts';
import { temporaryFolder } from './temporaryFolder.ts';

const folder = temporaryFolder();

function finished(name: string): Publication {
  return { partial: folder.write(`${name}.partial`, `new ${name}`), out: join(folder.path, name) };
}

const named = (start: string): string[] => readdirSync(folder.path).filter((name) => name.startsWith(start)).sort();
const textOf = (name: string): string => readFileSync(join(folder.path, name), 'utf8');

test('files are replaced where that was asked for, and nothing is left of them', async () => {
  folder.write('a1', 'old');
  await publishAll([finished('a1'), finished('a2')], true);
  expect([textOf('a1'), textOf('a2')]).toEqual(['new a1', 'new a2']);
  expect(named('a').filter((name) => !name.endsWith('.partial'))).toEqual(['a1', 'a2']);
});

test('a name that is taken is never without a file while it is replaced', async () => {
  folder.write('b1', 'old');
  const file = finished('b1');
  const seen: boolean[] = [];
  // Asked for at the moment when the finished file gets the name.
  await publishAll([{ out: file.out, get partial() {
    seen.push(named('b').includes('b1'));
    return file.partial;
  } }], true);
  expect(seen.length).toBeGreaterThan(0);
  expect(seen).not.toContain(false);
  expect(textOf('b1')).toBe('new b1');
});

test('when one cannot be published, what was there before is there again', async () => {
  folder.write('c1', 'old');
  mkdirSync(join(folder.path, 'c2'));
  await expect(publishAll([finished('c1'), finished('c2')], true)).rejects.toThrow();
  expect(textOf('c1')).toBe('old');
  expect(named('c').filter((name) => !name.endsWith('.partial'))).toEqual(['c1', 'c2']);
  await expect(publishAll([finished('c3'), finished('c1')], false)).rejects.toMatchObject({ code: 'EEXIST' });
  expect(named('c3')).toEqual(['c3.partial']);
});
