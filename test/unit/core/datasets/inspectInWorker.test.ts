/** A thread inspects as the plain function does: same profile, same errors, and it can be stopped. */

import { appendFileSync, existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { inspectDataset } from '../../../../src/core/datasets/inspect.ts';
import { DatasetInspector } from '../../../../src/core/datasets/inspectInWorker.ts';
import { UserError } from '../../../../src/core/errors.ts';
import { temporaryFolder } from './temporaryFolder.ts';

const folder = temporaryFolder();
const workerFile = fileURLToPath(new URL('../../../../src/core/datasets/worker.ts', import.meta.url));
const inspector = new DatasetInspector(workerFile);
afterAll(() => inspector.dispose());
const rows = Array.from({ length: 30_000 }, (_, i) => JSON.stringify({ prompt: `question ${i}`, completion: `answer ${i}` }));

describe('DatasetInspector', () => {
  test('gives the profile of the plain function, and progress on the way', async () => {
    const file = folder.write('rows.jsonl', [...rows, 'broken'].join('\n'));
    const shares: number[] = [];
    const profile = await inspector.inspect(file, { onProgress: ({ bytes, totalBytes }) => shares.push(bytes / totalBytes) });
    expect({ ...profile, seconds: 0 }).toEqual({ ...(await inspectDataset(file)), seconds: 0 });
    expect(shares.length).toBeGreaterThan(1);
  });

  test('counts tokens and compares with other files as the plain function does', async () => {
    const file = folder.write('tokens.jsonl', rows.slice(0, 200).join('\n'));
    const options = {
      tokenizer: { model: 'starter', folder: fileURLToPath(new URL('../../../../media/starter', import.meta.url)) },
      maxTokens: 20, heldOut: folder.write('held.jsonl', rows[3] ?? ''), evalSets: [folder.write('set.jsonl', rows[5] ?? '')],
    };
    const profile = await inspector.inspect(file, options);
    expect({ ...profile, seconds: 0 }).toEqual({ ...(await inspectDataset(file, options)), seconds: 0 });
    expect(profile.tokens?.model).toBe('starter');
    expect(profile.findings.map(({ code }) => code)).toEqual(expect.arrayContaining(['dataset.leakage', 'dataset.contamination']));
  });

  test('an error for the user arrives as one', async () => {
    const fault: unknown = await inspector.inspect(`${folder.path}/gone.jsonl`).catch((reason: unknown) => reason);
    expect(fault).toBeInstanceOf(UserError);
    expect(fault).toMatchObject({ code: 'dataset.missing-file', place: { file: `${folder.path}/gone.jsonl` } });
  });

  test('aborting ends it with the reason', async () => {
    const controller = new AbortController();
    const inspecting = inspector.inspect(folder.write('abort.jsonl', rows.join('\n')), { signal: controller.signal, onProgress: () => controller.abort(new Error('enough')) });
    await expect(inspecting).rejects.toThrow('enough');
  });

  test('what was found so far comes before the profile', async () => {
    const file = folder.write('early.jsonl', ['broken', ...rows].join('\n'));
    const seen: string[] = [];
    await inspector.inspect(file, { onFindings: (findings) => seen.push(...findings.map(({ code }) => code)), onProgress: ({ bytes, totalBytes }) => void (bytes === totalBytes && seen.push('end')) });
    expect(seen).toEqual(['dataset.row.invalid-json', 'end']);
  });

  test('two files at once, and the same file twice', async () => {
    const [a, b] = [folder.write('a.jsonl', rows.join('\n')), folder.write('b.jsonl', rows.slice(0, 100).join('\n'))];
    const profiles = await Promise.all([a, b, a].map((file) => inspector.inspect(file)));
    expect(profiles.map((profile) => profile.rows)).toEqual([30_000, 100, 30_000]);
  });

  test('the same file for two places: what was found is that of the last', async () => {
    const file = folder.write('two-places.jsonl', [...rows, JSON.stringify({ schemaVersion: 'bedrock-conversation-2024', messages: [{ role: 'user', content: [{ text: 'a' }] }, { role: 'assistant', content: [{ text: 'b' }] }] })].join('\n'));
    const first = inspector.inspect(file);
    const second = inspector.inspect(file, { target: 'bedrock-nova-sft' });
    const [, { findings }] = await Promise.all([first, second]);
    const notAccepted = findings.find(({ code }) => code === 'dataset.row.format-not-accepted');
    expect(notAccepted?.count).toBe(rows.length);
    expect((await inspector.found(file, 'dataset.row.format-not-accepted')).length).toBe(rows.length);
  });

  test('a file that grew is read on', async () => {
    const file = folder.write('grows.jsonl', `${rows.join('\n')}\n`);
    await inspector.inspect(file);
    appendFileSync(file, `${rows[0]}\n`);
    let bytes: number | undefined;
    const profile = await inspector.inspect(file, { onProgress: (progress) => void (bytes ??= progress.bytes) });
    expect(profile).toMatchObject({ rows: 30_001, findings: [{ code: 'dataset.duplicates', rows: [30_001] }] });
    expect(bytes).toBe(profile.bytes);
  });

  test('finds rows, of files that were inspected and of others, as they are now', async () => {
    const file = folder.write('rows.jsonl', rows.join('\n'));
    expect(await inspector.readRows(file, 20_000, 2)).toMatchObject([{ row: 20_000, value: { prompt: 'question 19999' } }, { row: 20_001 }]);
    folder.write('rows.jsonl', rows.slice(0, 10).join('\n'));
    expect(await inspector.readRows(file, 10, 2)).toMatchObject([{ row: 10, value: { prompt: 'question 9' } }]);
    await expect(inspector.readRows(`${folder.path}/gone.jsonl`, 1, 1)).rejects.toMatchObject({ code: 'dataset.missing-file' });
  });

  test('a row that is nested too deeply for a message is said to be', async () => {
    const file = folder.write('deep.jsonl', `{"a":1}\n${'['.repeat(100_000)}${']'.repeat(100_000)}\n`);
    expect(await inspector.readRows(file, 1, 2)).toMatchObject([{ value: { a: 1 } }, { fault: { detail: 'it is nested too deeply to be shown' } }]);
  });

  test('gives the lines of a table with what was found about them, of rows that lie apart', async () => {
    const file = folder.write('table.jsonl', [...rows.slice(0, 9000), 'broken', '', rows[0]].join('\n'));
    await inspector.inspect(file);
    const { lines, lastRow } = await inspector.table(file, [2, 9001, 9002, 9003]);
    expect(lines.map(({ row, codes }) => [row, codes])).toEqual([[2, []], [9001, ['dataset.row.invalid-json']], [9003, ['dataset.duplicates']]]);
    expect(lines[0]).toMatchObject({ prompt: 'question 1', answer: 'answer 1' });
    expect(lastRow).toBe(9003);
    expect([...(await inspector.found(file, 'dataset.duplicates'))]).toEqual([9003]);
    expect(await inspector.describe(file, 9003)).toMatchObject({ format: 'prompt and completion', notes: [{ code: 'dataset.duplicates' }] });
    expect(await inspector.describe(file, 9002)).toBeUndefined();
  });

  test('shows the first rows of a file that is still being checked', async () => {
    const file = folder.write('busy.jsonl', Array.from({ length: 20 }, () => rows.join('\n')).join('\n'));
    let isDone = false;
    const inspecting = inspector.inspect(file).then(() => void (isDone = true));
    expect((await inspector.table(file, [1, 2])).lines.length).toBe(2);
    expect(isDone).toBe(false);
    await inspecting;
  });

  test('has the rows so far of a check that was stopped, and finds those behind them', async () => {
    const file = folder.write('stopped.jsonl', rows.join('\n'));
    const controller = new AbortController();
    const inspecting = inspector.inspect(file, { signal: controller.signal, onProgress: ({ rows: read }) => void (read > 0 && controller.abort(new Error('enough'))) });
    await expect(inspecting).rejects.toThrow('enough');
    const { lines, lastRow } = await inspector.table(file, [1, 29_999]);
    expect(lines.map(({ row }) => row)).toEqual([1, 29_999]);
    expect(lastRow).toBeGreaterThan(0);
  });

  test('searches all rows, or those that a rule has found, and stops when it is told to', async () => {
    const file = folder.write('search.jsonl', [...rows, rows[8], rows[9]].join('\n'));
    await inspector.inspect(file);
    const find = async (text: string, code?: string): Promise<number[]> => {
      const found: number[] = [];
      await inspector.search(file, { text, isPattern: false }, code, (news) => found.push(...news.rows));
      return found;
    };
    expect(await find('ANSWER 8')).toContain(30_001);
    expect(await find('answer', 'dataset.duplicates')).toEqual([30_001, 30_002]);
    expect(await find('answer 9', 'dataset.duplicates')).toEqual([30_002]);
    const controller = new AbortController();
    const searching = inspector.search(file, { text: 'answer', isPattern: false }, undefined, () => controller.abort(new Error('enough')), controller.signal);
    await expect(searching).rejects.toThrow('enough');
  });

  test('shows a row in the tokens of a model', async () => {
    const file = folder.write('tokens.jsonl', rows[0] ?? '');
    const model = fileURLToPath(new URL('../../../../media/starter', import.meta.url));
    const view = await inspector.tokens(file, 1, model);
    expect(view?.sides[0]?.pieces.map(({ text }) => text).join('')).toContain('question 0');
    expect(await inspector.tokens(file, 2, model)).toBeUndefined();
    await expect(inspector.tokens(file, 1, `${folder.path}/no-model`)).rejects.toMatchObject({ code: 'model.file.missing' });
  });

  test('a worker that cannot start is a fault, not silence', async () => {
    const missing = `${folder.path}/no-worker.cjs`;
    expect(existsSync(missing)).toBe(false);
    await expect(new DatasetInspector(missing).inspect(folder.write('x.jsonl', ''))).rejects.toThrow();
  });
});

test('a dataset is converted and split in the thread, its splits are found beside it, and the lines of its rows are known', async () => {
  const file = folder.write('quoted.csv', `text,label\n${rows.slice(0, 200).map((_, i) => `"text ${(i * 7919).toString(36)}\nsecond line ${(i * 104729).toString(36)}",${i % 2 ? 'a' : 'b'}\n`).join('')}`);
  const seen: number[] = [];
  const { out } = await inspector.convert(file, { to: 'openai-chat', onProgress: ({ bytes }) => seen.push(bytes) });
  expect(existsSync(out ?? '')).toBe(true);
  const split = await inspector.split(file, { parts: { train: 0.8, validation: 0.1, test: 0.1 }, seed: 1, group: 'prompt' });
  expect(split.parts.map((part) => part.rows)).toEqual([160, 20, 20]);
  expect(seen.length).toBeGreaterThan(0);
  expect(await inspector.splits(file)).toMatchObject([{ name: 'quoted.split.json', rows: 200, by: 'label', seed: 1, parts: [{ rows: 160 }, { rows: 20 }, { rows: 20 }] }]);
  expect(await inspector.splits(out ?? '')).toEqual([]);
  expect(await inspector.verifySplit(split.manifest)).toMatchObject({ isIntact: true, repeats: true });
  appendFileSync(file, 'one more,a\n');
  expect(await inspector.updateSplit(split.manifest)).toMatchObject({ kept: 200, rows: 201 });
  expect(await inspector.places(file, [1, 3, 200])).toEqual([{ row: 1, line: 2 }, { row: 3, line: 6 }, { row: 200, line: 400 }]);
});

test('the thread tells what rules say, for who does not load them', async () => {
  const rules = await inspector.rules('any.jsonl', ['dataset.row.invalid-json', 'dataset.empty', 'no.rule']);
  expect(rules).toMatchObject([{ code: 'dataset.row.invalid-json', one: 'is not valid JSON' }, { code: 'dataset.empty', one: undefined }]);
  expect(rules.every(({ means }) => means.length > 0)).toBe(true);
});
