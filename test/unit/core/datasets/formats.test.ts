/** Each known way of writing a row becomes the same kind of conversation. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FormatDetector, voteFormat } from '../../../../src/core/datasets/detect.ts';
import { RowFault } from '../../../../src/core/datasets/formats/format.ts';
import { toTraining, type Trainable } from '../../../../src/core/datasets/training.ts';

type Fields = Record<string, unknown>;

/** The conversation, a fault, what the row holds that cannot be trained on, or nothing when it is not recognized. */
function train(row: Fields): Trainable | RowFault | string | undefined {
  const detected = new FormatDetector().detect(row);
  if (!detected) return undefined;
  if (!detected.format.trainsAs) return detected.format.holds;
  try {
    return toTraining(detected.format, detected.format.read(detected.row));
  } catch (fault) {
    if (fault instanceof RowFault) return fault;
    throw fault;
  }
}

function normalize(row: Fields): unknown {
  const result = train(row);
  if (result instanceof RowFault) return result.code;
  return typeof result === 'object' ? result.messages.map(({ role, content }) => `${role}: ${content}`) : result;
}

const user = { role: 'user', content: 'Hi' };
const assistant = { role: 'assistant', content: 'Hello' };
const pair = ['user: Hi', 'assistant: Hello'];

describe('conversations', () => {
  test.each<[string, Fields, readonly string[]]>([
    ['OpenAI chat', { messages: [{ role: 'system', content: 'Be kind' }, user, assistant] }, ['system: Be kind', ...pair]],
    ['a developer is the system', { messages: [{ role: 'developer', content: 'Be kind' }, user, assistant] }, ['system: Be kind', ...pair]],
    ['content in parts', { messages: [{ role: 'user', content: [{ type: 'text', text: 'H' }, { text: 'i' }] }, assistant] }, pair],
    ['Bedrock: system beside the turns', { system: [{ text: 'Be kind' }], messages: [user, assistant] }, ['system: Be kind', ...pair]],
    ['ShareGPT', { conversations: [{ from: 'human', value: 'Hi' }, { from: 'gpt', value: 'Hello' }] }, pair],
    ['prompt and completion', { prompt: 'Hi', completion: 'Hello' }, pair],
    ['TRL, conversational', { prompt: [user], completion: [assistant] }, pair],
    ['Alpaca without input', { instruction: 'Hi', input: '', output: 'Hello' }, pair],
    ['Alpaca with input', { instruction: 'Translate', input: 'Hallo', output: 'Hello' }, ['user: Translate\nHallo', 'assistant: Hello']],
    ['question and answer', { question: 'Hi', answer: 'Hello' }, pair],
    ['labelled text', { text: ' Hi ', category: 'greeting ' }, ['user: Hi', 'assistant: greeting']],
    ['labels that are numbers', { Text: 'Hi', Label: 3 }, ['user: Hi', 'assistant: 3']],
  ])('%s', (_what, row, expected) => {
    expect(normalize(row)).toEqual(expected);
  });

  test('the weight of a turn is kept', () => {
    expect(train({ messages: [user, { ...assistant, weight: 0 }, user, assistant] })).toEqual({ messages: [user, { ...assistant, weight: 0 }, user, assistant] });
  });

  test('a weight that was written as text or as true or false is the number', () => {
    expect(train({ messages: [user, { ...assistant, weight: '0' }, user, { ...assistant, weight: true }] })).toEqual({ messages: [user, { ...assistant, weight: 0 }, user, { ...assistant, weight: 1 }] });
  });

  test('of a prompt that is a conversation, only the completion is trained on', () => {
    expect(train({ prompt: [user, assistant, user], completion: [assistant] })).toEqual({ messages: [user, { ...assistant, weight: 0 }, user, assistant] });
  });
});

