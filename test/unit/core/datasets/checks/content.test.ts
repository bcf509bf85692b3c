/** What rows say is looked at: tools, answers, references, pairs, and what all rows should have in common. */

import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../temporaryFolder.ts';
import { assistant, chats, checker, system, user } from '../targets/check.ts';

const check = checker(temporaryFolder());
const many = (count: number, row: (i: number) => object): object[] => Array.from({ length: count }, (_, i) => row(i));

describe('tool calls', () => {
  const tools = [{ type: 'function', function: { name: 'weather', parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] } } }];
  const called = (name: string, args: unknown, id = 'c1'): object => ({ role: 'assistant', tool_calls: [{ id, type: 'function', function: { name, arguments: args } }] });
  const answer = (id: string): object => ({ role: 'tool', tool_call_id: id, content: '21' });
  const ok = { messages: [user('weather in Rome?'), called('weather', '{"city":"Rome"}'), answer('c1'), assistant('21 degrees')], tools };

  test('a sound call is left alone', async () => {
    expect((await check([...chats(60), ok], 'foundry-sft')).codes).toEqual([]);
  });

  test.each([
    ['arguments as an object', { ...ok, messages: [user('?'), called('weather', { city: 'Rome' })] }, 'dataset.row.arguments-as-object', 'error'],
    ['arguments that are no JSON', { ...ok, messages: [user('?'), called('weather', '{city: Rome}')] }, 'dataset.row.arguments-not-json', 'error'],
    ['an answer to no call', { ...ok, messages: [user('?'), called('weather', '{"city":"Rome"}'), answer('c9'), assistant('21')] }, 'dataset.row.orphan-tool-answer', 'error'],
    ['a call without an answer', { ...ok, messages: [user('?'), called('weather', '{"city":"Rome"}'), user('well?'), assistant('21')] }, 'dataset.row.unanswered-call', 'warning'],
    ['a tool that is not defined', { ...ok, messages: [user('?'), called('climate', '{"city":"Rome"}')] }, 'dataset.row.undefined-tool', 'warning'],
    ['a call without any definition', { messages: [user('?'), called('weather', '{"city":"Rome"}')] }, 'dataset.row.undefined-tool', 'warning'],
    ['a missing argument', { ...ok, messages: [user('?'), called('weather', '{}')] }, 'dataset.row.missing-argument', 'warning'],
    ['nulls from Arrow', { ...ok, tools: [{ type: 'function', function: { name: 'weather', parameters: { type: 'object', properties: { city: { type: 'string' }, ticker: null } } } }] }, 'dataset.row.foreign-nulls', 'warning'],
  ])('%s', async (_what, row, code, severity) => {
    expect((await check([...chats(60), row], 'foundry-sft')).found(code)).toMatchObject({ severity, rows: [61], count: 1 });
  });

  test('a call at the end is what is learnt, and waits for no answer', async () => {
    expect((await check([...chats(60), { ...ok, messages: [user('weather?'), called('weather', '{"city":"Rome"}')] }], 'foundry-sft')).codes).toEqual([]);
  });
});

describe('answers', () => {
  test.each([
    ['As an AI language model, I cannot feel that.', true],
    ["I'm sorry, but I can't assist with that request.", true],
    ['I am sorry to hear that your card has not arrived. We sent a new one.', false],
    ['I cannot see an error in this line; the one before it misses a bracket.', false],
    ['Sorry for the delay! Your order left yesterday.', false],
  ])('%s', async (answer, isRefusal) => {
    const { found } = await check([...chats(60), { messages: [user('well then?'), assistant(answer)] }]);
    expect(found('dataset.row.refusal')?.rows).toEqual(isRefusal ? [61] : undefined);
  });

  test('thinking in some rows only, named by the fewer of them', async () => {
    const { found } = await check([...chats(60), { messages: [user('two and two?'), assistant('<think>2+2</think>4')] }]);
    expect(found('dataset.row.reasoning-in-some')).toMatchObject({ severity: 'warning', rows: [61] });
  });

  test('an answer that begins with the question', async () => {
    const question = 'How long does a delivery to Rome take?';
    const { found } = await check([...chats(60), { messages: [user(question), assistant(`${question} Three days.`)] }]);
    expect(found('dataset.row.prompt-in-answer')?.rows).toEqual([61]);
  });

  test('control tokens, and not every angle bracket', async () => {
    const rows = [{ messages: [user('end?'), assistant('yes<|im_end|>')] }, { messages: [user('is 1 < 2 in <b>HTML</b>?'), assistant('a [link] <i>too</i> |>')] }];
    expect((await check([...chats(60), ...rows])).found('dataset.row.special-token')?.rows).toEqual([61]);
  });

  test('marks of the old format of prompt and completion', async () => {
    const rows = many(60, (i) => ({ prompt: `ticket ${i}\n\n###\n\n`, completion: ` answer ${i} END` }));
    expect((await check(rows)).found('dataset.row.old-artefacts')).toMatchObject({ count: 60 });
  });
});

