/** What each repair makes of a row, and that it makes it once. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RowRepairer } from '../../../../../src/core/datasets/repair/rowRepairer.ts';
import { REPAIR_IDS, REPAIRS, repairsFor, SAFE_REPAIRS, type RepairId } from '../../../../../src/core/datasets/repair/table.ts';
import { ROW_RULES } from '../../../../../src/core/datasets/rules/catalogue.ts';
import { parseRow } from '../../../../../src/core/datasets/readers/jsonLines.ts';

const user = (content: unknown, more = {}): object => ({ role: 'user', content, ...more });
const assistant = (content: unknown, more = {}): object => ({ role: 'assistant', content, ...more });

/** @returns the value afterwards, "same" or "dropped" */
function repaired(value: unknown, ...ids: RepairId[]): unknown {
  const outcome = new RowRepairer(ids).repair({ row: 1, line: 1, value });
  return outcome.kind === 'changed' ? outcome.value : outcome.kind;
}

describe('a row', () => {
  test.each<[RepairId, unknown, unknown]>([
    ['clean-damaged-text', { prompt: 'a\0b', completion: 'c\ud83d\ude00\ud800' }, { prompt: 'ab', completion: 'c\ud83d\ude00' }],
    ['rename-roles', { messages: [{ role: 'Human', content: 'a' }, { role: 'model', content: 'b' }] }, { messages: [user('a'), assistant('b')] }],
    ['rename-roles', { conversations: [{ from: 'Customer', value: 'a' }, { from: 'bot', value: 'b' }] }, { conversations: [{ from: 'human', value: 'a' }, { from: 'gpt', value: 'b' }] }],
    ['rename-roles', { chosen: [{ role: 'USER', content: 'a' }] }, { chosen: [user('a')] }],
    ['arguments-as-text', { messages: [assistant(null, { tool_calls: [{ id: '1', function: { name: 'f', arguments: { x: 1 } } }] })] },
      { messages: [assistant(null, { tool_calls: [{ id: '1', function: { name: 'f', arguments: '{"x":1}' } }] })] }],
    ['arguments-as-text', { messages: [assistant('', { function_call: { name: 'f', arguments: null } })] }, { messages: [assistant('', { function_call: { name: 'f', arguments: '{}' } })] }],
    ['remove-foreign-nulls', { messages: [user('a', { tool_calls: null }), assistant(null, { name: null, tool_calls: [] })], note: null },
      { messages: [user('a'), assistant(null, { tool_calls: [] })], note: null }],
    ['remove-foreign-nulls', { messages: [], tools: [{ function: { name: 'f', parameters: { properties: { city: { type: 'string', default: null }, town: null } } } }] },
      { messages: [], tools: [{ function: { name: 'f', parameters: { properties: { city: { type: 'string', default: null } } } } }] }],
    ['trim-answers', { text: ' a ', Label: ' b ' }, { text: ' a ', Label: 'b' }],
    ['trim-answers', { messages: [user('a '), assistant('  b\n\n ')] }, { messages: [user('a '), assistant('  b')] }],
    ['trim-answers', { prompt: 'a ', completion: ' b ' }, { prompt: 'a ', completion: ' b' }],
    ['remove-old-marks', { prompt: 'a\n\n###\n\n', completion: ' b END' }, { prompt: 'a', completion: 'b' }],
    ['drop-empty-turns', { messages: [{ role: 'system', content: ' ' }, user('a'), assistant(''), user(null), assistant('')] }, { messages: [user('a'), assistant('')] }],
    ['merge-turns', { messages: [user('a'), user('b'), user('c'), assistant('d')] }, { messages: [user('a\n\nb\n\nc'), assistant('d')] }],
    ['merge-turns', { messages: [user(' '), user('b'), user(''), assistant('d'), assistant('')] }, { messages: [user('b'), assistant('d')] }],
    ['redact-personal-data', { prompt: 'I am x@y.de, not z@y.de', completion: 'Hi X@Y.de', meta: { tags: ['x@y.de'] } },
      { prompt: 'I am [EMAIL_1], not [EMAIL_2]', completion: 'Hi [EMAIL_1]', meta: { tags: ['[EMAIL_1]'] } }],
    ['redact-secrets', { prompt: 'password=hunter22 x@y.de', completion: 'ok' }, { prompt: 'password=[SECRET_1] x@y.de', completion: 'ok' }],
    ['remove-untrainable', { messages: [user('a')] }, 'dropped'],
    ['remove-untrainable', { messages: [user('a'), { role: 'wizard', content: 'b' }] }, 'dropped'],
    ['remove-identical-pairs', { prompt: 'a', chosen: 'b', rejected: 'b' }, 'dropped'],
    ['remove-unreadable', ['a'], 'dropped'],
    ['remove-unreadable', { unknown: 1 }, 'dropped'],
  ])('%s: %j', (id, before, after) => {
    expect(repaired(before, id)).toEqual(after);
    if (after !== 'dropped') expect(repaired(after, id)).toBe('same');
  });

  test.each<[RepairId, unknown]>([
    ['rename-roles', { messages: [user('a'), { role: 'wizard', content: 'b' }, { role: 'tool', content: 'c' }] }],
    ['merge-turns', { messages: [user('a'), user('b', { name: 'Bo' }), assistant('c', { weight: 0 }), assistant('d', { weight: 1 }), user([]), user('e')] }],
    ['merge-turns', { messages: [{ role: 'tool', content: 'a', tool_call_id: '1' }, { role: 'tool', content: 'b', tool_call_id: '1' }] }],
    ['drop-empty-turns', { messages: [user('a'), assistant('', { tool_calls: [{}] }), { role: 'tool', content: '' }, assistant('')] }],
    ['clean-damaged-text', { prompt: 'what stood here \uFFFD is not known', completion: '\u{1F600}' }],
    ['remove-old-marks', { prompt: '###', completion: 'END' }],
    ['trim-answers', { text: 'a ', note: ' b ' }],
    ['arguments-as-text', { messages: [assistant('a', { tool_calls: [{ function: { name: 'f', arguments: '{"x": 1}' } }] })] }],
    ['remove-untrainable', { messages: [user('a'), assistant('b')] }],
    ['remove-duplicates', { messages: [user('a'), assistant('b')] }],
    ['remove-untrainable', { messages: [user('a'), assistant('', { tool_calls: [{ id: '1', function: { name: 'f', arguments: '{}' } }] })] }],
  ])('%s leaves alone: %j', (id, value) => {
    expect(repaired(value, id)).toBe('same');
  });

  test('that repeats an earlier one, also by what was repaired, is removed', () => {
    const repairer = new RowRepairer(['trim-answers', 'remove-duplicates']);
    const kinds = ['b', 'c', 'b ', 'b'].map((completion, at) => repairer.repair({ row: at + 1, line: at + 1, value: { prompt: 'a', completion } }).kind);
    expect(kinds).toEqual(['same', 'same', 'dropped', 'dropped']);
  });

  test('with a column named __proto__ keeps it', () => {
    const { value } = parseRow('{"prompt": "x@y.de", "completion": "b", "__proto__": {"mail": "x@y.de"}}', 1, 1);
    expect(JSON.stringify(repaired(value, 'redact-personal-data'))).toBe('{"prompt":"[EMAIL_1]","completion":"b","__proto__":{"mail":"[EMAIL_1]"}}');
  });

  test('that is nested deeper than the stack is left alone', () => {
    const { value } = parseRow(`{"prompt": "x@y.de", "completion": "b", "deep": ${'['.repeat(20_000)}${']'.repeat(20_000)}}`, 1, 1);
    expect(repaired(value, ...REPAIR_IDS)).toBe('same');
  });

  const content = fc.oneof(fc.string(), fc.constantFrom('', ' ', 'a@b.de', 'END', '###', 'x\0', '\ud800', 'password: Tr0ub4dor3', '4242424242424242', 'c \n'), fc.constant(null));
  const turn = fc.record({
    role: fc.constantFrom('user', 'assistant', 'system', 'Human', 'bot', 'tool', 'wizard'), content,
    tool_calls: fc.constantFrom(undefined, null, [{ id: '1', function: { name: 'f', arguments: { a: null } } }]), weight: fc.constantFrom(undefined, 0, 1, null),
  }).map((fields) => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)));
  const row = fc.oneof(
    fc.record({ messages: fc.array(turn, { maxLength: 6 }) }),
    fc.record({ prompt: content, completion: content }),
    fc.record({ text: content, label: content }),
    fc.record({ prompt: content, chosen: content, rejected: fc.oneof(content, fc.array(turn, { maxLength: 2 })) }),
    fc.object({ maxDepth: 3 }),
  );

  test('that is repaired by any repairs is not changed by them again', () => {
    fc.assert(fc.property(row, fc.subarray([...REPAIR_IDS]), (value, ids) => {
      const once = repaired(value, ...ids);
      if (typeof once !== 'string') expect(repaired(once, ...ids)).toBe('same');
    }), { numRuns: 500 });
  });
});

