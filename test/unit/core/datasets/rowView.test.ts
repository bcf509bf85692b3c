/** A row as a line of a table, and in full, whatever its format, and when it cannot be read. */

import { describe, expect, test } from 'vitest';
import { FORMATS } from '../../../../src/core/datasets/formats/table.ts';
import { describeRow, summarizeRow } from '../../../../src/core/datasets/rowView.ts';

const raw = (value: unknown, row = 4) => ({ row, line: row, value });

describe('a line of the table', () => {
  test('has the prompt without the system message, and the answer', () => {
    const value = { messages: [{ role: 'system', content: 'Be brief.' }, { role: 'user', content: 'One?\n\nTwo?' }, { role: 'assistant', content: 'Three' }, { role: 'user', content: 'Four?' }, { role: 'assistant', content: 'Five' }] };
    expect(summarizeRow(raw(value), ['dataset.duplicates'])).toEqual({ row: 4, prompt: 'One? Two? ▸ Three ▸ Four?', answer: 'Five', codes: ['dataset.duplicates'] });
  });

  test('has both answers of a pair', () => {
    expect(summarizeRow(raw({ prompt: 'Q', chosen: 'good', rejected: 'bad' }), [])).toMatchObject({ prompt: 'Q', answer: 'good', worse: 'bad' });
  });

  test('has the call that answers', () => {
    const value = { messages: [{ role: 'user', content: 'Weather?' }, { role: 'assistant', content: null, tool_calls: [{ id: '1', type: 'function', function: { name: 'weather', arguments: '{"city":"Rome"}' } }] }] };
    expect(summarizeRow(raw(value), []).answer).toBe('weather({"city":"Rome"})');
  });

  test('is short, and no half character', () => {
    const { prompt } = summarizeRow(raw({ prompt: `${'x'.repeat(299)}🦉${'y'.repeat(1_000_000)}`, completion: 'z' }), []);
    expect(prompt.length).toBe(301);
    expect(prompt.isWellFormed()).toBe(true);
  });

  test('says why a row cannot be read, and what stands there', () => {
    const fault = { code: 'dataset.row.invalid-json' as const, detail: 'a quote is missing', column: 3, text: '{"a' };
    expect(summarizeRow({ row: 2, line: 2, fault }, [])).toEqual({ row: 2, prompt: '{"a', answer: '', fault: 'is not valid JSON: a quote is missing', codes: [] });
    expect(summarizeRow(raw({ foo: 1 }), []).fault).toMatch(/^is in no format that Tunesmith knows/);
  });
});

describe('every format', () => {
  const samples = FORMATS.flatMap(({ id, title, samples: all }) => all.map((sample, index) => ({ name: `${id} ${index}`, title, sample })));

  test.each(samples)('$name has words for the table and turns for the page', ({ sample, title }) => {
    const { prompt, answer, fault } = summarizeRow(raw(sample), []);
    expect(fault).toBeUndefined();
    expect(prompt + answer).not.toBe('');
    const detail = describeRow(raw(sample), []);
    expect(detail.format).toBe(title);
    expect(detail.parts.flatMap(({ turns }) => turns).length).toBeGreaterThan(0);
  });
});

describe('a row in full', () => {
  test('tells who says what, calls what, and which answer is not trained on', () => {
    const value = {
      messages: [
        { role: 'user', content: 'Weather?' },
        { role: 'assistant', content: 'Looking', weight: 0, tool_calls: [{ id: 'c1', type: 'function', function: { name: 'weather', arguments: '{}' } }] },
        { role: 'tool', tool_call_id: 'c1', content: 'sunny' },
        { role: 'assistant', content: 'It is sunny.' },
      ],
      tools: [{ type: 'function', function: { name: 'weather', description: 'of a city', parameters: {} } }],
    };
    const { parts, tools } = describeRow(raw(value), []);
    expect(parts[0]?.turns).toMatchObject([
      { role: 'user', isWeightless: false },
      { role: 'assistant', isWeightless: true, calls: [{ name: 'weather', arguments: '{}' }] },
      { role: 'tool', answersCall: 'c1', content: 'sunny' },
      { role: 'assistant', content: 'It is sunny.' },
    ]);
    expect(tools).toEqual([{ name: 'weather', description: 'of a city' }]);
  });

  test('names its findings with their remedies, its own fault in detail', () => {
    const { notes } = describeRow(raw({ messages: [{ role: 'user', content: 'only a question' }] }), ['dataset.row.no-answer', 'dataset.duplicates', 'no.such.rule']);
    expect(notes.map(({ code, severity }) => [code, severity])).toEqual([['dataset.row.no-answer', 'error'], ['dataset.duplicates', 'warning']]);
    expect(notes[0]?.says).toBe("does not end in an answer to train on: the last turn is the user's");
    expect(notes[0]?.remedy).not.toBe('');
  });
});
