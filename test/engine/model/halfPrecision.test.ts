/** A base model that is held in float16: half the memory, and the same numbers as with its rounded weights in float32. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Generator } from '../../../src/engine/generate/generator.ts';
import { makeBatch } from '../../../src/engine/model/batch.ts';
import { loadHalfWeights } from '../../../src/engine/model/folderTensors.ts';
import { precisionOf } from '../../../src/engine/model/layout.ts';
import { halfToFloat } from '../../../src/engine/model/numberFormats.ts';
import { DecoderRuntime } from '../../../src/engine/model/runtime.ts';
import { saveSafetensors } from '../../../src/engine/model/safetensors.ts';
import type { FrozenWeights, Weights } from '../../../src/engine/model/weights.ts';
import { trainSft } from '../../../src/engine/train/sft.ts';
import { GOLDEN_FAMILIES, goldenFolder, readGolden, type Golden } from '../golden.ts';
import { QUICK } from '../tiny.ts';

let scratch: string;
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'half-'));
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

/** The values that the halves stand for. */
function rounded(weights: FrozenWeights): Weights {
  return new Map([...weights].map(([name, { shape, data }]) => {
    if (data instanceof Float32Array) return [name, { shape, data }];
    const wide = new Float32Array(data.length);
    halfToFloat(data, wide);
    return [name, { shape, data: wide }];
  }));
}

async function gradientsOf({ config, adapter, rows }: Golden, weights: FrozenWeights, activations: 'saved' | 'recomputed' | 'whole-step') {
  const batch = makeBatch(rows);
  const runtime = await DecoderRuntime.open({ config, weights, adapter, trainable: 'adapter', threads: 1, activations });
  const sums = new Map([...adapter.tensors].map(([name, { data }]) => [name, new Float32Array(data.length)]));
  const logProbabilities = await runtime.step(batch, new Float64Array(batch.targetIds.length).fill(-1), sums);
  await runtime.dispose();
  return { logProbabilities, sums };
}

describe.each(GOLDEN_FAMILIES)('%s in float16', (family) => {
  it('scores, learns and answers exactly as with its rounded weights in float32', async () => {
    const golden = await readGolden(family);
    const half = await loadHalfWeights(goldenFolder(family));
    expect(precisionOf(half)).toBe('float16');
    for (const activations of ['saved', 'recomputed'] as const) {
      expect(await gradientsOf(golden, half, activations)).toEqual(await gradientsOf(golden, rounded(half), activations));
    }

    const prompts = golden.rows.map(({ ids }) => [...ids.subarray(0, 6)]);
    const answers = await Promise.all([half, rounded(half)].map(async (weights) => {
      const generator = await Generator.open({ config: golden.config, weights, adapter: golden.adapter, threads: 1 });
      const found = await generator.generate(prompts, { temperature: 0, seed: 0, maxNewTokens: 5, endIds: [] });
      await generator.dispose();
      return found;
    }));
    expect(answers[0]).toEqual(answers[1]);
  });

  it('stays near its scores in float32', async () => {
    const golden = await readGolden(family);
    const [half, whole] = [await gradientsOf(golden, await loadHalfWeights(goldenFolder(family)), 'saved'), await gradientsOf(golden, golden.weights, 'saved')];
    half.logProbabilities.forEach((value, index) => expect(Math.abs(value - whole.logProbabilities[index])).toBeLessThan(0.02));
  });
});

it('takes half the memory for matrices, and all of it for vectors', async () => {
  for (const { shape, data } of (await loadHalfWeights(goldenFolder('llama'))).values()) {
    expect(data.byteLength).toBe((shape.length === 2 ? 2 : 4) * shape.reduce((a, b) => a * b, 1));
  }
});

it('never takes the graph of a whole step, which would widen all matrices at once', async () => {
  const golden = await readGolden('llama');
  const half = await loadHalfWeights(goldenFolder('llama'));
  expect(await gradientsOf(golden, half, 'whole-step')).toEqual(await gradientsOf(golden, half, 'saved'));
});

it('is refused for a value that float16 cannot hold, with its tensor', async () => {
  const { weights } = await readGolden('llama');
  const name = 'model.layers.0.mlp.up_proj.weight';
  const { shape, data } = weights.get(name)!;
  const large = new Map(weights).set(name, { shape, data: Float32Array.from(data).fill(70_000, 3, 4) });
  await saveSafetensors(join(scratch, 'model.safetensors'), large, { dtype: 'F32', metadata: {} });
  await expect(loadHalfWeights(scratch)).rejects.toThrow(expect.objectContaining({ code: 'model.weights.overflow', message: expect.stringContaining(name) as string }));
});

it('is refused for full training', async () => {
  const { config, rows } = await readGolden('llama');
  const run = trainSft({
    config, weights: await loadHalfWeights(goldenFolder('llama')), data: { train: rows, validation: [] }, settings: { ...QUICK, peft: { method: 'full' } },
    checkpointFolder: join(scratch, 'checkpoints'), signal: new AbortController().signal, onEvent: () => undefined,
  });
  await expect(run).rejects.toThrow(expect.objectContaining({ code: 'training.precision.needs-lora' }));
});