describe('what rows have in common', () => {
  test('another system prompt than most rows', async () => {
    const rows = many(60, (i) => ({ messages: [system(i === 7 ? 'Be long.' : 'Be short.'), user(`question ${i}`), assistant(`answer ${i}`)] }));
    const { found, systemPrompts } = await check(rows);
    expect(found('dataset.row.other-system-prompt')).toMatchObject({ severity: 'warning', rows: [8] });
    expect(systemPrompts).toEqual({ distinct: 2, isMore: false, without: 0, mostFrequent: { text: 'Be short.', count: 59 } });
  });

  test('system prompts that are meant to differ are no fault', async () => {
    const rows = many(60, (i) => ({ messages: [system(`You know about product ${i % 30}.`), user(`question ${i}`), assistant(`answer ${i}`)] }));
    expect((await check(rows)).codes).toEqual([]);
  });

  test('languages, by what the rows say', async () => {
    const german = many(20, (i) => ({ messages: [user(`Wo ist meine Karte geblieben, die ich vor ${i} Tagen bestellt habe?`), assistant('Sie ist unterwegs und kommt in den nächsten Tagen an.')] }));
    const english = many(60, (i) => ({ messages: [user(`Where is the card that I have ordered ${i} days ago?`), assistant(`It is on the way and should be with you in ${i} days.`)] }));
    const { found, languages } = await check([...english, ...german]);
    expect(languages?.languages).toEqual([{ code: 'en', name: 'English', count: 60 }, { code: 'de', name: 'German', count: 20 }]);
    expect(found('dataset.mixed-languages')).toMatchObject({ severity: 'info', count: 20, message: 'The rows are in several languages: 75% English and 25% German.' });
  });

  test('a sample stands for a large file', async () => {
    const rows = many(5000, (i) => ({ prompt: `Where is the card that I have ordered ${i} days ago?`, completion: `It is on the way to you, number ${i}, and that is all.` }));
    const { languages } = await check(rows);
    expect(languages).toMatchObject({ isSample: true, languages: [{ code: 'en' }] });
    expect(languages?.sampledRows).toBeLessThan(1100);
  });
});

describe('labels', () => {
  const labelled = (label: string, count: number): string[] => Array.from({ length: count }, (_, i) => `ticket ${i} about ${label.trim()},${label}`);

  test('one label with most rows, and labels with few', async () => {
    const { found } = await check(['text,label', ...labelled('billing', 200), ...labelled('network', 15)], undefined, 'uneven.csv');
    expect(found('dataset.uneven-labels')?.message).toBe('93% of the rows of uneven.csv have the label "billing".');
    expect(found('dataset.rare-labels')?.message).toBe('1 label of uneven.csv has fewer than 20 rows: "network" (15).');
  });

  test('labels that differ in spelling, and spaces around them', async () => {
    const { found } = await check(['text,label', ...labelled('Refund', 30), ...labelled('refund', 30), ...labelled('billing ', 30)], undefined, 'alike.csv');
    expect(found('dataset.labels-alike')?.message).toBe('alike.csv spells 1 label in several ways: "Refund" (30) and "refund" (30).');
    expect(found('dataset.row.label-spaces')).toMatchObject({ count: 30 });
  });
});

