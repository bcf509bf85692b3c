/** Near-duplicates are those that a comparison of all shingles of all pairs finds, whatever the length of the texts. */

import { describe, expect, test } from 'vitest';
import { NearDuplicates } from '../../../../../src/core/datasets/similarity/nearDuplicates.ts';
import { shingleLengths, Shingler } from '../../../../../src/core/datasets/similarity/shingles.ts';
import { RandomGenerator } from '../../../../../src/engine/random.ts';

const WORDS = Array.from({ length: 400 }, (_, i) => `w${(i * 7919).toString(26).replaceAll(/\d/g, (digit) => String.fromCharCode(0x71 + Number(digit)))}`);

function sentence(random: RandomGenerator, length: number): string[] {
  return Array.from({ length }, () => WORDS[random.below(WORDS.length)] ?? '');
}

/** So many of its words replaced, left out or repeated. */
function edited(random: RandomGenerator, words: readonly string[], edits: number): string[] {
  const changed = [...words];
  for (let i = 0; i < edits; i++) {
    const at = random.below(changed.length);
    const other = WORDS[random.below(WORDS.length)] ?? '';
    changed.splice(at, random.below(3) === 0 ? 0 : 1, ...(random.below(3) === 0 ? [] : [other]));
  }
  return changed;
}

/** The Jaccard index of the shingles that both are cut into; the best, where that is more than one kind. */
function jaccard(a: string, b: string): number {
  const shingler = new Shingler();
  const cut = (text: string, length: number): ReadonlySet<number> => {
    shingler.read([text]);
    return new Set(shingler.shingles(length));
  };
  const lengths = (text: string): readonly number[] => shingleLengths(shingler.read([text]));
  const shared = lengths(a).filter((length) => lengths(b).includes(length));
  return Math.max(0, ...shared.map((length) => {
    const [ofA, ofB] = [cut(a, length), cut(b, length)];
    const both = [...ofA].filter((shingle) => ofB.has(shingle)).length;
    return both / (ofA.size + ofB.size - both);
  }));
}

function groupsOf(texts: readonly string[], limits?: ConstructorParameters<typeof NearDuplicates>[0]): readonly (readonly number[])[] {
  const near = new NearDuplicates(limits);
  texts.forEach((text, i) => near.add(i + 1, text));
  return near.finish();
}

describe('against the exact comparison', () => {
  // Pairs at 0.8 itself are found or not by the estimate's chance; beyond two deviations they are told apart.
  test.each([
    ['questions', 6, 15],
    ['questions about where the length of a shingle changes', 17, 26],
    ['paragraphs', 40, 70],
    ['pages', 100, 600],
  ])('%s', (_what, shortest, longest) => {
    const random = new RandomGenerator(longest);
    let alike = 0;
    let found = 0;
    let wrong = 0;
    for (let round = 0; round < 600; round++) {
      const words = sentence(random, shortest + random.below(longest - shortest));
      const [a, b] = [words.join(' '), edited(random, words, 1 + random.below(1 + words.length / 15)).join(' ')];
      const index = jaccard(a, b);
      const isFound = groupsOf([a, b]).length === 1;
      if (index >= 0.88) {
        alike++;
        if (isFound) found++;
      }
      if (index < 0.7 && isFound) wrong++;
    }
    expect(alike).toBeGreaterThan(30);
    expect(found / alike).toBeGreaterThan(0.97);
    expect(wrong).toBeLessThan(4);
  });

  test('what a template gives to all rows makes none of them alike', () => {
    const random = new RandomGenerator(9);
    const template = sentence(random, 80).join(' ');
    const filled = Array.from({ length: 100 }, (_, i) => `${template} use the numbers ${i} ${i * 7} ${i * 13} for ${i * 3} ${template}`);
    expect(groupsOf(filled)).toEqual([]);
    expect(groupsOf([...filled, `${filled[3] ?? ''} !`, filled[40] ?? ''])).toEqual([[4, 101], [41, 102]]);
    // Of so few rows, what they share may as well be a repetition.
    expect(groupsOf([filled[0] ?? '', `${filled[0] ?? ''} !`])).toEqual([[1, 2]]);
  });

  test('texts that have nothing to do with each other are not confused', () => {
    const random = new RandomGenerator(5);
    expect(groupsOf(Array.from({ length: 20_000 }, () => sentence(random, 4 + random.below(80)).join(' ')))).toEqual([]);
  });

  test('nor are rows of three words, two of which they share', () => {
    expect(groupsOf(Array.from({ length: 20_000 }, (_, i) => `question ${i}, answer ${i}`))).toEqual([]);
  });
});

