/** Training all weights, in every family: gradients against the plain float64 decoder, and a run that changes every tensor. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeBatch } from '../../../src/engine/model/batch.ts';
import { decoderShapes } from '../../../src/engine/model/layout.ts';
import { DecoderRuntime } from '../../../src/engine/model/runtime.ts';
import { loadFolderWeights, saveSafetensors } from '../../../src/engine/model/safetensors.ts';
import { RandomGenerator } from '../../../src/engine/random.ts';
import { trainSft } from '../../../src/engine/train/sft.ts';
import type { TrainEvent } from '../../../src/engine/train/training.ts';
import { GOLDEN_FAMILIES, readGolden } from '../golden.ts';
import { referenceLogProbabilities, type ReferenceTensor, type ReferenceWeights } from '../reference/decoder.ts';
import { QUICK } from '../tiny.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'full-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe.each(GOLDEN_FAMILIES)('%s', (family) => {
  it('has gradients of all its weights that agree with central differences of the plain decoder', async () => {
    const { config, weights, rows } = await readGolden(family);
    // Longer than the windows of these models.
    const row = { ...rows[0], ids: rows[0].ids.subarray(0, 11), trained: rows[0].trained.subarray(0, 11) };
    const batch = makeBatch([row]);
    const runtime = await DecoderRuntime.open({ config, weights, trainable: 'weights', threads: 1 });
    const sums = new Map([...weights].map(([name, { data }]) => [name, new Float32Array(data.length)]));
    await runtime.backward(await runtime.forward(batch, { forBackward: true }), new Float64Array(batch.targetIds.length).fill(-1), sums);
    await runtime.dispose();

    const loss = (changed: ReferenceWeights): number => referenceLogProbabilities(config, changed, row.ids)
      .reduce((sum, logProbabilities, t) => (row.trained[t + 1] === 1 ? sum - logProbabilities[row.ids[t + 1]] : sum), 0);
    const random = new RandomGenerator(23);
    for (const { name, shape } of decoderShapes(config).filter((one) => !/layers\.[1-4]\./.test(one.name))) {
      const { data } = weights.get(name)!;
      const direction = Float64Array.from(data, () => random.normal());
      const at = (step: number): number =>
        loss(new Map<string, ReferenceTensor>(weights).set(name, { shape, data: Float64Array.from(data, (value, i) => value + step * direction[i]) }));
      const wanted = (at(1e-4) - at(-1e-4)) / 2e-4;
      const gradient = sums.get(name)!;
      const found = direction.reduce((sum, value, i) => sum + value * gradient[i], 0);
      const norm = Math.sqrt(gradient.reduce((sum, value) => sum + value * value, 0));
      expect(norm, name).toBeGreaterThan(0);
      expect(Math.abs(found - wanted) / norm, name).toBeLessThan(1e-3);
    }
  });

  it('learns, with every tensor, and is saved and read with all of them', async () => {
    const { config, weights, rows } = await readGolden(family);
    const events: TrainEvent[] = [];
    const { trained } = await trainSft({
      config, weights, data: { train: rows, validation: [] }, settings: { ...QUICK, peft: { method: 'full' }, epochs: 6, learningRate: 3e-3, seed: 1 },
      checkpointFolder: join(folder, family), signal: new AbortController().signal, onEvent: (event) => events.push(event),
    });
    const losses = events.flatMap((event) => (event.kind === 'step' ? [event.metrics.loss] : []));
    expect(losses.at(-1)).toBeLessThan(0.8 * losses[0]);
    if (!('weights' in trained)) throw new Error('an adapter was trained');
    const names = decoderShapes(config).map(({ name }) => name);
    expect([...trained.weights.keys()].sort()).toEqual([...names].sort());
    for (const name of names) expect(trained.weights.get(name)!.data, name).not.toEqual(weights.get(name)!.data);
    const target = join(folder, `${family}-saved`);
    await saveSafetensors(join(target, 'model.safetensors'), trained.weights);
    expect(await loadFolderWeights(target)).toEqual(new Map([...trained.weights].sort(([a], [b]) => (a < b ? -1 : 1))));
  });
});
