/** The scroll bar reaches every row of any number of them, and a movement in view is exact. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clampTop, farthestTop, isExact, rowAfterKey, rowsInView, scrollHeight, scrollTopAt, TALLEST, topAt, topToShow } from '../../../webview/dataset/scroll.ts';

const sizes = fc.record({ count: fc.integer({ min: 0, max: 50_000_000 }), rowHeight: fc.constant(26), height: fc.integer({ min: 26, max: 2000 }) });
const million = { count: 1_000_000, rowHeight: 26, height: 520 };

describe('the scroll bar', () => {
  it('is never taller than browsers can', () => {
    fc.assert(fc.property(sizes, (size) => {
      expect(scrollHeight(size)).toBeLessThanOrEqual(TALLEST);
    }));
    expect(isExact({ ...million, count: 1000 })).toBe(true);
    expect(isExact(million)).toBe(false);
  });

  it('stands at its ends where the first and the last row are in view', () => {
    fc.assert(fc.property(sizes, (size) => {
      expect(rowsInView(topAt(0, size), size).first).toBe(0);
      expect(rowsInView(topAt(scrollHeight(size), size), size).end).toBe(size.count);
    }));
  });

  it('is back where it was when it is set to what it showed', () => {
    fc.assert(fc.property(sizes, fc.double({ min: 0, max: 1, noNaN: true }), (size, share) => {
      const top = share * farthestTop(size);
      expect(topAt(scrollTopAt(top, size), size)).toBeCloseTo(top, 3);
    }));
  });

  it('is a pixel a pixel as long as it can be', () => {
    expect(topAt(137, { count: 1000, rowHeight: 26, height: 520 })).toBeCloseTo(137, 9);
  });
});

describe('rows in view', () => {
  it('fill the window and no more than one beyond each edge', () => {
    fc.assert(fc.property(sizes, fc.nat(), (size, wanted) => {
      const top = clampTop(wanted, size);
      const { first, end } = rowsInView(top, size);
      expect(end - first).toBeLessThanOrEqual(Math.ceil(size.height / 26) + 1);
      if (size.count * 26 >= size.height) expect((end - first) * 26).toBeGreaterThanOrEqual(size.height);
    }));
  });

  it('move only as far as a row needs', () => {
    expect(topToShow(10, 0, million)).toBe(0);
    expect(topToShow(20, 0, million)).toBe(26);
    expect(topToShow(3, 1000, million)).toBe(78);
    expect(topToShow(999_999, 0, million)).toBe(farthestTop(million));
  });
});

it('keys lead through the rows and stop at their ends', () => {
  expect(['ArrowDown', 'ArrowUp', 'PageDown', 'PageUp', 'Home', 'End', 'x'].map((key) => rowAfterKey(key, 100, million))).toEqual([101, 99, 119, 81, 0, 999_999, undefined]);
  expect([rowAfterKey('ArrowUp', 0, million), rowAfterKey('PageDown', 999_990, million)]).toEqual([0, 999_999]);
  expect(rowAfterKey('End', 0, { ...million, count: 0 })).toBeUndefined();
});