describe('what is nearly the same', () => {
  const question = 'I have been waiting over a week. Is the card still coming?';

  test.each([
    ['case, punctuation and space', question, 'i have been waiting over a week - is the  card STILL coming'],
    ['one more word', question, 'I have been waiting over a week. Is the new card still coming?'],
    ['a script without spaces', '今天天气很好我们去公园散步吧大家一起来', '今天天气很好我们去公园散步吧大家都一起来'],
    ['letters beyond ASCII', 'Où est ma carte, déjà commandée à Zürich?', 'où est MA CARTE DÉJÀ commandée à ZÜRICH'],
    ['one other word in fifty', sentence(new RandomGenerator(1), 50).join(' '), sentence(new RandomGenerator(1), 50).with(25, 'other').join(' ')],
    ['signs beyond U+FFFF', '👍', '👍!'],
  ])('%s', (_what, a, b) => {
    expect(groupsOf([a, b])).toEqual([[1, 2]]);
  });

  test.each([
    ['another question of as many words', question, 'I have been charged twice this week. Is the refund still coming?'],
    ['the same with another number', `${question} It was sent on day 12`, `${question} It was sent on day 13`],
    ['the half of it', question, 'I have been waiting over a week.'],
    ['two texts without words', '!!!', '???'],
    ['two empty texts', '', ''],
    ['two other labels', 'yes', 'no'],
    ['a long text and its first sentence', `${question} ${sentence(new RandomGenerator(2), 60).join(' ')}`, question],
  ])('and what is not: %s', (_what, a, b) => {
    expect(groupsOf([a, b])).toEqual([]);
  });

  test('is grouped: each row once, groups by their first row', () => {
    expect(groupsOf(['alpha beta gamma', 'one two three', 'ONE two three', 'other', 'Alpha, beta, gamma', 'one; two; three'])).toEqual([[1, 5], [2, 3, 6]]);
  });

  test('several texts count as one', () => {
    const near = new NearDuplicates();
    near.add(10, ['a question', 'and an answer']);
    near.add(20, 'a question and an answer');
    expect(near.finish()).toEqual([[10, 20]]);
  });

  test('more can be added, with the groups of one pass', () => {
    const random = new RandomGenerator(3);
    const texts = Array.from({ length: 300 }, () => sentence(random, 3).join(' '));
    const near = new NearDuplicates();
    for (let i = 0; i < texts.length; i++) {
      near.add(i + 1, texts[i % 100] ?? '');
      if (i % 70 === 0) near.finish();
    }
    expect(near.finish()).toEqual(groupsOf(texts.map((_, i) => texts[i % 100] ?? '')));
  });
});

test('what does not fit into memory is compared all the same', () => {
  const random = new RandomGenerator(4);
  const texts: string[] = [];
  for (let i = 0; i < 3000; i++) texts.push((i % 10 === 9 ? edited(random, (texts[random.below(i)] ?? '').split(' '), 1) : sentence(random, 20 + random.below(60))).join(' '));
  const groups = groupsOf(texts);
  expect(groups.length).toBeGreaterThan(200);
  // A block of keys in memory and 40 on disk; a table for 64 keys.
  expect(groupsOf(texts, { block: 64, blocksKept: 1, slots: 128 })).toEqual(groups);
});
