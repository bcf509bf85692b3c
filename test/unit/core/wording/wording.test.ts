/** Numbers and lists read the way a person writes them. */

import { describe, expect, test } from 'vitest';
import { formatList, formatRows, nearestWord, quoteBriefly } from '../../../../src/core/wording/lists.ts';
import { formatBytes, formatCount, formatDuration, formatMeasure, formatPercent, formatPoints, formatQuantity } from '../../../../src/core/wording/numbers.ts';

describe('numbers', () => {
  test('counts', () => {
    expect([0, 999, 10_003, 1_234_567].map(formatCount)).toEqual(['0', '999', '10,003', '1,234,567']);
    expect([formatQuantity(1, 'row'), formatQuantity(0, 'row'), formatQuantity(2, 'entry', 'entries')]).toEqual(['1 row', '0 rows', '2 entries']);
  });

  test.each([
    [0, '0 bytes'],
    [1, '1 byte'],
    [999, '999 bytes'],
    [1000, '1.0 kB'],
    [839_073, '839 kB'],
    [999_949, '1000 kB'],
    [62_914_560, '62.9 MB'],
    [1_000_000_000, '1.0 GB'],
    [5e15, '5000 TB'],
  ])('%i bytes', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });

  test.each([
    [0, '0 ms'],
    [0.042, '42 ms'],
    [0.9996, '1 s'],
    [1.24, '1.2 s'],
    [9.97, '10 s'],
    [59.7, '1 min'],
    [75, '1 min 15 s'],
    [3599.9, '1 h'],
    [7260, '2 h 1 min'],
    [86_399, '1 d'],
    [200_000, '2 d 8 h'],
  ])('%f seconds', (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text);
  });

  test.each([
    [0, '0%'],
    [0.0004, '<0.1%'],
    [0.003, '0.3%'],
    [0.614, '61%'],
    [0.997, '99.7%'],
    [0.9999, '>99.9%'],
    [1, '100%'],
  ])('share %f', (share, text) => {
    expect(formatPercent(share)).toBe(text);
  });

  test.each([
    [0.27, '+27'],
    [-0.005, '−0.5'],
    [0, '0'],
    [0.00001, '0'],
    [1, '+100'],
  ])('difference %f', (difference, text) => {
    expect(formatPoints(difference)).toBe(text);
  });
});

describe('lists', () => {
  test('of words', () => {
    expect([[], ['a'], ['a', 'b'], ['a', 'b', 'c']].map((items) => formatList(items))).toEqual(['', 'a', 'a and b', 'a, b and c']);
  });

  test('of rows', () => {
    expect(formatRows('Row', [4211], 1)).toBe('Row 4,211');
    expect(formatRows('Line', [4, 9], 2)).toBe('Lines 4 and 9');
    expect(formatRows('Row', [1, 2, 3, 4, 5, 6], 40)).toBe('Rows 1, 2, 3, 4 and 36 more');
  });

  test('a value is quoted on one line, shortened, without breaking a character', () => {
    expect(quoteBriefly('a\nb\0c')).toBe('"a b c"');
    expect(quoteBriefly('😀'.repeat(50), 5)).toBe('"😀😀😀😀…"');
  });

  test('the nearest word is the one meant, if any is near', () => {
    const words = ['learningRate', 'epochs', 'rank', 'maxLength'];
    expect(['epoch', 'learning_rate', 'LearningRate', 'rnak', 'maxLen', 'colour'].map((word) => nearestWord(word, words))).toEqual([
      'epochs', 'learningRate', 'learningRate', 'rank', undefined, undefined,
    ]);
  });
});

test('what is measured has enough digits to see a change', () => {
  expect([0, 1e-5, 0.00084, 0.0027, 0.0123, 0.5123, 2.3456, 99.96, 812.4, 42_137, NaN].map(formatMeasure)).toEqual(
    ['0', '1.0e-5', '0.00084', '0.0027', '0.012', '0.512', '2.346', '100', '812', '42,137', 'NaN']);
});
