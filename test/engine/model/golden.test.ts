/** The decoder against what transformers, PEFT and torch compute for the same weights. */

import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { GraphSession } from '../../../src/engine/graph/executor.ts';
import { loadAdapter, saveAdapter } from '../../../src/engine/model/adapter.ts';
import { makeBatch } from '../../../src/engine/model/batch.ts';
import { logitsGraph } from '../../../src/engine/model/graphs.ts';
import { headName } from '../../../src/engine/model/layout.ts';
import type { LoraAdapter } from '../../../src/engine/model/lora.ts';
import { DecoderRuntime } from '../../../src/engine/model/runtime.ts';
import { lossAndGradients, evaluateLoss } from '../../../src/engine/train/loss.ts';
import { clipFactor, globalNorm, initAdamw, updateAdamw } from '../../../src/engine/train/optimizer.ts';
import { flattenParameters, viewsOf } from '../../../src/engine/train/parameters.ts';
import { learningRateAt } from '../../../src/engine/train/schedule.ts';
import { Generator } from '../../../src/engine/generate/generator.ts';
import { loadSafetensors } from '../../../src/engine/model/safetensors.ts';
import { GOLDEN_FAMILIES, goldenFolder, readGolden, type Golden } from '../golden.ts';
import { mergedWeights, referenceLogits } from '../reference/decoder.ts';

async function logitsOf({ config, weights, rows }: Golden, adapter: LoraAdapter | undefined): Promise<Float32Array> {
  const runtime = await DecoderRuntime.open({ config, weights, adapter, trainable: 'nothing', threads: 1 });
  const { hidden } = await runtime.forward(makeBatch(rows), { forBackward: false });
  const session = await GraphSession.open(logitsGraph(config, { dtype: 'float32' }, 'many'), { threads: 1 });
  const { logits } = await session.run({
    x: { shape: [hidden.length / config.hiddenSize, config.hiddenSize], data: hidden },
    norm: weights.get('model.norm.weight')!, head: weights.get(headName(config))!,
  });
  await session.dispose();
  await runtime.dispose();
  return logits.data as Float32Array;
}

const COLUMNS = ['logits', 'loss', 'gradients', 'trajectory', 'norms', 'final'] as const;
const worst = new Map<string, Map<string, number>>();

/** Keeps the largest error of a family for the table at the end, and gives back the one at hand. */
function note(family: string, column: (typeof COLUMNS)[number], error: number): number {
  const row = worst.get(family) ?? new Map<string, number>();
  worst.set(family, row.set(column, Math.max(error, row.get(column) ?? 0)));
  return error;
}

const largestDifference = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((largest, value, index) => Math.max(largest, Math.abs(value - b[index])), 0);

