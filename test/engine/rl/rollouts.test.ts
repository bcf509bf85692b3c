/** Rollouts are sampled from the policy as it is at the moment, the same again for the same seed and step. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Generator } from '../../../src/engine/generate/generator.ts';
import { createLoraAdapter } from '../../../src/engine/model/lora.ts';
import { entropyOf, sampleRollouts, type Samples } from '../../../src/engine/rl/rollouts.ts';
import { RandomGenerator } from '../../../src/engine/random.ts';
import { livelyWeights, TINY } from '../tiny.ts';

const weights = livelyWeights(TINY, 5);
const adapter = createLoraAdapter(TINY, { rank: 3, alpha: 6, seed: 2 });
const PROMPTS = [[3, 1, 4], [3, 1, 4], [5, 9, 2, 6], [5, 9, 2, 6]].map((ids, index) => ({ ids, row: index + 1 }));
const SAMPLING = { temperature: 1, topP: 1, maxCompletionLength: 8, minCompletionLength: 0, endIds: [0, 7], seed: 3, step: 1 };

let generator: Generator;
beforeAll(async () => {
  generator = await Generator.open({ config: TINY, weights, adapter, threads: 1 });
});
afterAll(() => generator.dispose());

async function sample(changes: Partial<typeof SAMPLING> = {}, prompts = PROMPTS): Promise<Samples> {
  return await sampleRollouts(generator, prompts, { ...SAMPLING, ...changes }, new AbortController().signal);
}

describe('sampling rollouts', () => {
  it('gives the same for the same seed and step, and something else in the next step', async () => {
    const once = await sample();
    expect(await sample()).toEqual(once);
    expect((await sample({ step: 2 })).rollouts).not.toEqual(once.rollouts);
    expect((await sample({ seed: 4 })).rollouts).not.toEqual(once.rollouts);
  });

  it('answers the same prompt differently', async () => {
    const [first, second] = (await sample()).rollouts;
    expect(first.completionIds).not.toEqual(second.completionIds);
  });

  it('is trained on the completion and the token that ended it, and on nothing of the prompt', async () => {
    const { rollouts } = await sample({}, Array.from({ length: 150 }, (_, i) => PROMPTS[i % 4]));
    expect(new Set(rollouts.map(({ finish }) => finish))).toEqual(new Set(['end', 'length']));
    for (const { example, completionIds, tokens, finish } of rollouts) {
      const prompt = PROMPTS[example.row - 1].ids;
      const rest = [...example.ids.subarray(prompt.length)];
      expect([...example.ids.subarray(0, prompt.length)]).toEqual(prompt);
      expect([...example.trained]).toEqual([...prompt.map(() => 0), ...rest.map(() => 1)]);
      expect(rest.slice(0, completionIds.length)).toEqual(completionIds);
      expect(rest).toHaveLength(tokens);
      expect(rest.slice(completionIds.length).filter((id) => SAMPLING.endIds.includes(id))).toHaveLength(finish === 'end' ? 1 : 0);
      expect(finish === 'end' || tokens === 8).toBe(true);
    }
  });

  it('does not let a completion end before its least length', async () => {
    const { rollouts } = await sample({ minCompletionLength: 5 }, Array.from({ length: 60 }, () => PROMPTS[0]));
    expect(Math.min(...rollouts.map(({ completionIds }) => completionIds.length))).toBe(5);
  });

  it('sees an adapter that was changed in place', async () => {
    const before = await sample({ temperature: 0 });
    const random = new RandomGenerator(9);
    for (const { data } of adapter.tensors.values()) for (let i = 0; i < data.length; i++) data[i] += random.normal() * 0.5;
    const after = await sample({ temperature: 0 });
    expect(after.rollouts).not.toEqual(before.rollouts);
    const fresh = await Generator.open({ config: TINY, weights, adapter, threads: 1 });
    expect((await sampleRollouts(fresh, PROMPTS, { ...SAMPLING, temperature: 0 }, new AbortController().signal)).rollouts).toEqual(after.rollouts);
    await fresh.dispose();
  });

  it('ends with the reason of the signal when it is aborted', async () => {
    const reason = new Error('stopped');
    await expect(sampleRollouts(generator, PROMPTS, SAMPLING, AbortSignal.abort(reason))).rejects.toBe(reason);
  });
});

describe('entropy', () => {
  it('is the logarithm of the number of equally likely tokens', () => {
    expect(entropyOf(Float32Array.from([2, 2, 2, 2, -Infinity]), 1)).toBeCloseTo(Math.log(4), 12);
  });

  it('is that of the distribution at the temperature', () => {
    const weights = [0.1, 0.2, 0.7].map((p) => p ** 2);
    const total = weights.reduce((a, b) => a + b);
    const wanted = -weights.reduce((sum, w) => sum + (w / total) * Math.log(w / total), 0);
    expect(entropyOf(Float32Array.from([0.1, 0.2, 0.7], Math.log), 0.5)).toBeCloseTo(wanted, 6);
  });
});
