/** Whole decoders: gradients against central differences, float32 against float64, padding, aborting. */

import { afterAll, describe, expect, it } from 'vitest';
import type { FloatArray } from '../../../src/engine/graph/executor.ts';
import { makeBatch } from '../../../src/engine/model/batch.ts';
import type { DecoderConfig } from '../../../src/engine/model/decoder.ts';
import { activationBytes, type GraphOptions } from '../../../src/engine/model/graphs.ts';
import { createLoraAdapter } from '../../../src/engine/model/lora.ts';
import { DecoderRuntime, type GradientSums, type Parameters, type RuntimeOptions } from '../../../src/engine/model/runtime.ts';
import { RandomGenerator } from '../../../src/engine/random.ts';
import { mergedWeights, referenceLogProbabilities } from '../reference/decoder.ts';
import { FEATURED, livelyWeights, randomRows, TINY } from '../tiny.ts';

function doubles(tensors: Parameters): Map<string, { shape: readonly number[]; data: Float64Array }> {
  return new Map([...tensors].map(([name, { shape, data }]) => [name, { shape, data: Float64Array.from(data) }]));
}

function livelyAdapter(config: DecoderConfig) {
  const adapter = createLoraAdapter(config, { rank: 3, alpha: 6, seed: 4 });
  const random = new RandomGenerator(11);
  for (const { data } of adapter.tensors.values()) for (let i = 0; i < data.length; i++) data[i] = 0.3 * random.normal();
  return adapter;
}

/** Any weights do for the check; different ones show that each target keeps its own. */
const targetWeights = (count: number): Float64Array => Float64Array.from({ length: count }, (_, index) => -(1 + (index % 3)) / count);

const batch = makeBatch(randomRows(TINY, [9, 5, 7], 13));
const worst: string[] = [];

describe.each([
  ['tied head', TINY],
  ['head of its own, one key head', { ...TINY, tiedHead: false, kvHeads: 1 }],
  ['norm, bias and window wherever a family has one', FEATURED],
  ['bias and a head of its own', { ...TINY, tiedHead: false, biases: ['q_proj', 'o_proj', 'down_proj'] }],
] as const)('a decoder with a %s', (title, config) => {
  const weights = livelyWeights(config, 6);
  const adapter = livelyAdapter(config);

  it.each(['base', 'adapter'] as const)('scores tokens with its %s as the plain float64 decoder does', async (which) => {
    const rows = randomRows(config, [9, 5, 7], 13);
    const runtime = await DecoderRuntime.open({ config, weights, adapter: which === 'base' ? undefined : adapter, trainable: 'nothing', threads: 1 });
    const scores = await runtime.score(await runtime.forward(makeBatch(rows), { forBackward: false }));
    await runtime.dispose();
    const exact = which === 'base' ? weights : mergedWeights(weights, adapter);
    const wanted = rows.flatMap(({ ids, trained }) => {
      const logProbabilities = referenceLogProbabilities(config, exact, ids);
      return [...ids].flatMap((id, t) => (t > 0 && trained[t] === 1 ? [logProbabilities[t - 1][id]] : []));
    });
    expect(scores).toHaveLength(wanted.length);
    expect(Math.max(...wanted.map((value, index) => Math.abs(value - scores[index])))).toBeLessThan(1e-5);
  });

  it.each(['weights', 'adapter'] as const)('has gradients of its %s that agree with central differences', async (trainable) => {
    const double = { weights: doubles(weights), adapter: { ...adapter, tensors: doubles(adapter.tensors) } };
    const runtime = await DecoderRuntime.open({ config, ...double, trainable, threads: 1, dtype: 'float64' });
    const trained = trainable === 'weights' ? double.weights : double.adapter.tensors;
    const lossWeights = targetWeights(batch.targetIds.length);
    const loss = async (): Promise<number> => {
      const scores = await runtime.score(await runtime.forward(batch, { forBackward: false }));
      return scores.reduce((sum, score, index) => sum + score * lossWeights[index], 0);
    };
    const sums = new Map<string, FloatArray>([...trained].map(([name, { data }]) => [name, new Float64Array(data.length)]));
    await runtime.backward(await runtime.forward(batch, { forBackward: true }), lossWeights, sums);
    const random = new RandomGenerator(17);
    let error = 0;
    let checks = 0;
    for (const [name, { data }] of trained) {
      for (let sample = 0; sample < 4; sample++) {
        const index = random.below(data.length);
        const [value, step] = [data[index], 1e-5];
        data[index] = value + step;
        const above = await loss();
        data[index] = value - step;
        const below = await loss();
        data[index] = value;
        const [found, wanted] = [sums.get(name)![index], (above - below) / (2 * step)];
        error = Math.max(error, Math.abs(found - wanted) / Math.max(1e-3, Math.abs(found), Math.abs(wanted)));
        checks += 1;
      }
    }
    await runtime.dispose();
    worst.push(`${title}, ${trainable}: ${error.toExponential(1)} over ${checks}`);
    expect(error).toBeLessThan(1e-4);
  });

  it.each(['weights', 'adapter'] as const)('gives the same gradients of its %s in float32, saved, computed again or as one graph', async (trainable) => {
    const lossWeights = targetWeights(batch.targetIds.length);
    const layerwise = async (runtime: DecoderRuntime, sums: GradientSums): Promise<Float64Array> =>
      await runtime.backward(await runtime.forward(batch, { forBackward: true }), lossWeights, sums);
    const asOneGraph = async (runtime: DecoderRuntime, sums: GradientSums): Promise<Float64Array> => await runtime.step(batch, lossWeights, sums);
    const logProbabilities: Float64Array[] = [];
    const gradientsOf = async (options: Partial<RuntimeOptions>, step = layerwise): Promise<Map<string, FloatArray>> => {
      const runtime = await DecoderRuntime.open({ config, weights, adapter, trainable, threads: 2, ...options });
      const trained = trainable === 'weights' ? weights : adapter.tensors;
      const sums = new Map<string, FloatArray>([...trained].map(([name, { data }]) => [name, options.dtype ? new Float64Array(data.length) : new Float32Array(data.length)]));
      logProbabilities.push(await step(runtime, sums));
      await runtime.dispose();
      return sums;
    };
    const exact = await gradientsOf({ dtype: 'float64', weights: doubles(weights), adapter: { ...adapter, tensors: doubles(adapter.tensors) } });
    const [saved, recomputed, whole] = [await gradientsOf({}), await gradientsOf({ activations: 'recomputed' }), await gradientsOf({}, asOneGraph)];
    expect(recomputed).toEqual(saved);
    for (const [name, values] of exact) {
      const wanted = Float64Array.from(values);
      const scale = Math.sqrt(wanted.reduce((sum, value) => sum + value * value, 0) / wanted.length);
      const errorOf = (found: FloatArray): number => wanted.reduce((largest, value, index) => Math.max(largest, Math.abs(value - found[index])), 0);
      expect(errorOf(saved.get(name)!) / scale, name).toBeLessThan(1e-4);
      expect(errorOf(whole.get(name)!) / scale, name).toBeLessThan(1e-4);
    }
    for (const values of logProbabilities) values.forEach((value, index) => expect(value).toBeCloseTo(logProbabilities[0][index], 4));
  });
});

