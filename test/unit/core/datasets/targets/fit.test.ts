/** A file is checked for the place where it is to be trained: formats, limits, turns and words that only this place minds. */

import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../temporaryFolder.ts';
import { assistant, chats, checker, novaChat, system, user } from './check.ts';

const check = checker(temporaryFolder());
const many = (count: number, row: (i: number) => object): object[] => Array.from({ length: count }, (_, i) => row(i));
const call = { id: 'c1', type: 'function', function: { name: 'weather', arguments: '{"city":"Rome"}' } };
const tools = [{ type: 'function', function: { name: 'weather', parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] } } }];
const toolRow = (i: number): object => ({
  messages: [user(`how is the weather there, ${i}?`), { role: 'assistant', tool_calls: [{ ...call, function: { name: 'weather', arguments: `{"city":"Rome ${i}"}` } }] }], tools,
});

describe('a format that the target does not take', () => {
  test('is one error about the file, and the rows count as what they will be', async () => {
    const { found, usableRows, codes } = await check(many(12, (i) => ({ question: `what ${i}`, answer: `that ${i}` })), 'foundry-sft', 'qa.jsonl');
    expect(found('dataset.format-not-accepted')).toMatchObject({
      severity: 'error', count: 12, message: 'qa.jsonl holds prompt and completion; Microsoft Foundry (SFT) takes OpenAI chat.', remedy: 'Convert it to OpenAI chat (openai-chat)',
    });
    expect(usableRows).toBe(12);
    expect(codes).not.toContain('dataset.row.format-not-accepted');
  });

  test('is named by its rows when most are right', async () => {
    const { found } = await check([...chats(59), { prompt: 'a question', completion: 'an answer' }], 'foundry-sft');
    expect(found('dataset.row.format-not-accepted')).toMatchObject({ severity: 'error', rows: [60] });
    expect(found('dataset.format-not-accepted')).toBeUndefined();
  });

  test('is nothing to worry about when it can be trained on here', async () => {
    expect((await check(many(60, (i) => novaChat(`question ${i}`, `answer ${i}`)))).codes).toEqual([]);
  });

  test('a row that cannot be said in it is not usable', async () => {
    const { found, usableRows } = await check([...chats(60), { prompt: 'a question', completion: 'good?', label: false }], 'foundry-sft');
    expect(found('dataset.row.not-for-target')).toMatchObject({ severity: 'error', rows: [61] });
    expect(usableRows).toBe(60);
  });
});

test('nobody is told to convert what no conversion can help', async () => {
  const { codes } = await check(chats(60), 'foundry-dpo');
  expect(codes).toContain('dataset.row.not-for-target');
  expect(codes).not.toContain('dataset.format-not-accepted');
  const some = await check([...chats(59), ...many(3, (i) => ({ prompt: `ask ${i}`, chosen: `good ${i}`, rejected: `bad ${i}` })), { input: { messages: [user('a')] }, preferred_output: [assistant('b')], non_preferred_output: [assistant('c')] }], 'foundry-dpo');
  expect(some.found('dataset.row.format-not-accepted')).toMatchObject({ rows: [60, 61, 62] });
  expect(some.found('dataset.row.not-for-target')).toMatchObject({ count: 59 });
});

describe('what this machine does not train on and the target does', () => {
  test('tool calls are usable rows in Foundry and not here', async () => {
    const rows = many(60, toolRow);
    expect(await check(rows, 'foundry-sft')).toMatchObject({ usableRows: 60, codes: [] });
    expect(await check(rows)).toMatchObject({ usableRows: 0 });
  });

  test('tasks for a grader are usable where models are reinforced', async () => {
    const rows = many(100, (i) => ({ messages: [user(`how much is ${i} and ${i}?`)], reference_answer: `It is ${2 * i}.` }));
    expect(await check(rows, 'bedrock-nova-rft')).toMatchObject({ usableRows: 100, codes: [] });
  });
});