describe.each(GOLDEN_FAMILIES)('%s agrees with transformers, PEFT and torch', (family) => {
  it.each(['base', 'adapter'] as const)('in the logits of the %s', async (which) => {
    const golden = await readGolden(family);
    const found = await logitsOf(golden, which === 'base' ? undefined : golden.adapter);
    const { shape, data } = golden.tensors.get(which === 'base' ? 'logits' : 'logits_lora')!;
    const [, length, vocabulary] = shape as [number, number, number];
    golden.rows.forEach(({ ids }, row) => {
      const [from, to] = [row * length * vocabulary, (row * length + ids.length) * vocabulary];
      expect(note(family, 'logits', largestDifference(data.subarray(from, to), found.subarray(from, to)))).toBeLessThan(1e-4);
    });
  });

  it('in the loss', async () => {
    const { config, weights, adapter, rows, facts } = await readGolden(family);
    const runtime = await DecoderRuntime.open({ config, weights, trainable: 'nothing', threads: 1 });
    expect(note(family, 'loss', Math.abs((await evaluateLoss(runtime, rows, { batchSize: 2 })).loss - facts.loss_base))).toBeLessThan(1e-5);
    await runtime.dispose();
    const tuned = await DecoderRuntime.open({ config, weights, adapter, trainable: 'nothing', threads: 1 });
    expect(note(family, 'loss', Math.abs((await evaluateLoss(tuned, rows, { batchSize: 8 })).loss - facts.loss_lora))).toBeLessThan(1e-5);
    await tuned.dispose();
  });

  it.each(['whole-step', 'saved', 'recomputed'] as const)('in the gradients of the adapter (activations: %s)', async (activations) => {
    const { config, weights, adapter, rows, facts, tensors } = await readGolden(family);
    const runtime = await DecoderRuntime.open({ config, weights, adapter, trainable: 'adapter', threads: 2, activations });
    const sums = new Map([...adapter.tensors].map(([name, { data }]) => [name, new Float32Array(data.length)]));
    const { loss } = await lossAndGradients(runtime, [rows.slice(0, 2), rows.slice(2)], sums);
    expect(Math.abs(loss - facts.loss_lora)).toBeLessThan(1e-5);
    for (const [name, found] of sums) {
      const wanted = tensors.get(`grad.${name}`)!.data;
      const scale = Math.sqrt(wanted.reduce((sum, value) => sum + value * value, 0) / wanted.length);
      expect(note(family, 'gradients', largestDifference(wanted, found) / scale), name).toBeLessThan(1e-3);
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
      expect(note(family, 'trajectory', Math.abs(loss - wanted))).toBeLessThan(1e-3);
      expect(note(family, 'norms', Math.abs(norm / facts.trajectory.grad_norms_before_clip[index] - 1))).toBeLessThan(1e-3);
      expect(learningRate).toBeCloseTo(facts.trajectory.learning_rates[index], 12);
      adamw = updateAdamw(parameters.values, gradients, adamw, parameters.segments,
        { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01, learningRate, gradientScale: clipFactor(norm, 1) });
    }
    for (const [name, { data }] of parameters.tensors) {
      const wanted = tensors.get(`final.${name}`)!.data;
      expect(note(family, 'final', largestDifference(wanted, data)), name).toBeLessThan(1e-3);
    }
    await runtime.dispose();
  });

  it('in the names and values of the adapter, read and written again', async () => {
    const { config, adapter } = await readGolden(family);
    const folder = await mkdtemp(join(tmpdir(), 'adapter-'));
    await saveAdapter(folder, adapter, family);
    expect((await readdir(folder)).sort()).toEqual(['adapter_config.json', 'adapter_model.safetensors']);
    const [ours, peft] = await Promise.all([folder, join(goldenFolder(family), 'adapter')].map((one) => loadSafetensors(join(one, 'adapter_model.safetensors'))));
    expect(ours.weights).toEqual(peft.weights);
    expect(await loadAdapter(folder, config)).toEqual(adapter);
    await rm(folder, { recursive: true });
  });

  it.each(['base', 'adapter'] as const)('in the tokens that the %s answers with, over a cache and in a ragged batch', async (which) => {
    const { config, weights, adapter, rows } = await readGolden(family);
    const generator = await Generator.open({ config, weights, adapter: which === 'base' ? undefined : adapter, threads: 1 });
    // Shorter than a window, longer, and one that outgrows it on the way.
    const prompts = [[...rows[0].ids], [...rows[1].ids.subarray(0, 6)], [5]];
    const answers = await generator.generate(prompts, { temperature: 0, seed: 1, maxNewTokens: 12, endIds: [] });
    await generator.dispose();
    const exact = which === 'base' ? weights : mergedWeights(weights, adapter);
    answers.forEach(({ ids }, index) => {
      expect(ids).toHaveLength(12);
      const read = [...prompts[index], ...ids];
      const logits = referenceLogits(config, exact, read);
      // The reference model would have chosen the same token after each beginning.
      expect(ids).toEqual(logits.slice(prompts[index].length - 1, -1).map((row) => row.indexOf(Math.max(...row))));
    });
  });
});

afterAll(() => {
  const line = (name: string, cells: readonly string[]): string => [name.padEnd(14), ...cells.map((cell) => cell.padStart(11))].join('');
  console.log(['worst errors against transformers, PEFT and torch in float64', line('', COLUMNS), ...[...worst].map(([family, row]) =>
    line(family, COLUMNS.map((column) => row.get(column)?.toExponential(1) ?? '')))].join('\n'));
});
