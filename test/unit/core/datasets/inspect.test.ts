/** A dataset is read once and described: its format, its spread, and every fault with its rows, in words. */

import { describe, expect, test } from 'vitest';
import type { Finding } from '../../../../src/core/datasets/finding.ts';
import type { DatasetProfile } from '../../../../src/core/datasets/profile.ts';
import { inspectDataset, type InspectProgress } from '../../../../src/core/datasets/inspect.ts';
import { temporaryFolder } from './temporaryFolder.ts';

const folder = temporaryFolder();

/** Good rows, all different. */
function pairs(count: number): string[] {
  return Array.from({ length: count }, (_, i) => JSON.stringify({ prompt: `question ${i}`, completion: `answer ${i}` }));
}

async function inspect(name: string, content: string | readonly string[]): Promise<DatasetProfile> {
  return inspectDataset(folder.write(name, typeof content === 'string' ? content : content.join('\n')));
}

function finding(profile: DatasetProfile, code: string): Finding {
  const found = profile.findings.find((one) => one.code === code);
  if (!found) throw new Error(`no ${code} among ${profile.findings.map((one) => one.code).join(', ')}`);
  return found;
}

describe('a good dataset', () => {
  test('has no findings, and its spread is told', async () => {
    const profile = await inspect('good.jsonl', pairs(60));
    expect(profile).toMatchObject({ format: 'prompt-completion', rows: 60, usableRows: 60, findings: [], labels: undefined });
    expect(profile.turns).toMatchObject({ min: 2, max: 2, mean: 2 });
    expect(profile.answerCharacters).toMatchObject({ p95: 9, max: 9 });
  });

  test('answers that come back are labels, most frequent first', async () => {
    const rows = Array.from({ length: 90 }, (_, i) => `ticket ${i},${i % 3 === 0 ? 'billing' : 'network'}`);
    const profile = await inspect('labels.csv', ['text,category', ...rows]);
    expect(profile.format).toBe('labelled-text');
    expect(profile.labels).toEqual([{ label: 'network', count: 60 }, { label: 'billing', count: 30 }]);
    expect(profile.findings).toEqual([]);
  });

  test('progress rises to the whole file', async () => {
    const file = folder.write('progress.jsonl', pairs(20_000).join('\n'));
    const seen: InspectProgress[] = [];
    await inspectDataset(file, { onProgress: (progress) => seen.push(progress) });
    expect(seen.map(({ bytes }) => bytes)).toEqual(seen.map(({ bytes }) => bytes).toSorted((a, b) => a - b));
    expect(seen.length).toBeGreaterThan(1);
    expect(seen.at(-1)?.bytes).toBe(seen.at(-1)?.totalBytes);
  });
});