it.each([['plain', TINY], ['featured', FEATURED]] as const)('does not look at padding (%s)', async (_, config) => {
  const weights = livelyWeights(config, 6);
  const runtime = await DecoderRuntime.open({ config, weights, trainable: 'nothing', threads: 1 });
  const rows = randomRows(config, [20, 4, 9], 13);
  const together = await runtime.score(await runtime.forward(makeBatch(rows), { forBackward: false }));
  const apart: number[] = [];
  for (const row of rows) apart.push(...await runtime.score(await runtime.forward(makeBatch([row]), { forBackward: false })));
  await runtime.dispose();
  expect(Math.max(...apart.map((value, index) => Math.abs(value - together[index])))).toBeLessThan(1e-5);
});

it('refuses tokens that it does not know', async () => {
  const runtime = await DecoderRuntime.open({ config: TINY, weights: livelyWeights(TINY, 6), trainable: 'nothing', threads: 1 });
  const stray = makeBatch([{ row: 1, ids: Int32Array.from([1, 29]), trained: Uint8Array.from([0, 1]) }]);
  await expect(runtime.forward(stray, { forBackward: false })).rejects.toThrow('the token 29 is not among the 29');
  await runtime.dispose();
});

it('stops between two layers when it is aborted', async () => {
  const runtime = await DecoderRuntime.open({ config: TINY, weights: livelyWeights(TINY, 6), trainable: 'nothing', threads: 1 });
  await expect(runtime.forward(batch, { forBackward: false, signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough');
  await runtime.dispose();
});

it('computes a step of fewer targets than one graph is made for all the same', async () => {
  const weights = livelyWeights(TINY, 6);
  const runtime = await DecoderRuntime.open({ config: TINY, weights, trainable: 'weights', threads: 1 });
  const [row] = randomRows(TINY, [6], 13);
  const few = makeBatch([{ ...row, trained: Uint8Array.from([0, 0, 0, 0, 1, 1]) }]);
  const sums = (): Map<string, FloatArray> => new Map([...weights].map(([name, { data }]) => [name, new Float32Array(data.length)]));
  const [whole, layerwise] = [sums(), sums()];
  await runtime.step(few, targetWeights(2), whole);
  await runtime.backward(await runtime.forward(few, { forBackward: true }), targetWeights(2), layerwise);
  await runtime.dispose();
  expect(whole).toEqual(layerwise);
});

it('knows what saved activations take', () => {
  const graphs: GraphOptions = { config: TINY, dtype: 'float32', lora: undefined, trainable: 'weights' };
  // A token keeps: keys and values of 2 heads, queries and gathered values of 4 heads of 6; the state after attention and
  // the output of 16; gate and up of 24; and for each of 4 heads the probabilities of T keys.
  const aToken = (T: number): number => 2 * 12 + 2 * 24 + 2 * 16 + 2 * 24 + 4 * T;
  expect(activationBytes(graphs, 3, 10)).toBe(4 * TINY.layers * 30 * aToken(10));
  expect(activationBytes(graphs, 1, 40)).toBe(4 * TINY.layers * 40 * aToken(40));
});

it.each(['weights', 'adapter'] as const)('knows what saved activations take, whatever the block has (training its %s)', async (trainable) => {
  const adapter = livelyAdapter(FEATURED);
  const runtime = await DecoderRuntime.open({ config: FEATURED, weights: livelyWeights(FEATURED, 6), adapter, trainable, threads: 1 });
  const { saved } = await runtime.forward(makeBatch(randomRows(FEATURED, [12, 7], 3)), { forBackward: true });
  const bytes = saved.flatMap((results) => Object.values(results)).reduce((sum, { data }) => sum + data.byteLength, 0);
  expect(activationBytes({ config: FEATURED, dtype: 'float32', lora: adapter, trainable }, 2, 12)).toBe(bytes);
  await runtime.dispose();
});

afterAll(() => console.log(`worst relative errors against central differences: ${worst.join('; ')}`));
