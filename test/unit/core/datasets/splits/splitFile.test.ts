/** Every row is in exactly one part, as it was; what belongs together stays together; a split can be repeated and grown. */

import { chmodSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { exampleOf, promptOf } from '../../../../../src/core/datasets/splits/rowKeys.ts';
import { FormatDetector } from '../../../../../src/core/datasets/detect.ts';
import { readManifest } from '../../../../../src/core/datasets/splits/manifest.ts';
import type { PartName, SplitOptions } from '../../../../../src/core/datasets/splits/options.ts';
import { splitFile, updateSplit, type FileSplit } from '../../../../../src/core/datasets/splits/splitFile.ts';
import { temporaryFolder } from '../temporaryFolder.ts';

const folder = temporaryFolder();
const ASKED: SplitOptions = { parts: { train: 0.8, validation: 0.1, test: 0.1 }, seed: 7, group: 'prompt' };

/** A file in a folder of its own. */
function aFile(name: string, content: string | Uint8Array): string {
  const file = join(mkdtempSync(join(folder.path, 'split-')), name);
  writeFileSync(file, content);
  return file;
}

function linesOf(split: FileSplit, part: PartName): string[] {
  const file = split.parts.find(({ name }) => name === part)?.file;
  return file === undefined ? [] : readFileSync(file, 'utf8').split('\n').slice(0, -1);
}

const allLines = (split: FileSplit): string[] => split.parts.flatMap(({ name }) => linesOf(split, name));

interface Ticket { readonly prompt: string; readonly completion: string; readonly user?: string; readonly at?: string }

const jsonl = (rows: readonly unknown[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('');
const tickets = (count: number): Ticket[] => Array.from({ length: count }, (_, i) => ({ prompt: `ticket ${i}`, completion: ['billing', 'shipping', 'login'][i % 3] ?? '', user: `user ${i % 17}`, at: new Date(Date.UTC(2026, 0, 1 + ((i * 37) % count))).toISOString() }));

describe('splitFile', () => {
  test('every row is in exactly one part, byte for byte and in order; no prompt is in two', async () => {
    const detector = new FormatDetector();
    const anyRow = fc.tuple(fc.integer({ min: 0, max: 20 }), fc.constantFrom('a', 'b', 'c'), fc.constantFrom('', ' ', '  ')).map(([prompt, answer, space]) => `{"prompt":${space}"p ${prompt}", "completion":"${answer}"}`);
    await fc.assert(fc.asyncProperty(fc.array(anyRow, { minLength: 4, maxLength: 60 }), fc.nat(), fc.constantFrom('\n', '\r\n'), async (rows, seed, end) => {
      fc.pre(new Set(rows.map((row) => /p \d+/.exec(row)?.[0])).size > 3);
      const split = await splitFile(aFile('rows.jsonl', `\uFEFF${rows.join(end)}`), { ...ASKED, seed });
      const written = split.parts.map(({ name }) => linesOf(split, name).map((line) => line.replace('\r', '')));
      expect(written.flat().toSorted()).toEqual(rows.toSorted());
      for (const lines of written) expect(isSubsequence(lines, rows)).toBe(true);
      const prompts = written.map((lines) => new Set(lines.map((line) => promptOf(exampleOf(JSON.parse(line), detector) ?? { kind: 'text', text: '' }))));
      const all = prompts.flatMap((set) => [...set]);
      expect(new Set(all).size).toBe(all.length);
    }), { numRuns: 60 });
  });

  test('each label gives its share, and the manifest counts them', async () => {
    const split = await splitFile(aFile('tickets.jsonl', jsonl(tickets(300))), ASKED);
    expect(split.by).toBe('label');
    expect(split.parts.map(({ rows, labels }) => ({ rows, labels }))).toEqual([
      { rows: 240, labels: { billing: 80, login: 80, shipping: 80 } },
      { rows: 30, labels: { billing: 10, login: 10, shipping: 10 } },
      { rows: 30, labels: { billing: 10, login: 10, shipping: 10 } },
    ]);
    const manifest = await readManifest(split.manifest);
    expect(manifest).toMatchObject({ source: { file: 'tickets.jsonl', rows: 300 }, options: { seed: 7, by: 'label', group: 'prompt' }, groups: { count: 300, largest: 1, together: 0 } });
  });

  test('equal seeds give equal bytes, another seed another split', async () => {
    const content = jsonl(tickets(100));
    const [first, again, other] = await Promise.all([7, 7, 8].map((seed) => splitFile(aFile('t.jsonl', content), { ...ASKED, seed })));
    const bytes = (split?: FileSplit): string[] => [...(split?.parts.map(({ file }) => file) ?? []), split?.manifest ?? ''].map((file) => readFileSync(file, 'utf8'));
    expect(bytes(again)).toEqual(bytes(first));
    expect(bytes(other)).not.toEqual(bytes(first));
  });

  test('by time, what is trained on is older than what is asked', async () => {
    const split = await splitFile(aFile('t.jsonl', jsonl(tickets(100))), { ...ASKED, by: 'time' });
    const times = split.parts.map(({ name }) => linesOf(split, name).map((line) => (JSON.parse(line) as Ticket).at ?? ''));
    expect(split.timeColumn).toBe('at');
    expect(times.map(({ length }) => length)).toEqual([80, 10, 10]);
    expect([...times[0] ?? []].sort().at(-1)! < [...times[1] ?? []].sort()[0]).toBe(true);
    expect([...times[1] ?? []].sort().at(-1)! < [...times[2] ?? []].sort()[0]).toBe(true);
  });

  test('rows of one user stay together; prompts that are then in two parts are counted', async () => {
    const rows = tickets(170).map((row, i) => (i % 17 < 9 ? { ...row, prompt: 'Hello' } : row));
    const split = await splitFile(aFile('t.jsonl', jsonl(rows)), { ...ASKED, group: { column: 'user' } });
    const users = split.parts.map(({ name }) => new Set(linesOf(split, name).map((line) => (JSON.parse(line) as Ticket).user)));
    expect(users.reduce((sum, { size }) => sum + size, 0)).toBe(17);
    expect(split.groups).toEqual({ count: 17, largest: 10, together: 170 });
    expect(split.sharedPrompts).toBeGreaterThan(0);
  });

  test('rows that nearly say the same stay together, unless a template makes most rows so', async () => {
    const words = 'my card was charged twice for the same order number and I would like to have my money back as soon as possible please'.split(' ');
    const about = (i: number): string => Array.from({ length: 24 }, (_, at) => `${words[(at * (i + 2)) % words.length]}${i}`).join(' ');
    const rows = Array.from({ length: 40 }, (_, i) => ({ prompt: `${about(i >> 1)}${i % 2 ? '!' : '.'}`, completion: `answer ${i}` }));
    const split = await splitFile(aFile('t.jsonl', jsonl(rows)), { parts: ASKED.parts, seed: 1 });
    expect({ group: split.group, groups: split.groups, rows: split.parts.map((part) => part.rows) }).toEqual({ group: 'near-duplicates', groups: { count: 20, largest: 2, together: 40 }, rows: [32, 4, 4] });
    const template = rows.map((row, i) => ({ ...row, prompt: `${words.join(' ')} ${words.toReversed().join(' ')} ${i}` }));
    const chained = await splitFile(aFile('t.jsonl', jsonl(template)), { parts: ASKED.parts, seed: 1 });
    expect({ group: chained.group, chained: chained.chained, rows: chained.parts.map((part) => part.rows) }).toEqual({ group: 'prompt', chained: 40, rows: [32, 4, 4] });
  });

  test('CSV keeps its header, its quotes and its line ends in each part, around records that cannot be read', async () => {
    const records = Array.from({ length: 30 }, (_, i) => `"text ${i}, with\r\na break and ""quotes""",label ${i % 2}\r\n`);
    const file = aFile('t.csv', `text,label\r\n${records.slice(0, 10).join('')}\r\nbad "quote,x\r\n${records.slice(10).join('')}`);
    const split = await splitFile(file, ASKED);
    const parts = split.parts.map((part) => readFileSync(part.file, 'utf8'));
    expect(split.parts.map((part) => basename(part.file))).toEqual(['t.train.csv', 't.validation.csv', 't.test.csv']);
    expect(parts.every((part) => part.startsWith('text,label\r\n'))).toBe(true);
    const bodies = parts.map((part) => part.slice('text,label\r\n'.length)).join('').replaceAll('\r\n', '\n');
    expect(bodies.length).toBe(records.join('').replaceAll('\r\n', '\n').length);
    for (const record of records) expect(bodies).toContain(record.replaceAll('\r\n', '\n'));
    expect(split.leftOut).toMatchObject([{ code: 'dataset.row.invalid-csv', count: 1 }]);
  });

  test('compressed files, lists and folders of texts are split into JSON Lines', async () => {
    const gz = await splitFile(aFile('t.jsonl.gz', gzipSync(jsonl(tickets(40)))), ASKED);
    expect(gz.parts.map((part) => basename(part.file))).toEqual(['t.train.jsonl', 't.validation.jsonl', 't.test.jsonl']);
    expect(allLines(gz).toSorted()).toEqual(jsonl(tickets(40)).trimEnd().split('\n').toSorted());
    const list = await splitFile(aFile('t.json', JSON.stringify(tickets(40), undefined, 2)), ASKED);
    expect(allLines(list).toSorted()).toEqual(allLines(gz).toSorted());
    const texts = mkdtempSync(join(folder.path, 'texts-'));
    for (let i = 0; i < 20; i++) writeFileSync(join(texts, `${i}.md`), `# Page ${i}`);
    const split = await splitFile(texts, { ...ASKED, out: mkdtempSync(join(folder.path, 'out-')) });
    expect(split.parts.map(({ rows }) => rows)).toEqual([16, 2, 2]);
    expect(allLines(split)).toHaveLength(20);
  });

  test('rows of a list keep every digit of their numbers', async () => {
    const rows = Array.from({ length: 10 }, (_, i) => `{"prompt": "q${i}", "completion": "a", "id": 1234567890123456789${i}, "score": 1.0}`);
    const flat = await splitFile(aFile('t.json', `\uFEFF[${rows.join(',\n')}]`), ASKED);
    expect(allLines(flat).toSorted()).toEqual(rows);
    const spread = await splitFile(aFile('t.json', `[${rows.map((row) => row.replaceAll(', ', ',\r\n  ')).join(',')}]`), ASKED);
    expect(allLines(spread).toSorted()).toEqual(rows.map((row) => row.replaceAll(/([:,]) /g, '$1')));
  });

  test('rows that cannot be read are in no part, and told', async () => {
    const split = await splitFile(aFile('t.jsonl', `${jsonl(tickets(20))}{"prompt": \n\n${jsonl(tickets(30).slice(20))}`), ASKED);
    expect(split.rows).toBe(30);
    expect(allLines(split)).toHaveLength(30);
    expect(split.leftOut).toMatchObject([{ code: 'dataset.row.invalid-json', rows: [21] }]);
  });

  test('a file that grew keeps what it had: only new rows are assigned', async () => {
    const file = aFile('t.jsonl', jsonl(tickets(200)));
    const before = await splitFile(file, ASKED);
    const had = before.parts.map(({ name }) => linesOf(before, name));
    // Three rows come in at the top, one goes, a hundred are added; one of them asks what a row of the test part asks.
    const held = JSON.parse(had[2]?.[0] ?? '') as Ticket;
    const rows = [...tickets(303).slice(300), ...tickets(200).filter(({ prompt }) => prompt !== 'ticket 5'), ...tickets(300).slice(200), { ...held, completion: 'login' }];
    writeFileSync(file, jsonl(rows));
    const after = await updateSplit(before.manifest);
    const has = after.parts.map(({ name }) => linesOf(after, name));
    expect({ kept: after.kept, gone: after.gone, rows: after.rows }).toEqual({ kept: 199, gone: 1, rows: 303 });
    has.forEach((lines, part) => expect(lines).toEqual(expect.arrayContaining((had[part] ?? []).filter((line) => !line.includes('"ticket 5"')))));
    expect(has[2]?.some((line) => line.includes(`"${held.prompt}"`) && line.includes('login'))).toBe(true);
    const shares = has.map(({ length }) => length / 303);
    [0.8, 0.1, 0.1].forEach((share, part) => expect(Math.abs((shares[part] ?? 0) - share)).toBeLessThan(0.02));
    expect((await readManifest(after.manifest)).updates).toBe(1);
  });

  test('a part that was changed by hand is not written anew unless somebody says so', async () => {
    const file = aFile('t.jsonl', jsonl(tickets(100)));
    const split = await splitFile(file, ASKED);
    const part = split.parts[2]?.file ?? '';
    const corrected = readFileSync(part, 'utf8').replace('ticket', 'corrected ticket');
    writeFileSync(part, corrected);
    writeFileSync(file, jsonl(tickets(120)));
    await expect(updateSplit(split.manifest)).rejects.toMatchObject({ code: 'dataset.split.part-changed', message: expect.stringContaining('t.test.jsonl') as string });
    expect(readFileSync(part, 'utf8')).toBe(corrected);
    expect((await updateSplit(split.manifest, { force: true })).rows).toBe(120);
    expect(readFileSync(part, 'utf8')).not.toContain('corrected');
    // One that is gone is written again.
    rmSync(part);
    expect((await updateSplit(split.manifest)).kept).toBe(120);
  });

  test.skipIf(process.platform === 'win32')('a part is read by nobody who may not read the dataset', async () => {
    const file = aFile('t.jsonl', jsonl(tickets(40)));
    chmodSync(file, 0o600);
    const { parts } = await splitFile(file, ASKED);
    expect(parts.map((part) => statSync(part.file).mode & 0o777)).toEqual([0o600, 0o600, 0o600]);
  });

  test('nothing is written over a file, nor left behind, unless somebody says so', async () => {
    const file = aFile('t.jsonl', jsonl(tickets(40)));
    const taken = join(file, '..', 't.test.jsonl');
    writeFileSync(taken, 'mine');
    await expect(splitFile(file, ASKED)).rejects.toMatchObject({ code: 'dataset.split.exists' });
    const abort = new AbortController();
    const stopped = splitFile(file, { ...ASKED, force: true, signal: abort.signal, onProgress: () => abort.abort() });
    await expect(stopped).rejects.toMatchObject({ name: 'AbortError' });
    expect(readdirSync(join(file, '..')).toSorted()).toEqual(['t.jsonl', 't.test.jsonl']);
    expect(readFileSync(taken, 'utf8')).toBe('mine');
    await splitFile(file, { ...ASKED, force: true });
    expect(readdirSync(join(file, '..')).toSorted()).toEqual(['t.jsonl', 't.split.json', 't.test.jsonl', 't.train.jsonl', 't.validation.jsonl']);
  });

  test('what cannot be done is told', async () => {
    const file = aFile('t.jsonl', jsonl(tickets(40)));
    const long = aFile('long.jsonl', jsonl(Array.from({ length: 30 }, (_, i) => ({ prompt: `q${i}`, completion: `a long answer, number ${i}` }))));
    const fault = async (source: string, options: Partial<SplitOptions>): Promise<string> => splitFile(source, { ...ASKED, ...options }).then(() => '', (cause: { code: string }) => cause.code);
    expect(await fault(file, { parts: { train: 0.8, validation: 0.1, test: 0.2 } })).toBe('dataset.split.bad-shares');
    expect(await fault(file, { group: { column: 'session' } })).toBe('dataset.split.no-column');
    expect(await fault(long, { by: 'label' })).toBe('dataset.split.no-labels');
    expect(await fault(long, { by: 'time' })).toBe('dataset.split.no-times');
    expect(await fault(aFile('two.jsonl', jsonl(tickets(2))), {})).toBe('dataset.split.too-few-groups');
  });
});

function isSubsequence(some: readonly string[], all: readonly string[]): boolean {
  let at = 0;
  for (const one of all) if (at < some.length && some[at] === one) at++;
  return at === some.length;
}
