/** AdamW and clipping against steps worked out by hand. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clipFactor, globalNorm, initAdamw, updateAdamw } from '../../../src/engine/train/optimizer.ts';
import { flattenParameters } from '../../../src/engine/train/parameters.ts';

const DEFAULTS = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
const MATRIX = [{ name: 'w', shape: [1, 2], offset: 0, length: 2 }];
const VECTOR = [{ name: 'norm', shape: [2], offset: 0, length: 2 }];

describe('AdamW', () => {
  it('moves by the learning rate in its first step, whatever the size of the gradient', () => {
    const values = Float32Array.from([1, 1]);
    updateAdamw(values, Float32Array.from([1e-3, -50]), initAdamw(2), MATRIX, { ...DEFAULTS, weightDecay: 0, learningRate: 0.1 });
    // m / (1 - β1) = g and v / (1 - β2) = g², so the step is g / |g|.
    expect(values[0]).toBeCloseTo(0.9, 5);
    expect(values[1]).toBeCloseTo(1.1, 5);
  });

  it('agrees with two steps by hand', () => {
    const values = Float32Array.from([0.5, 0]);
    let state = initAdamw(2);
    for (const gradient of [0.2, -0.4]) {
      state = updateAdamw(values, Float32Array.from([gradient, 0]), state, MATRIX, { ...DEFAULTS, weightDecay: 0.1, learningRate: 0.01 });
    }
    // Step 1: 0.5 · (1 - 0.001) - 0.01 = 0.4895. Step 2: m = 0.9·0.02 - 0.04 = -0.022, v = 0.999·4e-5 + 1.6e-4 = 1.9996e-4,
    // m̂ = -0.022 / 0.19 = -0.1157895, v̂ = 1.9996e-4 / 0.001999 = 0.1000300, so + 0.01 · 0.1157895 / 0.3162752.
    expect(values[0]).toBeCloseTo(0.4895 * 0.999 + 0.01 * 0.1157895 / 0.3162752, 6);
    expect(state.step).toBe(2);
    expect(state.firstMoment[0]).toBeCloseTo(-0.022, 7);
    expect(state.secondMoment[0]).toBeCloseTo(1.9996e-4, 9);
  });

  it('decays matrices and leaves norms alone', () => {
    const settings = { ...DEFAULTS, weightDecay: 0.5, learningRate: 0.1 };
    const [matrix, vector] = [Float32Array.from([2, 2]), Float32Array.from([2, 2])];
    updateAdamw(matrix, new Float32Array(2), initAdamw(2), MATRIX, settings);
    updateAdamw(vector, new Float32Array(2), initAdamw(2), VECTOR, settings);
    expect([...matrix]).toEqual([Math.fround(1.9), Math.fround(1.9)]);
    expect([...vector]).toEqual([2, 2]);
  });

  it('takes a clipped gradient as if it had been scaled before', () => {
    const settings = { ...DEFAULTS, weightDecay: 0, learningRate: 0.1 };
    const [clipped, scaled] = [Float32Array.from([1, 2]), Float32Array.from([1, 2])];
    const first = updateAdamw(clipped, Float32Array.from([3, 4]), initAdamw(2), MATRIX, { ...settings, gradientScale: 0.25 });
    const second = updateAdamw(scaled, Float32Array.from([0.75, 1]), initAdamw(2), MATRIX, settings);
    expect([clipped, first]).toEqual([scaled, second]);
  });
});

describe('clipping', () => {
  it('brings the norm down to the limit and never up', () => {
    fc.assert(fc.property(fc.array(fc.float({ min: -100, max: 100, noNaN: true }), { minLength: 1 }), fc.double({ min: 0.1, max: 10, noNaN: true }), (items, limit) => {
      const norm = globalNorm(Float32Array.from(items));
      expect(norm * clipFactor(norm, limit)).toBeLessThanOrEqual(Math.min(norm, limit) + 1e-9);
      if (norm < limit - 1e-3) expect(clipFactor(norm, limit)).toBe(1);
    }));
  });

  it('is off at zero', () => {
    expect(clipFactor(1e6, 0)).toBe(1);
  });

  it('sees what is not a number', () => {
    expect(globalNorm(Float32Array.from([1, NaN]))).toBeNaN();
    expect(globalNorm(Float32Array.from([1, Infinity]))).toBe(Infinity);
    expect(globalNorm(Float32Array.from([3, 4]))).toBe(5);
  });
});

it('parameters lie end to end in the order of their names, and their views share memory', () => {
  const tensor = (...numbers: number[]) => ({ shape: [numbers.length], data: Float32Array.from(numbers) });
  const flat = flattenParameters(new Map([['b', tensor(3)], ['a', tensor(1, 2)]]));
  expect([...flat.values]).toEqual([1, 2, 3]);
  flat.values[2] = 9;
  expect(flat.tensors.get('b')!.data[0]).toBe(9);
});
