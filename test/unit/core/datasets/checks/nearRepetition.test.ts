/** Rows that resemble others: in the file, in the held-out one, and in the sets that models are compared by. */

import { appendFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { FileInspection, inspectDataset, type InspectOptions } from '../../../../../src/core/datasets/inspect.ts';
import type { Finding } from '../../../../../src/core/datasets/finding.ts';
import { temporaryFolder } from '../temporaryFolder.ts';

const folder = temporaryFolder();
const QUESTIONS = ['Where is the card that I ordered?', 'Why was my transfer declined today?', 'How do I change my address online?', 'Can I pay in another currency abroad?'];
const lines = (rows: readonly object[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('');
const pair = (prompt: string, completion: string): object => ({ prompt, completion });

async function findings(file: string, code: string, options: InspectOptions = {}): Promise<readonly Finding[]> {
  return (await inspectDataset(file, options)).findings.filter((finding) => finding.code === code);
}

describe('near repetition', () => {
  test('names every later row of a group, and the first to compare it with', async () => {
    const file = folder.write('near.jsonl', lines([
      pair(QUESTIONS[0], 'It is on its way to you.'), pair(QUESTIONS[1], 'The account was empty.'), pair('where is the card that i ordered', 'It is on its way, to you!'),
      pair('WHY was my transfer declined TODAY', 'the account was empty'), pair('Where is the card that I ordered??', 'It is on its way to you'),
    ]));
    expect(await findings(file, 'dataset.near-duplicates')).toMatchObject([{ rows: [3, 4, 5], count: 3, message: 'Lines 3, 4 and 5 of near.jsonl say nearly the same as earlier rows; line 3: compare row 1.' }]);
  });

  test('does not count what is repeated exactly, nor the instructions that all rows share', async () => {
    const system = 'You are the assistant of a bank and answer the questions of its customers in one short and friendly sentence, whatever they ask.';
    const file = folder.write('shared.jsonl', lines([...QUESTIONS, QUESTIONS[0]].map((content, i) => ({ messages: [{ role: 'system', content: system }, { role: 'user', content }, { role: 'assistant', content: i % 4 === 0 ? 'On its way.' : `Answer ${i}.` }] }))));
    expect((await inspectDataset(file)).findings.map(({ code }) => code)).toEqual(expect.arrayContaining(['dataset.duplicates']));
    expect(await findings(file, 'dataset.near-duplicates')).toEqual([]);
  });

  test('is looked for in what this machine does not train on, too', async () => {
    const tasks = folder.write('tasks.jsonl', lines([QUESTIONS[0], QUESTIONS[1], `${QUESTIONS[0]}!`].map((content) => ({ messages: [{ role: 'user', content }], reference_answer: 'x' }))));
    expect(await findings(tasks, 'dataset.near-duplicates')).toMatchObject([{ rows: [3] }]);
  });

  test('is left out of a structural check', async () => {
    const file = folder.write('structural.jsonl', lines([pair(QUESTIONS[0], 'Soon.'), pair(`${QUESTIONS[0]}!`, 'Soon')]));
    const profile = await inspectDataset(file, { depth: 'structural' });
    expect(profile.findings.map(({ code }) => code)).not.toContain('dataset.near-duplicates');
    expect(profile.tokens).toBeUndefined();
  });

  test('knows the line of a row that spans several', async () => {
    const file = folder.write('lines.csv', `text,label\n"a question\nof two lines",x\n${QUESTIONS[0]},y\n${QUESTIONS[0]}!,y\n`);
    expect(await findings(file, 'dataset.near-duplicates')).toMatchObject([{ rows: [3], at: { line: 5 } }]);
  });

  test('of a file that grew is that of one pass', async () => {
    const file = folder.write('grown.jsonl', lines([pair(QUESTIONS[0], 'Soon.'), pair(QUESTIONS[1], 'It was empty.')]));
    const inspection = new FileInspection(file);
    await inspection.inspect();
    appendFileSync(file, lines([pair(`${QUESTIONS[1]}!`, 'It was empty'), pair(QUESTIONS[2], 'In the settings.')]));
    expect({ ...(await inspection.inspect()), seconds: 0 }).toEqual({ ...(await inspectDataset(file)), seconds: 0 });
    expect([...inspection.rowsOf('dataset.near-duplicates')]).toEqual([3]);
  });

  test('can be stopped while it compares', async () => {
    const file = folder.write('stopped.jsonl', lines(Array.from({ length: 200 }, (_, i) => pair(`${QUESTIONS[i % 4]} ${i}`, `Answer ${i}.`))));
    const controller = new AbortController();
    const inspecting = inspectDataset(file, { signal: controller.signal, onProgress: ({ bytes, totalBytes }) => void (bytes === totalBytes && queueMicrotask(() => controller.abort(new Error('enough')))) });
    await expect(inspecting).rejects.toThrow('enough');
  });
});

describe('a held-out file', () => {
  const train = folder.write('train.jsonl', lines(QUESTIONS.map((question, i) => pair(question, `Answer ${i}.`))));
  const heldOut = folder.write('test.csv', `text,label\nSomething else that nobody asked before,x\n${QUESTIONS[2]},y\nhow do i change my address online,z\n`);

  test('is told which rows ask what is trained on, exactly and nearly', async () => {
    expect(await findings(train, 'dataset.leakage', { heldOut })).toMatchObject([{ rows: [2] }]);
    expect(await findings(train, 'dataset.near-leakage', { heldOut })).toMatchObject([{ rows: [3], message: 'Row 3 of test.csv asks nearly what is also trained on: compare row 3 of train.jsonl.' }]);
  });

  test('is compared exactly only, in a structural check', async () => {
    expect(await findings(train, 'dataset.near-leakage', { heldOut, depth: 'structural' })).toEqual([]);
    expect(await findings(train, 'dataset.leakage', { heldOut, depth: 'structural' })).toHaveLength(1);
  });
});

describe('evaluation sets', () => {
  const train = folder.write('contaminated.jsonl', lines([
    { messages: [{ role: 'system', content: 'Be brief.' }, { role: 'user', content: QUESTIONS[0] }, { role: 'assistant', content: 'Soon.' }] },
    pair(QUESTIONS[1], 'Ask your bank.'), pair('can i pay in another currency, abroad', 'Yes.'), pair('What else is there to know about cards?', 'Nothing.'),
  ]));
  const one = folder.write('one.jsonl', lines([pair('A question of its own', 'x'), pair(QUESTIONS[0], 'another answer')]));
  const two = folder.write('two.jsonl', lines([{ question: QUESTIONS[3], answer: '#### 1' }]));

  test('are named with the rows that ask their prompts, whatever the answers and the system message', async () => {
    expect(await findings(train, 'dataset.contamination', { evalSets: [one, two] })).toMatchObject([
      { rows: [1], message: 'Line 1 of contaminated.jsonl asks what an evaluation set asks: row 2 of one.jsonl.' },
      { rows: [3], message: 'Line 3 of contaminated.jsonl asks what an evaluation set asks: row 1 of two.jsonl.' },
    ]);
    const inspection = new FileInspection(train);
    await inspection.inspect({ evalSets: [one, two] });
    expect([...inspection.rowsOf('dataset.contamination')]).toEqual([1, 3]);
    await inspection.inspect();
    expect([...inspection.rowsOf('dataset.contamination')]).toEqual([]);
  });

  test('are compared exactly only, in a structural check', async () => {
    expect(await findings(train, 'dataset.contamination', { evalSets: [one, two], depth: 'structural' })).toMatchObject([{ rows: [1] }]);
  });

  test('that do not exist are an error', async () => {
    await expect(inspectDataset(train, { evalSets: [`${folder.path}/gone.jsonl`] })).rejects.toMatchObject({ code: 'dataset.missing-file' });
  });
});