describe('faults of single rows', () => {
  test('one broken line among good ones is named with its place; the rest is used', async () => {
    const profile = await inspect('tickets.jsonl', [...pairs(60), '{"prompt": "hi, "completion": "x"}']);
    expect(profile).toMatchObject({ rows: 61, usableRows: 60 });
    expect(finding(profile, 'dataset.row.invalid-json')).toEqual({
      code: 'dataset.row.invalid-json',
      severity: 'error',
      message: 'Line 61 of tickets.jsonl is not valid JSON: a comma or quote is missing before column 18.',
      remedy: 'Correct the JSON: one complete object on each line',
      repairs: ['remove-unreadable'],
      rows: [61],
      count: 1,
      at: { line: 61, column: 18 },
    });
  });

  test('many rows of one fault are one finding, with the first of them and an example', async () => {
    const broken = Array.from({ length: 200 }, () => JSON.stringify({ messages: [{ role: 'human', content: 'x' }] }));
    const profile = await inspect('roles.jsonl', [...pairs(60), ...broken]);
    const found = finding(profile, 'dataset.row.wrong-role');
    expect(found.message).toBe(
      'Lines 61, 62, 63, 64 and 196 more of roles.jsonl have a role that is not system, user, assistant or tool; line 61: turn 1 has the role "human".',
    );
    expect(found.count).toBe(200);
    expect(found.rows).toHaveLength(100);
  });

  test('rows of another format are used and pointed out', async () => {
    const chat = JSON.stringify({ messages: [{ role: 'user', content: 'a' }, { role: 'assistant', content: 'b' }] });
    const profile = await inspect('mixed.jsonl', [...pairs(60), chat]);
    expect(profile).toMatchObject({ format: 'prompt-completion', usableRows: 61 });
    expect(finding(profile, 'dataset.row.minority-format')).toMatchObject({ severity: 'warning', rows: [61] });
  });

  test('every other format than most is counted, whatever the first row is', async () => {
    const chat = JSON.stringify({ messages: [{ role: 'user', content: 'a' }, { role: 'assistant', content: 'b' }] });
    const gemini = JSON.stringify({ contents: [{ role: 'user', parts: [{ text: 'c' }] }, { role: 'model', parts: [{ text: 'd' }] }] });
    const profile = await inspect('three.jsonl', [gemini, ...pairs(60), chat, gemini, JSON.stringify({ text: 'alone' })]);
    expect(profile).toMatchObject({
      format: 'prompt-completion', usableRows: 63,
      formats: [{ id: 'prompt-completion', title: 'prompt and completion', count: 60 }, { id: 'gemini', count: 2 }, { id: 'openai-chat', count: 1 }, { id: 'text', count: 1 }],
    });
    expect(finding(profile, 'dataset.row.minority-format')).toMatchObject({
      rows: [1, 62, 63], count: 3,
      message: 'Lines 1, 62 and 63 of three.jsonl are in another format than most rows; line 1: Gemini contents and OpenAI chat among prompt and completion.',
    });
    expect(finding(profile, 'dataset.row.unsupported-format')).toMatchObject({ rows: [64] });
  });

  test('rows that repeat and rows that contradict are told apart', async () => {
    const again = JSON.stringify({ prompt: 'question 3', completion: 'answer 3' });
    const other = JSON.stringify({ prompt: 'question 3', completion: 'something else' });
    const profile = await inspect('repeats.jsonl', [...pairs(60), again, other, other]);
    expect(finding(profile, 'dataset.duplicates').rows).toEqual([61, 63]);
    expect(finding(profile, 'dataset.conflicts').rows).toEqual([62]);
  });

  test('text that was damaged on its way is a warning', async () => {
    const profile = await inspect('damaged.jsonl', [...pairs(60), '{"prompt":"a\\u0000","completion":"b"}', '{"prompt":"\\ud800","completion":"c"}']);
    expect(finding(profile, 'dataset.row.damaged-text')).toMatchObject({ rows: [61, 62], severity: 'warning' });
  });

  test('Latin-1 is noticed', async () => {
    const file = folder.write('latin1.csv', Buffer.from(`text,label\n${'gr\u00fc\u00dfe,x\nhallo,y\n'.repeat(30)}`, 'latin1'));
    expect(finding(await inspectDataset(file), 'dataset.row.damaged-text').count).toBe(30);
  });

  test('rows that are no objects', async () => {
    const profile = await inspect('values.jsonl', [...pairs(60), '[1]', 'null', '"text"']);
    expect(finding(profile, 'dataset.row.not-an-object')).toMatchObject({ rows: [61, 62, 63] });
  });
});

test('a field that is named twice is told, and the row is used with the last one', async () => {
  const profile = await inspect('twice.jsonl', [...pairs(60), '{"prompt":"a","completion":"b","completion":"c"}']);
  expect(profile.usableRows).toBe(61);
  expect(finding(profile, 'dataset.row.repeated-key')).toMatchObject({
    severity: 'warning', rows: [61], message: 'Line 61 of twice.jsonl names a field twice, of which the last counts: "completion".',
  });
});

