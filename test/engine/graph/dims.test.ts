/** Symbolic dimensions behave as the numbers that they stand for. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDims, broadcastShapes, checkShape, elements, evaluateDim, multiplyDims, type Dim } from '../../../src/engine/graph/dims.ts';

const symbol = fc.constantFrom('B', 'T', 'P');
const dim: fc.Arbitrary<Dim> = fc.letrec<{ dim: Dim }>((tie) => ({
  dim: fc.oneof({ maxDepth: 3 }, fc.integer({ min: 1, max: 9 }), symbol,
    fc.tuple(tie('dim'), tie('dim')).map(([a, b]) => addDims(a, b)), fc.tuple(tie('dim'), tie('dim')).map(([a, b]) => multiplyDims(a, b))),
})).dim;
const bindings = fc.record({ B: fc.integer({ min: 1, max: 7 }), T: fc.integer({ min: 1, max: 7 }), P: fc.integer({ min: 1, max: 7 }) })
  .map((sizes) => new Map(Object.entries(sizes)));

describe('dimensions', () => {
  it('add and multiply as the numbers that they stand for', () => {
    fc.assert(fc.property(dim, dim, bindings, (a, b, bound) => {
      expect(evaluateDim(addDims(a, b), bound)).toBe(evaluateDim(a, bound) + evaluateDim(b, bound));
      expect(evaluateDim(multiplyDims(a, b), bound)).toBe(evaluateDim(a, bound) * evaluateDim(b, bound));
    }));
  });

  it('have one spelling, whatever the order', () => {
    fc.assert(fc.property(dim, dim, dim, (a, b, c) => {
      expect(addDims(addDims(a, b), c)).toBe(addDims(c, addDims(b, a)));
      expect(multiplyDims(multiplyDims(a, b), c)).toBe(multiplyDims(c, multiplyDims(b, a)));
      expect(multiplyDims(a, addDims(b, c))).toBe(addDims(multiplyDims(a, b), multiplyDims(a, c)));
    }));
  });

  it('read as one would write them', () => {
    expect(elements(['T', 4, 'B', 2])).toBe('8*B*T');
    expect(addDims('T', addDims('P', 'T'))).toBe('2*T+P');
    expect(addDims('C', 1)).toBe('C+1');
  });

  it('must be known when they are evaluated', () => {
    expect(() => evaluateDim('B*T', new Map([['B', 2]]))).toThrow('T of B*T is not known');
  });
});

describe('shapes', () => {
  it('that would abort the runtime are refused', () => {
    for (const shape of [[-1], [0], [1.5], [NaN], ['-1'], ['b c'], ['T*B'], ['']]) expect(() => checkShape(shape, 'x')).toThrow('is not a');
  });

  it('broadcast as NumPy does', () => {
    expect(broadcastShapes(['B', 1, 4], ['T', 1], 'add')).toEqual(['B', 'T', 4]);
    expect(() => broadcastShapes(['B', 3], ['T', 3], 'add')).toThrow('do not broadcast');
  });
});
