/** What tokens stand for, joined, is the text; a character of several tokens is told with the last of them. */

import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { loadChatTokenizer } from '../../src/engine/text/chatTokenizer.ts';
import { spellTokens } from '../../src/engine/text/spelling.ts';

const tokenizer = await loadChatTokenizer(fileURLToPath(new URL('../../media/starter', import.meta.url)));
const spell = (text: string): string[] => tokenizer.spell(tokenizer.encode(text)).map((token) => token.text);

describe('a byte-level tokenizer', () => {
  test('any text is the sum of its tokens', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      expect(spell(text).join('')).toBe(text);
    }));
  });

  test('a character of four bytes belongs to the token that completes it', () => {
    const texts = spell('a🦉b');
    expect(texts.at(0)).toBe('a');
    expect(texts.slice(1, -2).every((text) => text === '')).toBe(true);
    expect(texts.slice(-2)).toEqual(['🦉', 'b']);
  });

  test('the sign for a broken character stays where it is written', () => {
    expect(spell('\uFFFD\uFFFDx').join('')).toBe('\uFFFD\uFFFDx');
  });

  test('marks of the model are named and told apart from text', () => {
    const { ids } = tokenizer.tokenizeExample([{ role: 'user', content: 'Hi' }, { role: 'assistant', content: 'Yes' }], 1);
    const specials = tokenizer.spell(ids).filter(({ isSpecial }) => isSpecial).map(({ text }) => text);
    expect(new Set(specials).size).toBeGreaterThan(0);
    for (const text of specials) expect(text).toMatch(/^<.+>$/);
    expect(tokenizer.spell(tokenizer.encode('<nothing special>')).some(({ isSpecial }) => isSpecial)).toBe(false);
  });
});

test('a decoder that takes off the first space does not take it off each word', () => {
  const words = ['▁Hello', '▁big', '▁world', '!'];
  const decode = (ids: number[]): string => ids.map((id) => words[id]).join('').replaceAll('▁', ' ').replace(/^ /, '');
  expect(spellTokens([0, 1, 2, 3, 1], decode)).toEqual(['Hello', ' big', ' world', '!', ' big']);
});

test('bytes that never become a character do not hold back what follows', () => {
  const bytes = [0x41, 0xff, 0xfe, 0xff, 0xfe, 0xff, 0x42];
  const decode = (ids: number[]): string => Buffer.from(ids).toString('utf8');
  expect(spellTokens(bytes, decode).join('')).toBe(decode(bytes));
});
