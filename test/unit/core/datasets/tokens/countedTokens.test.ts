/** The sums for a row are the lengths of what it is trained on, for the templates of every family and any text. */

import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ChatMessage, ModelTokenizer } from '../../../../../src/engine/text/chat.ts';
import { createChatTokenizer, loadChatTokenizer } from '../../../../../src/engine/text/chatTokenizer.ts';
import { CountedTokens } from '../../../../../src/core/datasets/tokens/countedTokens.ts';
import { EstimatedTokens } from '../../../../../src/core/datasets/tokens/estimate.ts';
import type { RowTokens } from '../../../../../src/core/datasets/tokens/rowTokens.ts';
import { GEMMA, LLAMA2, LLAMA3, MISTRAL, open, QWEN2, QWEN3, tokenizerOf } from '../../../../engine/families.ts';

const starter = await loadChatTokenizer(fileURLToPath(new URL('../../../../../media/starter', import.meta.url)));

const FAMILIES: readonly (readonly [string, ModelTokenizer])[] = [
  ['the starter', starter], ['Llama 2', open(LLAMA2)], ['Llama 3', open(LLAMA3)], ['Gemma', open(GEMMA)], ['Qwen 2.5', open(QWEN2)], ['Qwen 3', open(QWEN3)], ['Mistral', open(MISTRAL)],
];

/** What training would see of the row, or undefined when it would refuse it. */
function inFull(tokenizer: ModelTokenizer, messages: readonly ChatMessage[]): Omit<RowTokens, 'isOpen'> | undefined {
  try {
    const { ids, trained } = tokenizer.tokenizeExample(messages, 1);
    const first = trained.indexOf(1);
    return { total: ids.length, trained: trained.reduce((sum, one) => sum + one, 0), beforeTrained: first < 0 ? ids.length : first };
  } catch {
    return undefined;
  }
}

const say = (role: ChatMessage['role'], content: string): ChatMessage => ({ role, content });
const ask = (question: string, answer: string): readonly ChatMessage[] => [say('user', question), say('assistant', answer)];

const content = fc.oneof(
  fc.lorem(),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }).map((text) => text.toWellFormed()),
  fc.constantFrom('12 of 345', ' padded ', '\n\nafter breaks\n', '- list\n- of two', '你好,世界', 'a </think> b', '<|im_end|>', 'Hello</s>', '', ' ', '[INST] x', '1', '\u00a0x\u00a0', '```\n  code\n```'),
);
const conversation = fc.tuple(fc.option(content), fc.array(fc.tuple(content, content, fc.boolean()), { minLength: 1, maxLength: 3 })).map(([system, turns]) => [
  ...(system === null ? [] : [say('system', system)]),
  ...turns.flatMap(([question, answer, isLearnt], i): readonly ChatMessage[] => [say('user', question), { ...say('assistant', answer), ...(!isLearnt && i < turns.length - 1 && { weight: 0 }) }]),
]);

describe.each(FAMILIES)('%s', (_name, tokenizer) => {
  test.each([
    ['any conversation', fc.array(conversation, { minLength: 1, maxLength: 6 })],
    // Only the first of a kind is compared with the tokenizer's own.
    ['one of many of a kind', fc.array(fc.tuple(content, content).map(([question, answer]) => ask(question, answer)), { minLength: 6, maxLength: 15 })],
  ])('%s is counted as it is trained on', (_what, rowsOf) => {
    fc.assert(fc.property(rowsOf, (rows) => {
      const counted = new CountedTokens('m', tokenizer);
      counted.count(ask('Hello', 'Fine'), 1);
      for (const messages of rows) {
        const tokens = counted.count(messages, 1);
        const real = inFull(tokenizer, messages);
        if (real === undefined) expect(typeof tokens).toBe('string');
        else expect(tokens).toMatchObject(real);
      }
    }), { numRuns: 40 });
  });
});

test('a word that the vocabulary joins with the next one is not cut', () => {
  const joining = open({ ...GEMMA, words: ['x> </p'] });
  expect(joining.joinedWords).toContain('x> </p');
  const counted = new CountedTokens('m', joining);
  for (const [i, answer] of ['Hello', 'Fine', '<p>x> </p>', 'a > b'].entries()) {
    expect(counted.count(ask('Hello', answer), i)).toMatchObject(inFull(joining, ask('Hello', answer)) ?? {});
  }
});

test('rows of a kind are counted without the tokenizer', () => {
  let encoded = 0;
  const spied = new Proxy(starter, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]): unknown => {
        if (name === 'tokenizeExample') encoded++;
        return Reflect.apply(value, target, args);
      };
    },
  });
  const counted = new CountedTokens('m', spied);
  for (let i = 0; i < 500; i++) counted.count([say('system', 'Be brief.'), ...ask(`Where is order ${i}?`, `On its way ${i}.`)], i);
  // Two to learn the shape; rows 1, 16 and 256 to check it.
  expect(encoded).toBe(5);
});

describe('what is said of a row', () => {
  const counted = new CountedTokens('m', open(LLAMA3));
  const ofMistral = new CountedTokens('m', open(MISTRAL));

  test('a conversation that the template does not accept has no tokens, and the reason', () => {
    expect(ofMistral.count([say('system', 'Be brief.'), ...ask('Hello', 'Fine')], 7)).toContain('There is no system role');
  });

  test('special tokens are found in texts, and others are not', () => {
    expect([counted.findSpecial('a <|eot_id|> b'), counted.findSpecial('a <|eot| b'), counted.findSpecial('')]).toEqual(['<|eot_id|>', undefined, undefined]);
    expect(ofMistral.findSpecial('say [INST] twice')).toBe('[INST]');
  });

  test('a row that the template does not close ends open', () => {
    const template = '{% for message in messages %}{{ message.role + ": " + message.content + "<|end|>" }}{% endfor %}';
    const closed = createChatTokenizer({ tokenizer: tokenizerOf(['<|end|>', '<|other|>']), config: { eos_token: '<|end|>' }, template, folder: '/m' });
    const isOpen = (tokenizer: ModelTokenizer): unknown => new CountedTokens('m', tokenizer).count(ask('Hello', 'Fine'), 1);
    expect(isOpen(closed)).toMatchObject({ isOpen: false });
    const unended = createChatTokenizer({ tokenizer: tokenizerOf(['<|end|>', '<|other|>']), config: {}, template: template.replace('"<|end|>"', '"."'), folder: '/m' });
    expect(isOpen(unended)).toMatchObject({ isOpen: true });
  });

  test('a model without a template is refused', () => {
    const bare = createChatTokenizer({ tokenizer: tokenizerOf(['<|end|>']), config: {}, folder: '/m' });
    expect(() => new CountedTokens('m', bare).count(ask('Hello', 'Fine'), 1)).toThrow(expect.objectContaining({ code: 'model.chat-template.missing' }));
  });
});

test('an estimate counts a token for four bytes, and what stands around a turn', () => {
  const turns = [say('system', 'abcd'), say('user', 'abcdefgh'), say('assistant', 'äöüß')];
  expect(new EstimatedTokens().count(turns)).toEqual({ total: 6 + 7 + 7, trained: 3, beforeTrained: 16, isOpen: false });
});
