/** The BPE trainer: known merges, determinism, and a tokenizer.json that reads back any text. */

import { Tokenizer } from '@huggingface/tokenizers';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { trainBpe } from '../../src/engine/text/bpeTrainer.ts';
import { MaxHeap } from '../../src/engine/text/maxHeap.ts';

const SPECIAL = ['<|endoftext|>', '<|im_start|>', '<|im_end|>'];
const TEXTS = ['low lower lowest, newer newest wider', 'low low low the lower the newer 2024 and 1,999', 'Über café – naïve 日本語 🙂 low'];

function train(texts: readonly string[], vocabSize: number): ReturnType<typeof trainBpe> {
  return trainBpe(texts, { vocabSize, specialTokens: SPECIAL, maxTokenBytes: 16 });
}

describe('training', () => {
  test('merges the most frequent pair first and, of equal ones, the pair of smaller ids', () => {
    // "ab" occurs 3 times, "cd" and "ef" twice: ids follow the alphabet, so "cd" comes before "ef".
    const { model } = train(['ab ab ab', 'cd\ncd\nef\nef'], 3 + 256 + 4);
    expect(model.merges.slice(0, 1)).toEqual([['a', 'b']]);
    expect(model.merges.findIndex(([a]) => a === 'c')).toBeLessThan(model.merges.findIndex(([a]) => a === 'e'));
  });

  test('gives special tokens the first ids, then the bytes, then the merges in order', () => {
    const { model, added_tokens: added } = train(TEXTS, 270);
    expect(added.map(({ id, content }) => [id, content])).toEqual(SPECIAL.map((token, id) => [id, token]));
    expect(Object.keys(model.vocab)).toHaveLength(270);
    expect(new Set(Object.values(model.vocab)).size).toBe(270);
    expect(model.merges.map(([a, b]) => model.vocab[a + b])).toEqual(Array.from({ length: 270 - 259 }, (_, i) => 259 + i));
  });

  test('stops when no pair occurs twice', () => {
    expect(Object.keys(train(['abcdef'], 5000).model.vocab)).toHaveLength(259);
  });

  test('never builds an entry beyond the longest allowed', () => {
    const { model } = trainBpe([`${'internationalization '.repeat(9)}`], { vocabSize: 400, specialTokens: [], maxTokenBytes: 6 });
    expect(Math.max(...Object.keys(model.vocab).map((token) => token.length))).toBe(6);
  });

  test('does not depend on the order of the texts', () => {
    expect(train([...TEXTS].reverse(), 320)).toEqual(train(TEXTS, 320));
  });

  test('counts agree with counting everything anew at each merge', () => {
    const texts = fc.array(fc.stringMatching(/^[abc ]{0,12}$/), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(texts, (sample) => {
        expect(train(sample, 259 + 12).model.merges).toEqual(slowMerges(sample, 12));
      }),
      { numRuns: 200 },
    );
  });
});

describe('the written tokenizer', () => {
  const tokenizer = new Tokenizer(train(TEXTS, 340), {});
  const encode = (text: string): number[] => tokenizer.encode(text).ids;

  test('reads back any text, letter for letter', () => {
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), fc.string()).filter((x) => x !== '' && x.isWellFormed());
    fc.assert(
      fc.property(text, (sample) => {
        expect(tokenizer.decode(encode(sample), { clean_up_tokenization_spaces: false })).toBe(sample);
      }),
      { numRuns: 500 },
    );
  });

  test('spells numbers and keeps special tokens whole', () => {
    expect(tokenizer.encode('<|im_start|>2024<|im_end|>').tokens).toEqual(['<|im_start|>', '2', '0', '2', '4', '<|im_end|>']);
  });

  test('uses what it learned', () => {
    expect(tokenizer.encode('low').tokens).toEqual(['low']);
    expect(tokenizer.encode(' low lowest').tokens).toEqual(['Ġlow', 'Ġlow', 'est']);
  });
});

test('the queue gives the largest priority first and, of equal ones, the smallest key', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(9), fc.nat(9))), (entries) => {
      const heap = new MaxHeap();
      for (const [priority, key] of entries) heap.push(priority, key);
      const sorted = [...entries].sort((a, b) => b[0] - a[0] || a[1] - b[1]);
      expect(entries.map(() => heap.pop())).toEqual(sorted.map(([priority, key]) => ({ priority, key })));
      expect(heap.pop()).toBeUndefined();
    }),
  );
});

/** The same algorithm without any bookkeeping, for texts of a, b, c and spaces. */
function slowMerges(texts: readonly string[], limit: number): [string, string][] {
  const { model } = train([], 0);
  const ids = new Map(Object.entries(model.vocab));
  let words = texts.flatMap((text) => [...text.matchAll(/ ?\p{L}+|\s+(?!\S)|\s+/gu)].map(([word]) => [...word.replaceAll(' ', 'Ġ')]));
  const merges: [string, string][] = [];
  while (ids.size < 259 + limit) {
    const counts = new Map<string, number>();
    for (const word of words) for (let i = 1; i < word.length; i++) {
      const key = `${word[i - 1]} ${word[i]}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    const ranked = [...counts].filter(([, count]) => count > 1).map(([key, count]) => ({ pair: key.split(' ') as [string, string], count }));
    ranked.sort((x, y) => y.count - x.count || ids.get(x.pair[0])! - ids.get(y.pair[0])! || ids.get(x.pair[1])! - ids.get(y.pair[1])!);
    const best = ranked[0];
    if (best === undefined) break;
    const [left, right] = best.pair;
    merges.push([left, right]);
    if (!ids.has(left + right)) ids.set(left + right, ids.size);
    words = words.map((word) => {
      const next: string[] = [];
      for (let i = 0; i < word.length; i++) {
        if (word[i] === left && word[i + 1] === right) next.push(word[i++] + right);
        else next.push(word[i]);
      }
      return next;
    });
  }
  return merges;
}