describe('faults of the whole file', () => {
  test.each([
    ['empty', 'empty.jsonl', ''],
    ['blank lines only', 'blank.jsonl', '\n \r\n\n'],
    ['a header only', 'header.csv', 'text,label\n'],
  ])('%s', async (_what, name, content) => {
    const profile = await inspect(name, content);
    expect(profile).toMatchObject({ rows: 0, usableRows: 0, format: undefined });
    expect(profile.findings).toMatchObject([{ code: 'dataset.empty', severity: 'error', message: `${name} holds no rows.` }]);
  });

  test('a column that the header names again', async () => {
    const rows = Array.from({ length: 60 }, (_, index) => `ticket ${index},billing,other ${index},x,y,z`);
    const profile = await inspect('twice.csv', ['text, label,text,note,note,note', ...rows]);
    expect(finding(profile, 'dataset.repeated-columns')).toMatchObject({
      severity: 'warning', rows: [1], count: 1, at: { line: 1, column: 1 },
      message: 'The header of twice.csv names "text" and "note" more than once; the first column of a name is read.',
    });
    expect(profile.usableRows).toBe(60);
  });

  test('columns without a name may be many', async () => {
    const profile = await inspect('padded.csv', ['text,label,,', ...Array.from({ length: 60 }, (_, index) => `ticket ${index},billing,,`)]);
    expect(profile.findings.map(({ code }) => code)).toEqual(['dataset.one-answer']);
  });

  test('not JSON at all', async () => {
    const profile = await inspect('prose.jsonl', 'Dear all,\nplease find attached\nthe data.\n');
    expect(profile).toMatchObject({ rows: 3, usableRows: 0 });
    expect(finding(profile, 'dataset.row.invalid-json').count).toBe(3);
  });

  test('one JSON list over many lines', async () => {
    const profile = await inspect('list.jsonl', JSON.stringify([{ prompt: 'a', completion: 'b' }], undefined, 2));
    expect(profile.findings[0]).toMatchObject({ code: 'dataset.not-json-lines' });
  });

  test('one JSON list with a row a line, of which the last has no comma', async () => {
    const profile = await inspect('list.jsonl', '[\n{"prompt":"a","completion":"b"},\n{"prompt":"c","completion":"d"}\n]\n');
    expect(profile.findings[0]).toMatchObject({ code: 'dataset.not-json-lines', severity: 'error' });
  });

  test('binary', async () => {
    const file = folder.write('data.jsonl', Uint8Array.from([0x50, 0x41, 0x52, 0x31, 0, 0]));
    expect((await inspectDataset(file)).findings).toMatchObject([{ code: 'dataset.not-text', message: 'data.jsonl is a Parquet file, not UTF-8 text.' }]);
  });

  test('unknown columns: says what was seen and what is possible', async () => {
    const profile = await inspect('columns.csv', 'when,who,what\n1,2,3\n4,5,6\n');
    expect(profile.findings).toHaveLength(1);
    expect(profile.findings[0]).toMatchObject({
      code: 'dataset.unknown-format',
      message: 'columns.csv is in no format that Tunesmith knows: its fields are "when", "who" and "what".',
    });
    expect(profile.findings[0]?.remedy).toContain('"text" and a "label"');
  });

  test('a format that is known and not supported is called by its name, once', async () => {
    const rows = ['a', 'b'].map((prompt) => JSON.stringify({ prompt, completion: 'b', label: true }));
    const profile = await inspect('kto.jsonl', rows);
    expect(profile.findings.map(({ code }) => code)).toEqual(['dataset.unsupported-format']);
    expect(profile.findings[0]?.message).toContain('rated completions (KTO)');
  });

  test('preference pairs are told by their two answers', async () => {
    const row = (prompt: string, chosen: string, rejected: string): string => JSON.stringify({ prompt, chosen, rejected });
    const profile = await inspect('pairs.jsonl', [row('a', 'b', 'c'), row('a', 'b', 'd'), row('a', 'd', 'c'), row('a', 'b', 'c'), row('e', 'f', 'f')]);
    expect(profile).toMatchObject({ format: 'preference', rows: 5, usableRows: 4 });
    expect(profile.findings.filter(({ rows }) => rows.length > 0).map(({ code, rows }) => [code, rows]))
      .toEqual([['dataset.row.same-answers', [5]], ['dataset.duplicates', [4]]]);
  });

  test('rows of a known format, none usable', async () => {
    const row = JSON.stringify({ messages: [{ role: 'user', content: 'a' }] });
    const profile = await inspect('prompts.jsonl', [row, row]);
    expect(profile).toMatchObject({ format: 'chat', usableRows: 0 });
    expect(profile.findings.map(({ code }) => code)).toEqual(['dataset.row.no-answer', 'dataset.nothing-to-train-on']);
  });

  test('few rows', async () => {
    expect(finding(await inspect('few.jsonl', pairs(7)), 'dataset.too-few-rows').message).toContain('only 7 rows');
  });

  test('one answer for everything', async () => {
    const rows = Array.from({ length: 60 }, (_, i) => JSON.stringify({ prompt: `q${i}`, completion: 'yes' }));
    expect(finding(await inspect('one.jsonl', rows), 'dataset.one-answer').message).toContain('"yes"');
  });
});

test('held-out rows that are also trained on are leakage, named by their rows in the held-out file', async () => {
  const heldOut = folder.write('x.heldout.jsonl', ['{"prompt":"new","completion":"a"}', '{"prompt":" question 5 ","completion":"b"}'].join('\n'));
  const profile = await inspectDataset(folder.write('x.jsonl', pairs(60).join('\n')), { heldOut });
  expect(finding(profile, 'dataset.leakage')).toMatchObject({
    rows: [2],
    message: 'Line 2 of x.heldout.jsonl asks a prompt that is also trained on.',
  });
});
