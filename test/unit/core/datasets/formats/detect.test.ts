/** Each row is recognized by what it holds, a file by the vote of all its rows. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { FormatDetector, FormatVote } from '../../../../../src/core/datasets/detect.ts';
import { ROWS_NAMED } from '../../../../../src/core/datasets/finding.ts';
import { RowFault, type FormatId } from '../../../../../src/core/datasets/formats/format.ts';
import { labelledTextBy } from '../../../../../src/core/datasets/formats/labelledText.ts';
import { FORMAT_IDS, FORMATS } from '../../../../../src/core/datasets/formats/table.ts';

function detect(row: Record<string, unknown>): FormatId | undefined {
  return new FormatDetector().detect(row)?.format.id;
}

const user = { role: 'user', content: 'Hi' };
const assistant = { role: 'assistant', content: 'Hello' };

describe('what a row is', () => {
  test.each<[string, Record<string, unknown>, FormatId | undefined]>([
    ['messages that end in a question, and no field beside them, are a chat without its answer', { messages: [user] }, 'openai-chat'],
    ['messages that end in a question, and fields for a grader', { messages: [user], target: 1 }, 'openai-rft'],
    ['messages that end in an answer, and other columns', { messages: [user, assistant], target: 1 }, 'openai-chat'],
    ['messages with a conversation id only', { messages: [user], id: 'x' }, 'openai-chat'],
    ['Bedrock without its version, told by blocks', { messages: [{ role: 'user', content: [{ text: 'Hi' }] }] }, 'bedrock-conversation'],
    ['Bedrock with its version misprinted', { schemaVersion: 'bedrock-conversion-2024', messages: [{ role: 'user', content: 'Hi' }] }, 'bedrock-conversation'],
    ["OpenAI's parts are no blocks", { messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }] }, 'openai-chat'],
    ['a label that is a class makes no rating', { prompt: 'Hi', completion: 'Hello', label: 'greeting' }, 'prompt-completion'],
    ['a label that is a verdict does', { prompt: 'Hi', completion: 'Hello', label: 1 }, 'kto'],
    ['HH is told from other texts', { chosen: '\n\nHuman: a\n\nAssistant: b', rejected: '\n\nHuman: a\n\nAssistant: c' }, 'anthropic-hh'],
    ['UltraFeedback, binarized, also has messages', { prompt: 'a', messages: [user, assistant], chosen: [user, assistant], rejected: [user, assistant] }, 'trl-preference-messages'],
    ['text with a label', { text: 'a', label: 'b' }, 'labelled-text'],
    ['text alone', { text: 'a', url: 'b' }, 'text'],
    ['columns in capital letters, with spaces', { ' Prompt ': 'a', COMPLETION: 'b' }, 'prompt-completion'],
    ['two spellings of a column', { Prompt: 'a', prompt: 'b', completion: 'c' }, 'prompt-completion'],
    ['a text column that is called contents', { contents: 'a', text: 'b', label: 'c' }, 'labelled-text'],
    ['nothing known', { foo: 1 }, undefined],
    ['nothing', {}, undefined],
  ])('%s', (_what, row, id) => {
    expect(detect(row)).toBe(id);
  });

  test('a column that Arrow filled with null is as if it were absent', () => {
    const everyColumn = Object.fromEntries(FORMATS.flatMap(({ samples }) => samples.flatMap((sample) => Object.keys(sample))).map((column) => [column, null]));
    for (const { id, samples } of FORMATS) {
      for (const sample of samples) {
        const plain = new FormatDetector().detect(sample);
        const filled = new FormatDetector().detect({ ...everyColumn, ...sample });
        expect(filled?.format.id).toBe(id);
        expect(filled?.format.read(filled.row)).toEqual(plain?.format.read(plain.row));
      }
    }
  });

  test('a row that is nothing without its nulls is taken by its columns', () => {
    expect(detect({ prompt: 'a', completion: null })).toBe('prompt-completion');
    expect(detect({ messages: null })).toBe('openai-chat');
  });

  test('foreign nulls inside messages and tools are absent, and those of a schema stay', () => {
    const detected = new FormatDetector().detect({
      messages: [{ ...user, tool_calls: null, name: null, weight: null }, { ...assistant, tool_call_id: null }],
      tools: [{ type: 'function', function: { name: 'f', description: null, parameters: { type: 'object', properties: { a: { type: 'string', default: null, enum: ['x', null] }, b: null } } } }],
    });
    expect(detected?.format.read(detected.row)).toEqual({
      kind: 'conversation', messages: [user, assistant],
      tools: [{ name: 'f', parameters: { type: 'object', properties: { a: { type: 'string', default: null, enum: ['x', null] } } } }],
    });
  });

  test('columns that somebody chose are the text and the label', () => {
    const format = labelledTextBy({ text: 'body', label: 'dept' });
    expect(format.hasColumns(new Set(['body', 'dept', 'text']))).toBe(true);
    expect(format.hasColumns(new Set(['text', 'label']))).toBe(false);
    expect(format.read({ body: 'a', dept: 3, text: 'x' })).toEqual({ kind: 'conversation', messages: [{ role: 'user', content: 'a' }, { role: 'assistant', content: '3' }], metadata: { text: 'x' } });
  });
});

describe('the vote', () => {
  test('most rows win, whatever the first row is; the others are counted with their first rows', () => {
    const vote = new FormatVote();
    vote.add('kto', 1);
    for (let row = 2; row < 202; row++) vote.add(row % 2 === 0 ? 'openai-chat' : 'sharegpt', row);
    vote.add('openai-chat', 202);
    expect(vote.winner).toBe('openai-chat');
    expect(vote.counts.map(({ id, count }) => [id, count])).toEqual([['openai-chat', 101], ['sharegpt', 100], ['kto', 1]]);
    expect(vote.counts[0]?.rows).toHaveLength(ROWS_NAMED);
    expect(vote.counts[1]?.rows.slice(0, 3)).toEqual([3, 5, 7]);
  });

  test('training takes the file for what its trainable rows are, added up', () => {
    const vote = new FormatVote();
    expect([vote.winner, vote.trainsAs]).toEqual([undefined, undefined]);
    for (const [row, id] of (['kto', 'kto', 'kto', 'openai-chat', 'sharegpt', 'prompt-completion'] as const).entries()) vote.add(id, row + 1);
    expect([vote.winner, vote.trainsAs]).toEqual(['kto', 'chat']);
  });
});

test('every format is in the table once', () => {
  expect(new Set(FORMAT_IDS).size).toBe(FORMATS.length);
});

describe('hostile rows', () => {
  const columns = fc.constantFrom(...new Set(FORMATS.flatMap(({ samples }) => samples.flatMap((sample) => Object.keys(sample)))), '__proto__', 'constructor', 'id');
  const inner = fc.letrec((tie) => ({
    value: fc.oneof({ depthSize: 'small' }, fc.jsonValue(), fc.constantFrom('assistant', 'Hi', '\uD800', '\0', '{"name": 1}'), fc.array(tie('value'), { maxLength: 3 }), fc.dictionary(
      fc.constantFrom('role', 'content', 'from', 'value', 'parts', 'text', 'type', 'messages', 'candidates', 'preferenceLabel', 'completion', 'score', 'response', 'tool_calls', 'function_call', 'function', 'name', 'arguments', 'toolUse', 'toolResult', 'json', 'functionCall', 'functionResponse', 'weight', 'toolConfig', '__proto__'),
      tie('value'), { maxKeys: 4 },
    )),
  })).value;

  test('are an example, a fault with a code, or not recognized; never a crash', () => {
    const seen = new Set<string>();
    fc.assert(fc.property(fc.uniqueArray(fc.tuple(columns, inner), { maxLength: 5, selector: ([name]) => name }), (entries) => {
      const row = Object.fromEntries(entries);
      const before = JSON.stringify(row);
      const detected = new FormatDetector().detect(row);
      if (!detected) return;
      seen.add(detected.format.id);
      try {
        expect(detected.format.read(detected.row).kind).toBeTypeOf('string');
      } catch (fault) {
        expect(fault).toBeInstanceOf(RowFault);
        expect((fault as RowFault).code).toMatch(/^dataset\.row\./);
      }
      expect(JSON.stringify(row)).toBe(before);
    }), { numRuns: 5000 });
    expect(seen.size).toBeGreaterThan(10);
  });

  test('a column named __proto__ is carried as a column and changes nothing else', () => {
    const row = JSON.parse('{"prompt": "a", "completion": "b", "__proto__": {"kind": "evil"}}') as Record<string, unknown>;
    const detected = new FormatDetector().detect(row);
    const example = detected?.format.read(detected.row);
    expect(example?.kind).toBe('conversation');
    expect(JSON.stringify(example?.metadata)).toBe('{"__proto__":{"kind":"evil"}}');
    expect(Object.getPrototypeOf(example?.metadata)).toBe(Object.prototype);
  });

  test('10,000 levels are read or refused', () => {
    const deep = JSON.parse(`${'['.repeat(10_000)}${']'.repeat(10_000)}`) as unknown;
    for (const { samples } of FORMATS) {
      for (const column of Object.keys(samples[0] ?? {})) {
        const detected = new FormatDetector().detect({ ...samples[0], [column]: deep, other: deep });
        try {
          detected?.format.read(detected.row);
        } catch (fault) {
          expect(fault).toBeInstanceOf(RowFault);
        }
      }
    }
  });
});
