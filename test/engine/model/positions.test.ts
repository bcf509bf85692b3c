/** What layers see of positions: masks with and without a window, and arrays shared by layers that are alike. */

import { expect, it } from 'vitest';
import { KeyValueCache } from '../../../src/engine/generate/cache.ts';
import type { ArrayTensor } from '../../../src/engine/graph/executor.ts';
import { causalMask, LayerPositions } from '../../../src/engine/model/positions.ts';
import { FEATURED, TINY } from '../tiny.ts';

/** One line a query: x where it may look. */
function drawn({ data, shape }: ArrayTensor): string[] {
  const width = shape.at(-1)!;
  return Array.from({ length: data.length / width }, (_, row) =>
    Array.from({ length: width }, (__, column) => (Number(data[row * width + column]) === 0 ? 'x' : '.')).join(''));
}

it('a token sees itself and all before it', () => {
  expect(drawn(causalMask(4, 'float32'))).toEqual(['x...', 'xx..', 'xxx.', 'xxxx']);
});

it('with a window of three, a token sees itself and the two before it', () => {
  expect(drawn(causalMask(5, 'float32', 3))).toEqual(['x....', 'xx...', 'xxx..', '.xxx.', '..xxx']);
  expect(drawn(causalMask(3, 'float64', 1))).toEqual(['x..', '.x.', '..x']);
});

it('over a cache, a window counts from the new token, whose place is the last', () => {
  const cache = new KeyValueCache(TINY, 3, 4);
  [0, 2, 5].forEach((length, row) => cache.setLength(row, length));
  const shown = (window?: number): string[] => drawn(cache.mask(window)).map((line) => `${line.slice(0, 6)} ${line.at(-1)}`);
  expect(shown()).toEqual(['...... x', 'xx.... x', 'xxxxx. x']);
  expect(shown(3)).toEqual(['...... x', 'xx.... x', '...xx. x']);
  expect(shown(1)).toEqual(['...... x', '...... x', '...... x']);
});

it('layers that are alike are given the same arrays, and a row within the window needs no mask of its own', () => {
  const positions = new LayerPositions({ ...FEATURED, layers: 5 }, 'float32');
  const made: (number | undefined)[] = [];
  const feedsOf = (length: number): ReturnType<LayerPositions['upTo']> => positions.upTo(length, (window) => {
    made.push(window);
    return causalMask(length, 'float32', window);
  });
  const long = feedsOf(6);
  expect(made).toEqual([3, undefined]);
  expect(long[2].mask).toBe(long[0].mask);
  expect(long[2].cos).toBe(long[4].cos);
  expect(long[1].mask).not.toBe(long[0].mask);
  expect(long[1].cos).not.toBe(long[0].cos);
  const short = feedsOf(3);
  expect(made.slice(2)).toEqual([undefined]);
  expect(short[0].mask).toBe(short[1].mask);
  expect(short[0].cos).toBe(long[0].cos);
});
