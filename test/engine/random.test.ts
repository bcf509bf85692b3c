/** Random numbers can be repeated, and have the distributions that they promise. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RandomGenerator } from '../../src/engine/random.ts';

const seed = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });

describe('random numbers', () => {
  it('go on from a state that was written down', () => {
    fc.assert(fc.property(seed, fc.nat(50), (start, count) => {
      const random = new RandomGenerator(start);
      for (let i = 0; i < count; i++) random.nextWord();
      const copy = new RandomGenerator(JSON.parse(JSON.stringify(random.state)) as typeof random.state);
      expect(Array.from({ length: 5 }, () => copy.uniform())).toEqual(Array.from({ length: 5 }, () => random.uniform()));
    }));
  });

  it('differ from seed to seed, beyond 32 bits too, and from stream to stream', () => {
    const first = [0, 1, 2, 2 ** 32, 2 ** 32 + 1, 5 * 2 ** 32].map((start) => new RandomGenerator(start).uniform());
    expect(new Set(first).size).toBe(first.length);
    const streams = Array.from({ length: 20 }, (_, stream) => new RandomGenerator(Number.MAX_SAFE_INTEGER, stream).uniform());
    expect(new Set(streams).size).toBe(streams.length);
  });

  it('have the moments of their distributions', () => {
    const random = new RandomGenerator(1);
    const count = 20_000;
    const uniform = Array.from({ length: count }, () => random.uniform());
    const normal = Array.from({ length: count }, () => random.normal());
    const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
    expect(mean(uniform)).toBeCloseTo(0.5, 1.5);
    expect(mean(uniform.map((value) => (value - 0.5) ** 2))).toBeCloseTo(1 / 12, 2);
    expect(Math.abs(mean(normal))).toBeLessThan(0.03);
    expect(Math.abs(mean(normal.map((value) => value * value)) - 1)).toBeLessThan(0.05);
  });

  it('shuffle without losing anything', () => {
    fc.assert(fc.property(seed, fc.array(fc.integer()), (start, items) => {
      expect(new RandomGenerator(start).shuffle([...items]).sort()).toEqual([...items].sort());
    }));
  });

  it('draw below a limit every value about as often', () => {
    const random = new RandomGenerator(3);
    const counts = new Array<number>(7).fill(0);
    for (let i = 0; i < 7000; i++) counts[random.below(7)] += 1;
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });

  it('are those of sfc32, worked out by hand', () => {
    // 1 + 2 + 4; then a = 2 ^ (2 >> 9) = 2, b = 9 · 3 = 27, c = (3 << 21) + 7 = 6291463 and 2 + 27 + 5;
    // then a = 27, b = 9 · 6291463 = 56623167 and 27 + 56623167 + 6.
    const random = new RandomGenerator([1, 2, 3, 4]);
    expect([random.nextWord(), random.nextWord(), random.nextWord()]).toEqual([7, 34, 56623200]);
  });
});