describe('the table of repairs', () => {
  test('names each of them once, with words, and says which are safe', () => {
    expect(new Set(REPAIR_IDS).size).toBe(REPAIRS.length);
    expect(REPAIRS.every(({ title, does }) => /^[A-Z].*[^.]$/.test(title) && does.endsWith('.'))).toBe(true);
    expect(SAFE_REPAIRS).toEqual(['unwrap-json', 'line-ends', 'clean-damaged-text', 'rename-roles', 'arguments-as-text', 'remove-foreign-nulls', 'trim-answers', 'merge-turns']);
  });

  test('gives the gentlest first', () => {
    expect(repairsFor('dataset.row.wrong-role')).toEqual(['rename-roles', 'remove-untrainable']);
    expect(repairsFor('dataset.conflicts')).toBeUndefined();
  });

  test('knows a repair for every error about a row, but for what a conversion or a person has to mend', () => {
    const errors = Object.entries(ROW_RULES).filter(([, { severity }]) => severity === 'error').map(([code]) => code);
    expect(errors.filter((code) => repairsFor(code) === undefined).toSorted()).toEqual([
      'dataset.row.format-not-accepted', 'dataset.row.no-pair', 'dataset.row.not-for-target', 'dataset.row.not-text-content', 'dataset.row.reserved-word', 'dataset.row.several-turns', 'dataset.row.unsupported-format',
    ]);
  });
});
