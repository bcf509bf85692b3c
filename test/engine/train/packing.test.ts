/** Packs hold every row once and leave little room; in the model, rows of one pack do not know of each other. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FloatArray } from '../../../src/engine/graph/executor.ts';
import { makeBatch, packBatch, type TokenBatch } from '../../../src/engine/model/batch.ts';
import type { DecoderConfig } from '../../../src/engine/model/decoder.ts';
import { DecoderRuntime } from '../../../src/engine/model/runtime.ts';
import { packRows } from '../../../src/engine/train/packing.ts';
import { livelyWeights, randomRows, TINY } from '../tiny.ts';

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

describe('packs', () => {
  it('hold every row once and never more than fits', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 40 }).chain((capacity) =>
      fc.tuple(fc.constant(capacity), fc.array(fc.integer({ min: 1, max: capacity }), { maxLength: 60 }))), ([capacity, lengths]) => {
      const packs = packRows(lengths, capacity);
      expect(packs.flat().sort((a, b) => a - b)).toEqual(lengths.map((_, row) => row));
      for (const pack of packs) expect(sum(pack.map((row) => lengths[row]))).toBeLessThanOrEqual(capacity);
    }));
  });

  it('fill the fullest pack that has room, the longest row first', () => {
    expect(packRows([2, 7, 3, 8, 1], 10)).toEqual([[3, 0], [1, 2], [4]]);
    expect(packRows([5, 6, 4, 5], 10)).toEqual([[1, 2], [0, 3]]);
  });
});

describe.each([
  ['sees all of a row', TINY],
  ['sees a window of it', { ...TINY, attention: [{ window: 4, rope: { theta: 10_000, scaling: undefined } }, ...TINY.attention] }],
] as const)('a model that %s', (_, config: DecoderConfig) => {
  it('gives packed rows the log-probabilities and gradients that they have alone', async () => {
    const rows = randomRows(config, [9, 5, 7, 11, 3], 13);
    const weights = new Map([...livelyWeights(config, 6)].map(([name, { shape, data }]) => [name, { shape, data: Float64Array.from(data) }]));
    const runtime = await DecoderRuntime.open({ config, weights, trainable: 'weights', threads: 1, dtype: 'float64' });
    const measure = async (batch: TokenBatch): Promise<{ scores: Float64Array; sums: Map<string, FloatArray> }> => {
      const sums = new Map<string, FloatArray>([...weights].map(([name, { data }]) => [name, new Float64Array(data.length)]));
      const pass = await runtime.forward(batch, { forBackward: true });
      return { scores: await runtime.backward(pass, new Float64Array(batch.targetIds.length).fill(-1), sums), sums };
    };
    const apart = await measure(makeBatch(rows));
    const packed = await measure(packBatch([rows.slice(0, 2), rows.slice(2, 4), rows.slice(4)]));
    expect(packed.scores.length).toBe(apart.scores.length);
    expect(largestDifference(packed.scores, apart.scores)).toBeLessThan(1e-10);
    for (const [name, gradient] of apart.sums) expect(largestDifference(packed.sums.get(name)!, gradient), name).toBeLessThan(1e-9);
    await runtime.dispose();
  });
});

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Array.from(a).reduce((most, value, index) => Math.max(most, Math.abs(value - b[index])), 0);
}
