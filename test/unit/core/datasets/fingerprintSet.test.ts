/** The set of fingerprints answers as Set does. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FingerprintSet } from '../../../../src/core/datasets/fingerprintSet.ts';

test('holds what was added and nothing else, however many', () => {
  const value = fc.oneof(fc.maxSafeNat(), fc.nat(20), fc.nat(20).map((n) => n * 2 ** 32));
  fc.assert(fc.property(fc.array(value, { maxLength: 3000, size: 'max' }), value, (values, other) => {
    const expected = new Set<number>();
    const set = new FingerprintSet();
    for (const one of values) {
      expect(set.add(one)).toBe(!expected.has(one));
      expected.add(one);
    }
    expect(set.size).toBe(expected.size);
    expect(values.every((one) => set.has(one))).toBe(true);
    expect(set.has(other)).toBe(expected.has(other));
  }), { numRuns: 50 });
});
