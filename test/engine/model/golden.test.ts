/** The decoder against what transformers, PEFT and torch compute for the same weights. */

import { describe, expect, it } from 'vitest';
import { GraphSession } from '../../../src/engine/graph/executor.ts';
import { makeBatch } from '../../../src/engine/model/batch.ts';
import { logitsGraph } from '../../../src/engine/model/graphs.ts';
import { headName } from '../../../src/engine/model/layout.ts';
import type { LoraAdapter } from '../../../src/engine/model/lora.ts';
import { DecoderRuntime } from '../../../src/engine/model/runtime.ts';
import { lossAndGradients, evaluateLoss } from '../../../src/engine/train/loss.ts';
import { clipFactor, globalNorm, initAdamw, updateAdamw } from '../../../src/engine/train/optimizer.ts';
import { flattenParameters, viewsOf } from '../../../src/engine/train/parameters.ts';
import { learningRateAt } from '../../../src/engine/train/schedule.ts';
import { GOLDEN_FAMILIES, readGolden, type Golden } from '../golden.ts';

async function logitsOf({ config, weights, rows }: Golden, adapter: LoraAdapter | undefined): Promise<Float32Array> {
  const runtime = await DecoderRuntime.open({ config, weights, adapter, trainable: 'nothing', threads: 1 });
  const { hidden } = await runtime.forward(makeBatch(rows), { forBackward: false });
  const session = await GraphSession.open(logitsGraph(config, 'float32', 'many'), { threads: 1 });
  const { logits } = await session.run({
    x: { shape: [hidden.length / config.hiddenSize, config.hiddenSize], data: hidden },
    norm: weights.get('model.norm.weight')!, head: weights.get(headName(config))!,
  });
  await session.dispose();
  await runtime.dispose();
  return logits.data as Float32Array;
}

describe.each(GOLDEN_FAMILIES)('%s agrees with transformers, PEFT and torch', (family) => {
  it.each(['base', 'adapter'] as const)('in the logits of the %s', async (which) => {
    const golden = await readGolden(family);
    const found = await logitsOf(golden, which === 'base' ? undefined : golden.adapter);
    const { shape, data } = golden.tensors.get(which === 'base' ? 'logits' : 'logits_lora')!;
    const [, length, vocabulary] = shape as [number, number, number];
    let worst = 0;
    golden.rows.forEach(({ ids }, row) => {
      for (let i = row * length * vocabulary; i < (row * length + ids.length) * vocabulary; i++) worst = Math.max(worst, Math.abs(data[i] - found[i]));
    });
    expect(worst).toBeLessThan(1e-4);
  });

  it('in the loss', async () => {
    const { config, weights, adapter, rows, facts } = await readGolden(family);
    const runtime = await DecoderRuntime.open({ config, weights, trainable: 'nothing', threads: 1 });
    expect(Math.abs((await evaluateLoss(runtime, rows, { batchSize: 2 })).loss - facts.loss_base)).toBeLessThan(1e-5);
    await runtime.dispose();
    const tuned = await DecoderRuntime.open({ config, weights, adapter, trainable: 'nothing', threads: 1 });
    expect(Math.abs((await evaluateLoss(tuned, rows, { batchSize: 8 })).loss - facts.loss_lora)).toBeLessThan(1e-5);
    await tuned.dispose();
  });

  it.each([false, true])('in the gradients of the adapter (recomputing: %s)', async (recompute) => {
    const { config, weights, adapter, rows, facts, tensors } = await readGolden(family);
    const runtime = await DecoderRuntime.open({ config, weights, adapter, trainable: 'adapter', threads: 2, recompute });
    const sums = new Map([...adapter.tensors].map(([name, { data }]) => [name, new Float32Array(data.length)]));
    const { loss } = await lossAndGradients(runtime, [rows.slice(0, 2), rows.slice(2)], sums);
    expect(Math.abs(loss - facts.loss_lora)).toBeLessThan(1e-5);
    for (const [name, found] of sums) {
      const wanted = tensors.get(`grad.${name}`)!.data;
      const scale = Math.sqrt(wanted.reduce((sum, value) => sum + value * value, 0) / wanted.length);
      expect(Math.max(...wanted.map((value, index) => Math.abs(value - found[index]))) / scale, name).toBeLessThan(1e-3);
    }
    await runtime.dispose();
  });

  it('in ten steps of AdamW', async () => {
    const { config, weights, adapter, rows, facts, tensors } = await readGolden(family);
    const parameters = flattenParameters(adapter.tensors);
    const gradients = new Float32Array(parameters.values.length);
    const sums = new Map([...viewsOf(parameters.segments, gradients)].map(([name, { data }]) => [name, data]));
    const runtime = await DecoderRuntime.open({ config, weights, adapter: { ...adapter, tensors: parameters.tensors }, trainable: 'adapter', threads: 1 });
    let adamw = initAdamw(parameters.values.length);
    for (const [index, wanted] of facts.trajectory.losses.entries()) {
      gradients.fill(0);
      const { loss } = await lossAndGradients(runtime, [rows], sums);
      const norm = globalNorm(gradients);
      const learningRate = learningRateAt({ kind: 'cosine', totalSteps: 10, warmupSteps: 3, peak: 1e-2 }, index + 1);
      expect(Math.abs(loss - wanted)).toBeLessThan(1e-3);
      expect(Math.abs(norm / facts.trajectory.grad_norms_before_clip[index] - 1)).toBeLessThan(1e-3);
      expect(learningRate).toBeCloseTo(facts.trajectory.learning_rates[index], 12);
      adamw = updateAdamw(parameters.values, gradients, adamw, parameters.segments,
        { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01, learningRate, gradientScale: clipFactor(norm, 1) });
    }
    for (const [name, { data }] of parameters.tensors) {
      const wanted = tensors.get(`final.${name}`)!.data;
      expect(Math.max(...wanted.map((value, index) => Math.abs(value - data[index]))), name).toBeLessThan(1e-3);
    }
    await runtime.dispose();
  });
});
