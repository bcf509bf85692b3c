/** An answer is right when it is the expected one but for case, spacing and the last punctuation mark. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { exactMatch, normalizeAnswer } from '../../../../src/core/evaluation/metrics.ts';
import { anyText } from '../datasets/anyText.ts';

test.each([
  ['Billing', 'billing'],
  ['  card_arrival\n', 'card_arrival'],
  ['Network  team.', 'network team'],
  ['Ja!', 'ja'],
  ['ＡＢＣ', 'abc'],
  ['', ''],
  ['?', '?'],
])('%j is %j', (answer, expected) => {
  expect(exactMatch(answer, expected)).toBe(true);
});

test.each([
  ['billing team', 'billing'],
  ['', 'billing'],
  ['3.5', '35'],
  ['!', '?'],
  ['-5', '5'],
])('%j is not %j', (answer, expected) => {
  expect(exactMatch(answer, expected)).toBe(false);
});

test('normalizing twice changes nothing more, and every answer matches itself', () => {
  fc.assert(
    fc.property(anyText(), (answer) => {
      expect(normalizeAnswer(normalizeAnswer(answer))).toBe(normalizeAnswer(answer));
      expect(exactMatch(answer, answer)).toBe(true);
    }),
    { numRuns: 500 },
  );
});