describe('rows that cannot be trained on', () => {
  test.each<[string, Fields, string]>([
    ['a role of another tool', { messages: [user, { role: 'bot', content: 'Hello' }] }, 'dataset.row.wrong-role'],
    ['a role named like a method of objects', { messages: [user, { role: 'constructor', content: 'Hello' }] }, 'dataset.row.wrong-role'],
    ['no role', { messages: [{ content: 'Hi' }, assistant] }, 'dataset.row.wrong-role'],
    ['messages that are text', { messages: 'Hi' }, 'dataset.row.bad-messages'],
    ['no messages', { messages: [] }, 'dataset.row.bad-messages'],
    ['messages that are no objects', { messages: ['Hi', 'Hello'] }, 'dataset.row.bad-messages'],
    ['no answer', { messages: [user] }, 'dataset.row.no-answer'],
    ['the person has the last word', { messages: [user, assistant, user] }, 'dataset.row.no-answer'],
    ['no turn with weight', { messages: [user, { ...assistant, weight: 0 }] }, 'dataset.row.no-answer'],
    ['an empty answer', { prompt: 'Hi', completion: '  ' }, 'dataset.row.empty-answer'],
    ['an answer that is null', { messages: [user, { role: 'assistant', content: null }] }, 'dataset.row.empty-answer'],
    ['an empty answer in the middle', { messages: [user, { role: 'assistant', content: '' }, user, assistant] }, 'dataset.row.empty-answer'],
    ['an empty prompt', { text: '', label: 'x' }, 'dataset.row.empty-prompt'],
    ['an answer to nothing', { messages: [assistant] }, 'dataset.row.empty-prompt'],
    ['an image', { messages: [{ role: 'user', content: [{ type: 'image_url', image_url: {} }] }, assistant] }, 'dataset.row.not-text-content'],
    ['a call of a tool', { messages: [user, { role: 'assistant', tool_calls: [{ id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } }] }] }, 'dataset.row.not-text-content'],
    ['a call of a tool without a name', { messages: [user, { role: 'assistant', tool_calls: [{}] }] }, 'dataset.row.bad-tool-call'],
    ['a weight between', { messages: [user, { ...assistant, weight: 0.5 }] }, 'dataset.row.bad-value'],
    ['an answer that is an object', { prompt: 'Hi', completion: { text: 'Hello' } }, 'dataset.row.not-text-content'],
    ['rated completions', { prompt: 'Hi', completion: 'No', label: false }, 'rated completions (KTO)'],
  ])('%s', (_what, row, expected) => {
    expect(normalize(row)).toBe(expected);
  });

  test('fields that mean nothing to us', () => {
    expect(normalize({ foo: 1, bar: 2 })).toBeUndefined();
    expect(normalize({ __proto__: null, constructor: 1, toString: 2 })).toBeUndefined();
  });
});

test('any JSON in known fields is a conversation that ends in an answer, or a fault', () => {
  const turn = fc.record({ role: fc.constantFrom('system', 'user', 'assistant', 'tool', 'bot'), content: fc.oneof(fc.string(), fc.jsonValue()) }, { requiredKeys: [] });
  const row = fc.oneof(
    fc.record({ messages: fc.oneof(fc.array(turn, { maxLength: 5 }), fc.jsonValue()) }),
    fc.record({ prompt: fc.jsonValue(), completion: fc.jsonValue() }),
    fc.record({ text: fc.jsonValue(), label: fc.jsonValue() }),
  );
  fc.assert(
    fc.property(row, (fields) => {
      const result = train(fields);
      if (result === undefined) throw new Error('known fields were not recognized');
      if (typeof result !== 'object' || result instanceof RowFault) return;
      const { messages } = result;
      expect(messages.at(-1)?.role).toBe('assistant');
      expect(messages.at(-1)?.content.trim()).not.toBe('');
      expect(messages.some(({ role }) => role === 'user')).toBe(true);
    }),
    { numRuns: 2000 },
  );
});

test('most rows decide the format of a file', () => {
  expect(voteFormat(new Map([['chat', 2], ['labelled-text', 5]]))).toBe('labelled-text');
  expect(voteFormat(new Map())).toBeUndefined();
});
