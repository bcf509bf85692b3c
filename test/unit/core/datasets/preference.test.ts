/** Every known way of writing a preference becomes two conversations with their beginning in common. */

import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { FormatDetector } from '../../../../src/core/datasets/detect.ts';
import { RowFault } from '../../../../src/core/datasets/formats/format.ts';
import { toTraining, type Trainable } from '../../../../src/core/datasets/training.ts';

type Fields = Record<string, unknown>;

function normalize(row: Fields): Required<Trainable> | string {
  const detected = new FormatDetector().detect(row);
  if (detected?.format.trainsAs !== 'preference') throw new Error('not recognized as preference pairs');
  try {
    return toTraining(detected.format, detected.format.read(detected.row)) as Required<Trainable>;
  } catch (fault) {
    if (fault instanceof RowFault) return fault.code;
    throw fault;
  }
}

const user = { role: 'user', content: 'Hi' };
const good = { role: 'assistant', content: 'Hello' };
const bad = { role: 'assistant', content: 'No' };
const pair = { messages: [user, good], rejected: [user, bad] };

describe('pairs', () => {
  test.each<[string, Fields]>([
    ['TRL, text', { prompt: 'Hi', chosen: 'Hello', rejected: 'No' }],
    ['TRL, conversational', { prompt: [user], chosen: [good], rejected: [bad] }],
    ['TRL, with the prompt inside', { chosen: [user, good], rejected: [user, bad] }],
    ['UltraFeedback, with the prompt inside and outside', { prompt: 'Hi', chosen: [user, good], rejected: [user, bad] }],
    ['OpenAI', { input: { messages: [user] }, preferred_output: [good], non_preferred_output: [bad] }],
    ['a question', { question: 'Hi', chosen: 'Hello', rejected: 'No' }],
    ['Anthropic', { chosen: '\n\nHuman: Hi\n\nAssistant: Hello', rejected: '\n\nHuman: Hi\n\nAssistant: No' }],
    ['Gemini', { contents: [{ role: 'user', parts: [{ text: 'Hi' }] }], completions: [{ score: 1, completion: { role: 'model', parts: [{ text: 'Hello' }] } }, { score: 0, completion: { parts: [{ text: 'No' }] } }] }],
    ['Nova', { messages: [{ role: 'user', content: [{ text: 'Hi' }] }, { role: 'assistant', candidates: [{ content: [{ text: 'No' }], preferenceLabel: 'non-preferred' }, { content: [{ text: 'Hello' }], preferenceLabel: 'preferred' }] }] }],
    ['UltraFeedback: best and worst', { instruction: 'Hi', completions: [{ response: 'Well', overall_score: 5 }, { response: 'Hello', overall_score: '9.5' }, { response: 'No', overall_score: 1 }] }],
    ['capital letters', { Prompt: 'Hi', Chosen: 'Hello', Rejected: 'No' }],
  ])('%s', (_what, row) => {
    expect(normalize(row)).toEqual(pair);
  });

  test('answers that come before what differs are not trained on', () => {
    const again = { role: 'user', content: 'Again' };
    expect(normalize({ chosen: [user, good, again, good], rejected: [user, good, again, bad] })).toEqual({
      messages: [user, { ...good, weight: 0 }, again, good], rejected: [user, { ...good, weight: 0 }, again, bad],
    });
  });
});

describe('rows that cannot be trained on', () => {
  test.each<[string, Fields, string]>([
    ['two answers that are one', { prompt: 'Hi', chosen: 'Hello', rejected: 'Hello' }, 'dataset.row.same-answers'],
    ['answers to different questions', { chosen: [user, good], rejected: [{ ...user, content: 'Bye' }, bad] }, 'dataset.row.different-prompts'],
    ['texts without a prompt', { chosen: 'Hello', rejected: 'No' }, 'dataset.row.empty-prompt'],
    ['texts that begin alike', { chosen: 'The sky is blue.', rejected: 'The sky is green.' }, 'dataset.row.empty-prompt'],
    ['UltraFeedback with equal scores', { instruction: 'Hi', completions: [{ response: 'a', overall_score: 5 }, { response: 'b', overall_score: 5 }] }, 'dataset.row.same-answers'],
    ['one candidate', { messages: [user, { role: 'assistant', candidates: [{ content: [{ text: 'a' }], preferenceLabel: 'preferred' }] }] }, 'dataset.row.bad-candidates'],
    ['an empty prompt', { prompt: ' ', chosen: 'Hello', rejected: 'No' }, 'dataset.row.empty-prompt'],
    ['an empty answer', { prompt: 'Hi', chosen: '', rejected: 'No' }, 'dataset.row.empty-answer'],
    ['an empty worse answer', { prompt: 'Hi', chosen: 'Hello', rejected: null }, 'dataset.row.empty-answer'],
    ['one conversation that is the beginning of the other', { chosen: [user, good], rejected: [user, good, user, bad] }, 'dataset.row.no-answer'],
    ['a rated answer', { prompt: 'Hi', chosen: { text: 'Hello' }, rejected: 'No' }, 'dataset.row.not-text-content'],
    ['a role of another tool', { chosen: [user, { role: 'bot', content: 'Hello' }], rejected: [user, bad] }, 'dataset.row.wrong-role'],
  ])('%s', (_what, row, code) => {
    expect(normalize(row)).toBe(code);
  });
});

test('whatever the values, a row is a pair of answers to one prompt, or has a fault', () => {
  const side = fc.oneof(fc.string(), fc.jsonValue(), fc.array(fc.record({ role: fc.constantFrom('user', 'assistant', 'system'), content: fc.string() }), { maxLength: 4 }));
  fc.assert(fc.property(fc.record({ prompt: side, chosen: side, rejected: side }, { requiredKeys: ['chosen', 'rejected'] }), (row) => {
    const result = normalize(row);
    if (typeof result === 'string') return;
    expect(result.messages).not.toEqual(result.rejected);
    for (const turns of [result.messages, result.rejected]) {
      expect(turns.at(-1)).toMatchObject({ role: 'assistant' });
      expect(turns.at(-1)?.weight).not.toBe(0);
      expect(turns.some(({ role }) => role === 'user')).toBe(true);
    }
  }), { numRuns: 2000 });
});
