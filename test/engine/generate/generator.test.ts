/** Generation in batches gives what the full forward pass would, and ends as it was asked to. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Generator } from '../../../src/engine/generate/generator.ts';
import type { Sampling } from '../../../src/engine/generate/sampling.ts';
import { makeBatch } from '../../../src/engine/model/batch.ts';
import { createLoraAdapter, type LoraAdapter } from '../../../src/engine/model/lora.ts';
import { DecoderRuntime } from '../../../src/engine/model/runtime.ts';
import { RandomGenerator } from '../../../src/engine/random.ts';
import { FEATURED, livelyWeights, TINY } from '../tiny.ts';

const PROMPTS = [[3, 1, 4], [1], [5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9], [2, 7, 1, 8, 2]];
const greedy: Sampling = { temperature: 0, seed: 1, maxNewTokens: 20, endIds: [] };

function livelyAdapter(): LoraAdapter {
  const adapter = createLoraAdapter(TINY, { rank: 3, alpha: 6, seed: 2 });
  const random = new RandomGenerator(9);
  for (const { data } of adapter.tensors.values()) for (let i = 0; i < data.length; i++) data[i] = random.normal() * 0.3;
  return adapter;
}

/** Greedy decoding without a cache: the whole sequence again for every token, and every candidate scored as a label. */
async function withoutCache(runtime: DecoderRuntime, prompt: readonly number[], count: number): Promise<number[]> {
  const ids = [...prompt];
  for (let step = 0; step < count; step++) {
    const candidates = Array.from({ length: TINY.vocabSize }, (_, id) => ({
      row: 1, ids: Int32Array.from([...ids, id]), trained: Uint8Array.from({ length: ids.length + 1 }, (_, i) => (i === ids.length ? 1 : 0)),
    }));
    const scores = await runtime.score(await runtime.forward(makeBatch(candidates), { forBackward: false }));
    ids.push(scores.indexOf(Math.max(...scores)));
  }
  return ids.slice(prompt.length);
}

describe.each([
  ['base', TINY, undefined], ['tuned', TINY, livelyAdapter()], ['base, with every feature,', FEATURED, undefined],
] as const)('a %s model', (_, config, adapter) => {
  const weights = livelyWeights(config, 5);
  let generator: Generator;
  beforeAll(async () => {
    generator = await Generator.open({ config, weights, adapter, threads: 1 });
  });
  afterAll(() => generator.dispose());

  it('answers a ragged batch as the full forward pass would', async () => {
    const runtime = await DecoderRuntime.open({ config, weights, adapter, trainable: 'nothing', threads: 1 });
    const completions = await generator.generate(PROMPTS, greedy);
    for (const [index, prompt] of PROMPTS.entries()) {
      expect(completions[index]).toEqual({ ids: await withoutCache(runtime, prompt, 20), finish: 'length' });
    }
    await runtime.dispose();
  });

  it('stops at an end token and goes on with the others', async () => {
    const free = await generator.generate(PROMPTS, greedy);
    const end = free[2].ids[4];
    const stopped = await generator.generate(PROMPTS, { ...greedy, endIds: [end] });
    for (const [index, { ids, finish }] of stopped.entries()) {
      const cut = free[index].ids.indexOf(end);
      expect({ ids, finish }).toEqual(cut < 0 ? free[index] : { ids: free[index].ids.slice(0, cut), finish: 'end' });
    }
  });

  it('samples the same answer for the same seed', async () => {
    const sampling: Sampling = { temperature: 1.2, topK: 12, topP: 0.9, seed: 3, maxNewTokens: 12, endIds: [0] };
    const once = await generator.generate(PROMPTS, sampling);
    expect(await generator.generate(PROMPTS, sampling)).toEqual(once);
    expect(await generator.generate(PROMPTS, { ...sampling, seed: 4 })).not.toEqual(once);
    expect(await generator.generate(PROMPTS.slice(0, 2), sampling)).toEqual(once.slice(0, 2));
  });

  it('reports tokens as they come and keeps them when aborted', async () => {
    const controller = new AbortController();
    const seen: number[][] = PROMPTS.map(() => []);
    const completions = await generator.generate(PROMPTS, greedy, {
      signal: controller.signal,
      onToken: (sequence, id) => {
        seen[sequence].push(id);
        if (sequence === 3 && seen[3].length === 5) controller.abort();
      },
    });
    expect(completions.map(({ ids }) => ids)).toEqual(seen);
    expect(completions.map(({ finish }) => finish)).toEqual(['aborted', 'aborted', 'aborted', 'aborted']);
    expect(seen[3]).toHaveLength(5);
  });

  it('answers calls that overlap as if they had come one by one', async () => {
    const [first, second] = [await generator.generate(PROMPTS, greedy), await generator.generate(PROMPTS.slice(1), greedy)];
    expect(await Promise.all([generator.generate(PROMPTS, greedy), generator.generate(PROMPTS.slice(1), greedy)])).toEqual([first, second]);
  });

  it('fills the context and no more', async () => {
    const [completion] = await generator.generate([Array.from({ length: 60 }, (_, i) => i % 29)], { ...greedy, maxNewTokens: 100 });
    expect(completion).toMatchObject({ finish: 'length' });
    expect(completion.ids).toHaveLength(4);
  });

  it('refuses prompts that it cannot read', async () => {
    await expect(generator.generate([[]], greedy)).rejects.toMatchObject({ code: 'generate.prompt.empty' });
    await expect(generator.generate([[1], [99]], greedy)).rejects.toMatchObject({ code: 'generate.token.unknown', place: { row: 2 } });
    await expect(generator.generate([new Array<number>(64).fill(1)], greedy)).rejects.toMatchObject({ code: 'generate.prompt.too-long' });
  });
});
