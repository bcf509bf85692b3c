/** A text counted piece by piece has as many tokens as the tokenizer gives the whole, whatever the text. */

import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { trainBpe } from '../../../../../src/engine/text/bpeTrainer.ts';
import type { ChatTokenizer } from '../../../../../src/engine/text/chat.ts';
import { createChatTokenizer, loadChatTokenizer } from '../../../../../src/engine/text/chatTokenizer.ts';
import { ChunkCounter } from '../../../../../src/core/datasets/tokens/chunkCounter.ts';
import { soundCuts } from '../../../../../src/core/datasets/tokens/soundCuts.ts';
import { GEMMA, LLAMA2, open, SPLITTING } from '../../../../engine/families.ts';

const TEXTS = [
  'Where is my order? It was to come yesterday, they said.\n\nPlease find it, and don\'t say it isn\'t there.',
  'def add(a, b):\n    if a > b:\n        return a + b\n\treturn None\n\n\n',
  'Numbers: 1 22 333 4444 in 2026.\n- one\n- two\r\n\r\n\t\tthree  and   four ', '\n\n', '\n\n\n', '  ', ' \n', 'é ü ñ 好 你好 Привет',
];

const DIGITS = [...'0123456789'];
const TWO_DIGITS = DIGITS.flatMap((a) => DIGITS.map((b) => [a, b] as const));

/** @param merged tokens of two digits, which the trainer does not make */
function trained(preTokenizer: object, { normalizer = null, merged = [] }: { normalizer?: object | null; merged?: typeof TWO_DIGITS } = {}): ChatTokenizer {
  const json = trainBpe(TEXTS.flatMap((text) => [text, text, text]), { vocabSize: 600, specialTokens: ['<|end|>'], maxTokenBytes: 12 });
  const { vocab, merges } = json.model;
  const size = Object.keys(vocab).length;
  const model = { ...json.model, vocab: { ...vocab, ...Object.fromEntries(merged.map((pair, i) => [pair.join(''), size + i])) }, merges: [...merges, ...merged] };
  return createChatTokenizer({ tokenizer: { ...json, normalizer, pre_tokenizer: preTokenizer, model }, config: { eos_token: '<|end|>' }, folder: '/m' });
}

const byteLevel = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true };
const threeDigits = { ...SPLITTING, pretokenizers: SPLITTING.pretokenizers.map((one) =>
  ('pattern' in one ? { ...one, pattern: { Regex: one.pattern?.Regex.replace('\\p{N}|', '\\p{N}{1,3}|') } } : one)) };

const TOKENIZERS: readonly (readonly [string, ChatTokenizer])[] = [
  ['the starter', await loadChatTokenizer(fileURLToPath(new URL('../../../../../media/starter', import.meta.url)))],
  ['GPT-2', trained({ ...byteLevel, use_regex: true }, { merged: TWO_DIGITS })],
  ['Qwen', trained(SPLITTING, { normalizer: { type: 'NFC' }, merged: TWO_DIGITS })],
  ['Llama 3', trained(threeDigits, { merged: TWO_DIGITS })],
  ['SentencePiece (Gemma)', open(GEMMA)],
  ['SentencePiece that begins with a space (Llama 2)', open(LLAMA2)],
];

const piece = fc.oneof(
  fc.constantFrom(' ', '  ', '\n', '\n\n', '\r\n', '\t', '\u00a0', '\u3000', 'Hello', ' you', 'it\'s', 'the', 'order', '.', ',', '):', '12', '7', '2026', '½', '١٢', 'é', 'e\u0301', '好', '👍🏽', '▁', 'a'),
  fc.string({ unit: 'binary', maxLength: 6 }),
  fc.string({ maxLength: 12 }),
);
const text = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join('').toWellFormed());

describe.each(TOKENIZERS)('%s', (_name, tokenizer) => {
  const count = (whole: string): number => tokenizer.encode(whole).length;
  const { encode, kinds, isAdditive } = soundCuts(count);

  test('counts any text as the tokenizer does', () => {
    expect(kinds).toContain('atSingleSpaces');
    const counter = new ChunkCounter(encode, kinds);
    fc.assert(fc.property(text, (whole) => counter.count(whole) === count(whole)), { numRuns: 1500 });
  });

  test('tells where two texts can be counted apart', () => {
    const counter = new ChunkCounter(encode, kinds);
    fc.assert(fc.property(text, text, (a, b) => {
      if (isAdditive && counter.cutsBetween(a, b)) expect(counter.count(a) + counter.count(b)).toBe(count(a + b));
    }), { numRuns: 500 });
  });
});

test('numbers are cut as the tokenizer cuts them', () => {
  const kindsOf = ([, tokenizer]: (typeof TOKENIZERS)[number]): string[] => [...soundCuts((whole) => tokenizer.encode(whole).length).kinds].filter((kind) => /Digit/.test(kind));
  expect(TOKENIZERS.slice(1, 4).map(kindsOf)).toEqual([[], ['everyDigit'], ['everyThirdDigit']]);
});

describe('a tokenizer that looks at whole texts', () => {
  // Two tokens for each pair of characters, wherever it begins.
  const count = (whole: string): number => Math.ceil(whole.length / 2);

  test('is given whole texts', () => {
    const { encode, kinds } = soundCuts(count);
    expect(kinds.size).toBe(0);
    expect(new ChunkCounter(encode, kinds).count('one two three 4 5 6')).toBe(10);
  });
});

describe('ChunkCounter', () => {
  test('asks for a piece once', () => {
    const asked: string[] = [];
    const counter = new ChunkCounter((one) => asked.push(one) && 1, new Set(['atSingleSpaces']));
    expect([counter.count('a b a b  c'), counter.count('a b'), counter.count('')]).toEqual([4, 2, 0]);
    expect(asked).toEqual(['a', ' b', ' a', ' b  c']);
  });

  test('goes on when it has seen more pieces than it keeps', () => {
    const counter = new ChunkCounter((one) => one.trim().length, new Set(['atSingleSpaces']));
    const words = Array.from({ length: 600_000 }, (_, i) => i.toString(36));
    for (let i = 0; i < words.length; i += 1000) {
      const some = words.slice(i, i + 1000);
      expect(counter.count(some.join(' '))).toBe(some.join('').length);
    }
    expect(counter.count('a bc def')).toBe(6);
  });

  test('cuts a piece that would take for ever', () => {
    let longest = 0;
    const counter = new ChunkCounter((one) => (longest = Math.max(longest, one.length)), new Set());
    counter.count('x'.repeat(100_000));
    expect(longest).toBe(4000);
  });
});