describe('limits', () => {
  test('too few rows, with how many are missing', async () => {
    const rows = many(150, (i) => novaChat(`question ${i}`, `answer ${i}`));
    expect((await check(rows, 'bedrock-nova2-sft')).found('dataset.below-minimum')).toMatchObject({ severity: 'error', remedy: 'Add 50 rows or more' });
    expect((await check(rows, 'bedrock-nova-sft')).codes).toEqual([]);
  });

  test('too many rows', async () => {
    const rows = many(5001, (i) => ({ contents: [{ role: 'user', parts: [{ text: `question ${i}` }] }], references: { answer: `x${i}` } }));
    expect((await check(rows, 'gemini-rft')).found('dataset.above-maximum')?.message).toContain('has 5,001 rows; Gemini (RFT) takes at most 5,000');
  });

  test('a row that is longer than the target reads', async () => {
    const rows = [...many(10, (i) => novaChat(`question ${i}`, `answer ${i}`)), novaChat('long', 'word '.repeat(40_000))];
    expect((await check(rows, 'bedrock-nova-sft')).found('dataset.row.over-context')).toMatchObject({ severity: 'warning', rows: [11] });
  });

  test('JSON where the target takes JSONL', async () => {
    expect((await check([JSON.stringify(chats(60))], 'foundry-sft', 'list.json')).found('dataset.file-kind')?.message).toBe('list.json is JSON; Microsoft Foundry (SFT) takes JSONL.');
  });
});

describe('turns', () => {
  test.each([
    ['a system message in the middle', [user('a question'), system('be short'), assistant('an answer')], 'dataset.row.system-position'],
    ['the user twice', [user('a question'), user('and another'), assistant('an answer')], 'dataset.row.not-alternating'],
    ['the assistant first', [assistant('hello'), user('a question'), assistant('an answer')], 'dataset.row.starts-with-assistant'],
    ['an empty turn', [user('a question'), assistant('an answer'), user(null), assistant('another')], 'dataset.row.empty-turn'],
  ])('%s: a warning in Foundry', async (_what, messages, code) => {
    const { found, usableRows } = await check([...chats(60), { messages }], 'foundry-sft');
    expect(found(code)).toMatchObject({ severity: 'warning', rows: [61] });
    expect(usableRows).toBe(61);
  });

  test('Nova refuses the user twice', async () => {
    const row = { schemaVersion: 'bedrock-conversation-2024', messages: [user([{ text: 'a' }]), user([{ text: 'b' }]), assistant([{ text: 'c' }])] };
    const { found, usableRows } = await check([...many(10, (i) => novaChat(`question ${i}`, `answer ${i}`)), row], 'bedrock-nova-sft');
    expect(found('dataset.row.not-alternating')).toMatchObject({ severity: 'error', rows: [11] });
    expect(usableRows).toBe(10);
  });

  test('a tool that answers is not the same speaker twice', async () => {
    const messages = [user('weather?'), { role: 'assistant', tool_calls: [call, { ...call, id: 'c2' }] }, { role: 'tool', tool_call_id: 'c1', content: '21' }, { role: 'tool', tool_call_id: 'c2', content: '22' }, assistant('mild')];
    expect((await check([...chats(60), { messages, tools }], 'foundry-sft')).codes).toEqual([]);
  });

  test('a prompt for a grader that ends with the answer', async () => {
    const row = { messages: [user('how much?'), assistant('four')], reference_answer: 'four, of course' };
    const rows = many(100, (i) => ({ messages: [user(`how much is ${i}?`)], reference_answer: `It is ${i}.` }));
    expect((await check([...rows, row], 'bedrock-nova-rft')).found('dataset.row.ends-in-answer')).toMatchObject({ severity: 'error', rows: [101] });
  });

  test('one question only where the target says so', async () => {
    const row = { messages: [user('how much?'), assistant('of what?'), user('of two and two')], reference_answer: 'It is four.' };
    const rows = many(100, (i) => ({ messages: [user(`how much is ${i}?`)], reference_answer: `It is ${i}.` }));
    expect((await check([...rows, row], 'bedrock-nova-rft')).found('dataset.row.several-turns')).toMatchObject({ severity: 'error', rows: [101] });
    expect((await check([...rows, row], 'foundry-rft')).codes).toEqual([]);
  });
});

describe('reserved words', () => {
  const rows = [...many(10, (i) => novaChat(`question ${i}`, `answer ${i}`)), novaChat('What does it mean when the log says "User: unknown"?', 'That nobody is signed in.')];

  test('make a job on Nova fail', async () => {
    expect((await check(rows, 'bedrock-nova-sft', 'log.jsonl')).found('dataset.row.reserved-word')).toMatchObject({
      severity: 'error', message: 'Line 11 of log.jsonl holds a word that is reserved by the target: "User:".',
    });
  });

  test('and nowhere else', async () => {
    expect((await check(rows)).found('dataset.row.reserved-word')).toBeUndefined();
  });
});