describe('preferences', () => {
  test('better answers that are the longer ones', async () => {
    const rows = many(60, (i) => ({ prompt: `question ${i}`, chosen: `a long and friendly answer ${i}`, rejected: `no ${i}` }));
    expect((await check(rows)).found('dataset.length-bias')?.message).toBe('In 100% of 60 pairs the better answer is the longer one.');
  });

  test('a few such pairs may be chance', async () => {
    const rows = many(60, (i) => (i % 3 === 0 ? { prompt: `question ${i}`, chosen: `answer ${i}`, rejected: `no, never ${i} again` } : { prompt: `question ${i}`, chosen: `a long answer ${i}`, rejected: `no ${i}` }));
    expect((await check(rows)).found('dataset.length-bias')).toBeUndefined();
  });

  test('one verdict only', async () => {
    const rows = many(12, (i) => ({ prompt: `question ${i}`, completion: `answer ${i}`, label: true }));
    expect((await check(rows)).found('dataset.one-verdict')).toMatchObject({ severity: 'error', message: 'All 12 rated answers are liked.' });
  });

  test('rows without a pair, when pairs are asked for', async () => {
    const { found, usableRows } = await check([...many(60, (i) => ({ prompt: `question ${i}`, chosen: `yes ${i}`, rejected: `no ${i} ` })), ...chats(1)], 'local-dpo');
    expect(found('dataset.row.no-pair')).toMatchObject({ severity: 'error', rows: [61] });
    expect(usableRows).toBe(60);
  });
});

describe('references for graders', () => {
  const task = (i: number, fields: object): object => ({ messages: [user(`what is the sum of ${i} and ${i}?`)], ...fields });

  test('a field that most rows have', async () => {
    const rows = many(30, (i) => task(i, { target: i, ...(i !== 4 && { unit: 'kg' }) }));
    expect((await check(rows, 'foundry-rft')).found('dataset.row.missing-reference')).toMatchObject({ severity: 'warning', rows: [5] });
  });

  test('an empty one, where the service minds', async () => {
    const rows = many(120, (i) => task(i, { reference_answer: `the sum is ${2 * i}`, unit: i === 4 ? '' : 'kg' }));
    const { found, usableRows } = await check(rows, 'bedrock-nova-rft');
    expect(found('dataset.row.missing-reference')).toMatchObject({ severity: 'error', rows: [5] });
    expect(usableRows).toBe(119);
  });

  test('numbers that are texts in some rows, or in all', async () => {
    expect((await check(many(30, (i) => task(i, { target: i === 3 ? '3' : i })), 'foundry-rft')).found('dataset.row.mixed-reference-types')?.rows).toEqual([4]);
    expect((await check(many(30, (i) => task(i, { target: `${i}` })), 'foundry-rft')).found('dataset.numbers-as-text')).toMatchObject({ severity: 'info', count: 30 });
  });

  test('an answer that the prompt gives away', async () => {
    const given = { messages: [user('What is 2+2? The correct answer is 4.')], answer: '4' };
    const fair = { messages: [user('Make 24 of 4, 6 and 1.')], answer: '24' };
    const copied = { messages: [user('Explain: the sum of the parts is the whole, as Euclid says.')], reference_answer: 'the sum of the parts is the whole' };
    expect((await check([given, fair, copied], 'foundry-rft')).found('dataset.row.answer-in-prompt')?.rows).toEqual([1, 3]);
  });
});

describe('repetition, whatever the rows are for', () => {
  test('the same task twice, and one with another reference', async () => {
    const row = { messages: [user('what is two and two?')], target: 4 };
    const { found, duplicates } = await check([row, row, { ...row, target: 5 }], 'foundry-rft');
    expect(found('dataset.duplicates')?.rows).toEqual([2]);
    expect(found('dataset.conflicts')?.rows).toEqual([3]);
    expect(duplicates).toBe(1);
  });

  test('the same text twice', async () => {
    expect((await check([{ text: 'a text' }, { text: 'a text' }], 'sagemaker-nova-cpt')).found('dataset.duplicates')?.rows).toEqual([2]);
  });
});

test('the profile counts who speaks, kinds and calls', async () => {
  const call = { role: 'assistant', tool_calls: [{ id: 'a', type: 'function', function: { name: 'weather', arguments: '{}' } }] };
  const { roles, kinds, tools } = await check([...chats(2), { messages: [user('weather?'), call] }, { text: 'alone' }], 'foundry-sft');
  expect(roles).toEqual({ system: 0, user: 3, assistant: 3, tool: 0 });
  expect(kinds).toEqual([{ kind: 'conversation', count: 3 }, { kind: 'text', count: 1 }]);
  expect(tools).toEqual({ rowsWithDefinitions: 0, calls: [{ name: 'weather', count: 1 }] });
});
