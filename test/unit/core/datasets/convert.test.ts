/** A file is written anew in another format, with an account of what was lost and what was left out. */

import { execFile } from 'node:child_process';
import { appendFileSync, chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

import { describe, expect, test } from 'vitest';

import { Conversion } from '../../../../src/core/datasets/convert.ts';
import { convertedName, convertFile } from '../../../../src/core/datasets/convertFile.ts';
import { REPOSITORY } from '../../support/workshop.ts';
import { temporaryFolder } from './temporaryFolder.ts';

const folder = temporaryFolder();

function jsonl(...rows: readonly unknown[]): string {
  return `${rows.map((row) => JSON.stringify(row)).join('\n')}\n`;
}

function rowsOf(file: string): unknown[] {
  return readFileSync(file, 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line) as unknown);
}

const user = (content: string): object => ({ role: 'user', content });
const assistant = (content: string): object => ({ role: 'assistant', content });

describe('a file', () => {
  test('of labelled text becomes conversations of Bedrock, row for row', async () => {
    const file = folder.write('tickets.csv', 'text,category\nWhere is my card?,card\n"Two\nlines",other\n');
    const report = await convertFile(file, { to: 'bedrock-conversation' });
    expect(report).toEqual({
      file, to: 'bedrock-conversation', out: join(folder.path, 'tickets.bedrock-conversation.jsonl'), rows: 2, written: 2,
      formats: [{ id: 'labelled-text', title: 'labelled text', count: 2 }], lost: [], refused: [], findings: [],
    });
    expect(rowsOf(report.out ?? '')).toEqual([
      { schemaVersion: 'bedrock-conversation-2024', messages: [{ role: 'user', content: [{ text: 'Where is my card?' }] }, { role: 'assistant', content: [{ text: 'card' }] }] },
      { schemaVersion: 'bedrock-conversation-2024', messages: [{ role: 'user', content: [{ text: 'Two\nlines' }] }, { role: 'assistant', content: [{ text: 'other' }] }] },
    ]);
  });

  test('of several formats tells what it was, what was lost by kind, and what was left out, with the first row of each', async () => {
    const file = folder.write('mixed.jsonl', jsonl(
      { messages: [user('a'), assistant('1')] },
      { messages: [user('a'), { ...assistant('1'), weight: 0 }, user('b'), assistant('2')], source: 'x' },
      { prompt: 'a', chosen: '1', rejected: '2' },
      { text: 'alone' },
      { messages: [user('a')], answer: '1' },
      { conversations: [{ from: 'pirate', value: 'Argh' }] },
      { prompt: 'a', completion: 'b', source: 'y' },
      7,
    ).replace('7\n', '7\nnonsense\n'));
    const report = await convertFile(file, { to: 'gemini' });
    expect(report).toMatchObject({
      rows: 9, written: 4,
      formats: [{ id: 'openai-chat', count: 2 }, { id: 'trl-preference', count: 1 }, { id: 'openai-rft', count: 1 }, { id: 'sharegpt', count: 1 }, { id: 'prompt-completion', count: 1 }, { id: 'text', count: 1 }],
      lost: [{ kind: 'columns', words: 'other columns', count: 2, firstRow: 2 }, { kind: 'weights', count: 1, firstRow: 2 }, { kind: 'rejected', words: 'the worse answers', count: 1, firstRow: 3 }],
      refused: [{ words: 'it is text without a question and an answer', count: 1, firstRow: 4 }, { words: 'it has a reference for grading and no answer to learn', count: 1, firstRow: 5 }],
    });
    expect(report.findings.map(({ code, rows }) => [code, ...rows])).toEqual([['dataset.row.wrong-role', 6], ['dataset.row.not-an-object', 8], ['dataset.row.invalid-json', 9]]);
    expect(rowsOf(report.out ?? '')).toHaveLength(4);
  });

  test('with unusual columns is read by the columns that are named', async () => {
    const file = folder.write('columns.csv', 'body,dept\nHelp,it\n');
    const report = await convertFile(file, { to: 'openai-chat', columns: { text: 'body', label: 'dept' } });
    expect(rowsOf(report.out ?? '')).toEqual([{ messages: [user('Help'), assistant('it')] }]);
  });

  test('is what it is said to be, and a row that is not is left out', async () => {
    const file = folder.write('said.jsonl', jsonl({ text: 'a', label: 'b' }, { label: 'b' }));
    const report = await convertFile(file, { from: 'text', to: 'text', out: join(folder.path, 'said.out.jsonl') });
    expect(report).toMatchObject({ written: 0, out: undefined });
    expect(report.findings).toMatchObject([{ code: 'dataset.row.unknown-format', count: 2 }]);
  });

  test('is never replaced unasked, and no half of one is left', async () => {
    const file = folder.write('safe.jsonl', jsonl({ prompt: 'a', completion: 'b' }));
    const out = convertedName(file, 'openai-chat');
    writeFileSync(out, 'precious');
    await expect(convertFile(file, { to: 'openai-chat' })).rejects.toMatchObject({ code: 'dataset.convert.exists', place: { file: out } });
    expect(readFileSync(out, 'utf8')).toBe('precious');
    await convertFile(file, { to: 'openai-chat', force: true });
    expect(rowsOf(out)).toHaveLength(1);
    await convertFile(file, { to: 'alpaca', out: file, force: true });
    expect(rowsOf(file)).toEqual([{ instruction: 'a', input: '', output: 'b' }]);
    await expect(convertFile(file, { to: 'openai-chat', out: join(folder.path, 'none/out.jsonl') })).rejects.toMatchObject({ code: 'dataset.convert.unwritable' });
    expect(readdirSync(folder.path).filter((name) => name.endsWith('.partial'))).toEqual([]);
  });

  test('gets a name that says what it holds', async () => {
    const file = folder.write('named.jsonl', jsonl({ prompt: 'a', completion: 'b' }));
    const packed = join(folder.path, 'packed.jsonl.gz');
    await convertFile(file, { to: 'openai-chat', out: packed });
    expect(gunzipSync(readFileSync(packed)).toString()).toBe('{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"}]}\n');
    expect(convertedName(packed, 'alpaca')).toBe(join(folder.path, 'packed.alpaca.jsonl'));
    for (const out of ['named.csv', 'named.parquet']) {
      await expect(convertFile(file, { to: 'openai-chat', out: join(folder.path, out) })).rejects.toMatchObject({ code: 'dataset.convert.bad-name' });
    }
  });

  test.skipIf(process.platform === 'win32')('is read by nobody who may not read its source', async () => {
    const file = folder.write('private.jsonl', jsonl({ prompt: 'a', completion: 'b' }));
    chmodSync(file, 0o600);
    const { out = '' } = await convertFile(file, { to: 'openai-chat' });
    expect(statSync(out).mode & 0o777).toBe(0o600);
  });

  test('that is written to meanwhile is not converted by half', async () => {
    const file = folder.write('busy.jsonl', jsonl(...Array.from({ length: 20_000 }, (_, i) => ({ prompt: `question ${i}`, completion: 'answer' }))));
    const converting = convertFile(file, { to: 'openai-chat', onProgress: () => appendFileSync(file, jsonl({ prompt: 'late', completion: 'row' })) });
    await expect(converting).rejects.toMatchObject({ code: 'dataset.changed' });
    expect(readdirSync(folder.path).filter((name) => name.startsWith('busy'))).toEqual(['busy.jsonl']);
  });

  test('that nobody can convert leaves no file', async () => {
    const file = folder.write('tasks.jsonl', jsonl({ messages: [user('a')], reference_answer: 'b' }));
    const report = await convertFile(file, { to: 'openai-chat' });
    expect(report).toMatchObject({ written: 0, out: undefined, refused: [{ count: 1 }] });
    expect(readdirSync(folder.path)).not.toContain('tasks.openai-chat.jsonl');
  });

  test('stops when aborted, and keeps nothing', async () => {
    const file = folder.write('abort.jsonl', jsonl({ prompt: 'a', completion: 'b' }));
    await expect(convertFile(file, { to: 'openai-chat', signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough');
    expect(readdirSync(folder.path).filter((name) => name.startsWith('abort'))).toEqual(['abort.jsonl']);
  });
});

describe('strange values', () => {
  const lineOf = (text: string, to: 'openai-chat' | 'alpaca' = 'openai-chat'): string | undefined =>
    new Conversion({ to }).lineOf({ row: 1, line: 1, value: JSON.parse(text) as unknown });

  test('half of a surrogate pair, NUL and line separators survive', () => {
    const line = lineOf(String.raw`{"prompt": "\ud800 \u0000 \u2028", "completion": "\udc00"}`);
    expect(line).not.toContain('\n');
    expect(JSON.parse(line ?? '')).toEqual({ messages: [user('\ud800 \u0000 \u2028'), assistant('\udc00')] });
  });

  test('a number that JavaScript cannot hold exactly is told; digits in a text are none', () => {
    const conversion = new Conversion({ to: 'openai-chat' });
    const lineOf = (text: string): string | undefined => conversion.lineOf({ row: 1, line: 1, value: JSON.parse(text) as unknown });
    lineOf('{"prompt": "a:12345678901234567890", "completion": "b", "n": 9007199254740991}');
    expect(conversion.summary.lost).toEqual([]);
    lineOf('{"prompt": "a", "completion": "b", "of": {"tweet": [12345678901234567890]}}');
    expect(conversion.summary.lost).toMatchObject([{ kind: 'digits', count: 1 }]);
  });

  test('a column named __proto__ goes along', () => {
    expect(lineOf('{"prompt": "a", "completion": "b", "__proto__": {"x": 1}}')).toBe('{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"}],"__proto__":{"x":1}}');
  });

  test('10,000 levels of brackets are written or refused in words', () => {
    const deep = `${'[{"a":'.repeat(5000)}1${'}]'.repeat(5000)}`;
    const conversion = new Conversion({ to: 'openai-chat' });
    const line = conversion.lineOf({ row: 1, line: 1, value: JSON.parse(`{"prompt": "a", "completion": "b", "deep": ${deep}}`) as unknown });
    if (line === undefined) expect(conversion.summary.refused).toMatchObject([{ words: 'it is nested too deep' }]);
    else expect(line).toContain(deep);
  });

  test('a column of the source does not make another format of the row', () => {
    const conversion = new Conversion({ to: 'prompt-completion' });
    const value = { messages: [user('a'), assistant('b')], label: true, topic: 'x' };
    expect(JSON.parse(conversion.lineOf({ row: 1, line: 1, value }) ?? '')).toEqual({ prompt: 'a', completion: 'b', topic: 'x' });
    expect(conversion.summary.lost).toMatchObject([{ kind: 'columns', count: 1 }]);
  });

  test.each([
    ['OpenAI chat', { messages: [user('a'), { ...assistant('b'), mood: 'good' }] }],
    ['ShareGPT', { conversations: [{ from: 'human', value: 'a' }, { from: 'gpt', value: 'b', mood: 'good' }] }],
    ['Bedrock', { messages: [{ role: 'user', content: [{ text: 'a' }] }, { role: 'assistant', content: [{ text: 'b' }], mood: 'good' }] }],
    ['Gemini', { contents: [{ role: 'user', parts: [{ text: 'a' }] }, { role: 'model', parts: [{ text: 'b' }], mood: 'good' }] }],
  ])('a field of a turn that %s does not know goes along, or is told', (_what, value) => {
    for (const [to, lost] of [['openai-chat', []], ['sharegpt', []], ['gemini', [{ kind: 'message-fields' }]]] as const) {
      const conversion = new Conversion({ to });
      expect(conversion.lineOf({ row: 1, line: 1, value })?.includes('"mood":"good"')).toBe(lost.length === 0);
      expect(conversion.summary.lost).toMatchObject(lost);
    }
  });

  test('what else stands in the input of an OpenAI preference goes along as a column', () => {
    const value = { input: { messages: [user('a')], topic: 'x' }, preferred_output: [assistant('b')], non_preferred_output: [assistant('c')], n: 1 };
    const conversion = new Conversion({ to: 'trl-preference-messages' });
    expect(JSON.parse(conversion.lineOf({ row: 1, line: 1, value }) ?? '')).toMatchObject({ n: 1, input: { topic: 'x' } });
    expect(conversion.summary.lost).toEqual([]);
  });

  test('tool calls without ids get some where ids are needed, and answers the ids of the calls', () => {
    const value = { contents: [
      { role: 'user', parts: [{ text: 'Rain?' }] },
      { role: 'model', parts: [{ functionCall: { name: 'sky', args: {} } }, { functionCall: { name: 'sea', args: {} } }] },
      { role: 'user', parts: [{ functionResponse: { name: 'sea', response: { result: 'calm' } } }, { functionResponse: { name: 'sky', response: { result: 'grey' } } }] },
    ] };
    const conversion = new Conversion({ to: 'openai-chat' });
    const call = (id: string, name: string): object => ({ id, type: 'function', function: { name, arguments: '{}' } });
    expect(JSON.parse(conversion.lineOf({ row: 1, line: 1, value }) ?? '')).toEqual({ messages: [
      user('Rain?'),
      { role: 'assistant', tool_calls: [call('call_1', 'sky'), call('call_2', 'sea')] },
      { role: 'tool', content: 'calm', name: 'sea', tool_call_id: 'call_2' },
      { role: 'tool', content: 'grey', name: 'sky', tool_call_id: 'call_1' },
    ] });
    expect(conversion.summary.lost).toMatchObject([{ kind: 'made-ids' }]);
  });
});

describe('tunesmith convert', () => {
  function tunesmith(...words: string[]): Promise<{ code: number; out: string; err: string }> {
    return new Promise((resolve) => {
      execFile(process.execPath, [join(REPOSITORY, 'src/cli/main.ts'), '--home', join(folder.path, 'home'), 'convert', ...words], { cwd: folder.path }, (fault, out, err) =>
        resolve({ code: fault === null ? 0 : Number(fault.code), out, err }));
    });
  }

  test('says what it wrote, what was lost and what was left out; exit code 1 tells that rows are missing', async () => {
    const good = folder.write('good.jsonl', jsonl({ prompt: 'a', completion: 'b' }, { prompt: 'c', completion: 'd', source: 'x' }));
    expect(await tunesmith(good, '--to', 'gemini')).toEqual({
      code: 0, err: '', out: 'Wrote 2 rows of good.jsonl (prompt and completion) as Gemini contents: good.gemini.jsonl\nLost: other columns (row 2)\n',
    });
    expect(await tunesmith(good, '--to', 'gemini')).toMatchObject({ code: 1, err: expect.stringContaining('good.gemini.jsonl exists already') as string });
    const bad = folder.write('bad.jsonl', jsonl({ prompt: 'a', completion: 'b' }, { text: 'c' }, { prompt: {}, completion: 'b' }));
    const said = await tunesmith(bad, '--to', 'sharegpt', '--out', 'new.jsonl');
    expect(said).toMatchObject({ code: 1, err: '' });
    expect(said.out.split('\n')).toEqual([
      'Wrote 1 of 3 rows of bad.jsonl (2 prompt and completion and 1 plain text) as ShareGPT: new.jsonl',
      'Left out: it is text without a question and an answer (row 2)',
      'Line 3 of bad.jsonl holds something other than text: prompt is an object, not text. Replace it by text, or remove the row.',
      '',
    ]);
  });

  test('gives its report as JSON, and refuses what it does not know', async () => {
    const file = folder.write('json.jsonl', jsonl({ messages: [user('a')], reference_answer: 'b' }));
    const said = await tunesmith(file, '--to', 'openai-chat', '--json');
    expect(said.code).toBe(1);
    expect(JSON.parse(said.out)).toMatchObject({ rows: 1, written: 0, refused: [{ firstRow: 1 }] });
    expect(await tunesmith(file, '--to', 'cobol')).toMatchObject({ code: 2 });
    expect(await tunesmith(file, '--to', 'openai-chat', '--text', 'body')).toMatchObject({ code: 2 });
    expect(await tunesmith(join(folder.path, 'gone.jsonl'), '--to', 'openai-chat')).toMatchObject({ code: 1 });
  });
});
