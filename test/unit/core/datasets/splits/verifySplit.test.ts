/** A manifest tells whether its parts and its source are what they were. */

import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { encodeFingerprints, encodeRows, frozenPart, readManifest } from '../../../../../src/core/datasets/splits/manifest.ts';
import { splitFile, type FileSplit } from '../../../../../src/core/datasets/splits/splitFile.ts';
import { verifySplit } from '../../../../../src/core/datasets/splits/verifySplit.ts';
import { temporaryFolder } from '../temporaryFolder.ts';

const folder = temporaryFolder();
const lines = (from: number, to: number): string => Array.from({ length: to - from }, (_, i) => `{"prompt":"q ${from + i}","completion":"${(from + i) % 2 ? 'yes' : 'no'}"}\n`).join('');

async function aSplit(): Promise<FileSplit> {
  const file = join(mkdtempSync(join(folder.path, 'split-')), 'rows.jsonl');
  writeFileSync(file, lines(0, 50));
  return splitFile(file, { parts: { train: 0.8, validation: 0.1, test: 0.1 }, seed: 3, group: 'prompt' });
}

test('a split as it was written is intact, and repeats', async () => {
  const { manifest } = await aSplit();
  expect(await verifySplit(manifest)).toMatchObject({ isIntact: true, repeats: true, sourceState: { state: 'same' }, parts: [{ state: 'same', rows: 40 }, { state: 'same' }, { state: 'same' }] });
});

test('a row that was changed in a part is named, and so is a part that is gone', async () => {
  const { manifest, parts } = await aSplit();
  const [train, , held] = parts.map(({ file }) => file);
  const rows = readFileSync(train ?? '', 'utf8').split('\n');
  rows[4] = '{"prompt":"new","completion":"yes"}';
  writeFileSync(train ?? '', rows.join('\n'));
  rmSync(held ?? '');
  const check = await verifySplit(manifest);
  expect(check.isIntact).toBe(false);
  expect(check.parts.map(({ state, firstDifference }) => [state, firstDifference])).toEqual([['changed', 5], ['same', undefined], ['missing', undefined]]);
});

test('a source that grew leaves the split intact; one that lost rows does not', async () => {
  const split = await aSplit();
  appendFileSync(split.file, lines(50, 60));
  expect(await verifySplit(split.manifest)).toMatchObject({ isIntact: true, repeats: undefined, sourceState: { state: 'grown', added: 10, gone: 0 } });
  writeFileSync(split.file, lines(1, 60));
  expect(await verifySplit(split.manifest)).toMatchObject({ isIntact: false, sourceState: { state: 'changed', added: 10, gone: 1 } });
  rmSync(split.file);
  expect(await verifySplit(split.manifest)).toMatchObject({ isIntact: false, sourceState: { state: 'missing' } });
});

test('a manifest that was tampered with is refused, above all one that leads out of its folder', async () => {
  const { manifest } = await aSplit();
  const text = readFileSync(manifest, 'utf8');
  const file = join(dirname(manifest), 'other.split.json');
  const refused = async (content: string): Promise<unknown> => {
    writeFileSync(file, content);
    return readManifest(file).then(() => undefined, (fault: { code: string }) => fault.code);
  };
  for (const content of ['', '[]', text.replace('"rows.train.jsonl"', '"../rows.train.jsonl"'), text.replace('"rows": 40', '"rows": 41'), text.replace(/"rowNumbers": "[^"]*"/, '"rowNumbers": "1-4000000000"')]) {
    expect(await refused(content)).toBe('dataset.split.bad-manifest');
  }
  expect(await refused(text)).toBeUndefined();
});

test('rows are written as runs and read as they were', () => {
  const rows = Uint32Array.of(1, 2, 3, 5, 7, 8);
  const fingerprints = Float64Array.of(0, 1, 2 ** 48 - 1, 123456789012345, 5, 6);
  expect(encodeRows(rows)).toBe('1-3 5 7-8');
  expect(frozenPart({ rowNumbers: encodeRows(rows), rowFingerprints: encodeFingerprints(fingerprints) })).toEqual({ rows, fingerprints });
});
