/** The gradient of the whole policy loss, against a plain float64 decoder and finite differences. */

import { describe, expect, it } from 'vitest';
import { DecoderRuntime } from '../../../src/engine/model/runtime.ts';
import { accumulatePolicyGradient, type JudgedRollout } from '../../../src/engine/rl/policyGradient.ts';
import type { LossVariant } from '../../../src/engine/rl/policyLoss.ts';
import { RandomGenerator } from '../../../src/engine/random.ts';
import { referenceLogits } from '../reference/decoder.ts';
import { livelyWeights, randomRows, TINY } from '../tiny.ts';

type Wide = Map<string, { readonly shape: readonly number[]; readonly data: Float64Array }>;

const TEMPERATURE = 0.7;
const MAX_LENGTH = 12;
const [CLIP_LOW, CLIP_HIGH, BETA] = [0.2, 0.28, 0.1];
const ROLLOUTS: JudgedRollout[] = randomRows(TINY, [9, 6, 12], 4).map((example, index) => (
  { example, tokens: example.trained.reduce((sum, value) => sum + value, 0), advantage: [1.2, -0.8, -0.4][index] }));

function wide(seed: number): Wide {
  return new Map([...livelyWeights(TINY, seed)].map(([name, { shape, data }]) => [name, { shape, data: Float64Array.from(data) }]));
}

/** What the optimizer might do between two iterations. */
function move(weights: Wide): void {
  const random = new RandomGenerator(17);
  for (const { data } of weights.values()) for (let i = 0; i < data.length; i++) data[i] += 0.03 * random.normal();
}

/** log-probabilities of the trained tokens of every rollout */
function scores(weights: Wide): number[][] {
  return ROLLOUTS.map(({ example: { ids, trained } }) => {
    const logits = referenceLogits(TINY, weights, ids);
    return [...ids].flatMap((id, t) => {
      if (trained[t] === 0) return [];
      const scaled = Array.from(logits[t - 1], (logit) => logit / TEMPERATURE);
      return [scaled[id] - Math.log(scaled.reduce((sum, logit) => sum + Math.exp(logit), 0))];
    });
  });
}

/** The loss as its papers write it: means of rollouts of means of tokens. */
function plainLoss(variant: LossVariant, weights: Wide, old: number[][], reference: number[][]): number {
  const terms = scores(weights).map((row, r) => row.map((logp, t) => {
    const ratio = Math.exp(logp - old[r][t]);
    const { advantage } = ROLLOUTS[r];
    const clipped = Math.min(1 + CLIP_HIGH, Math.max(1 - CLIP_LOW, ratio));
    const gap = reference[r][t] - logp;
    return -Math.min(ratio * advantage, clipped * advantage) + BETA * (Math.exp(gap) - gap - 1);
  }));
  const sum = (values: number[]): number => values.reduce((a, b) => a + b, 0);
  switch (variant) {
    case 'grpo': return sum(terms.map((row) => sum(row) / row.length)) / terms.length;
    case 'dr_grpo': return sum(terms.flat()) / (terms.length * MAX_LENGTH);
    case 'dapo': return sum(terms.flat()) / terms.flat().length;
  }
}

describe.each(['grpo', 'dr_grpo', 'dapo'] as const)('%s', (variant) => {
  it('has the loss and the gradient of its formula in the second update on the same rollouts', async () => {
    const [weights, base] = [wide(3), wide(8)];
    const open = (of: Wide, trainable: 'weights' | 'nothing'): Promise<DecoderRuntime> =>
      DecoderRuntime.open({ config: TINY, weights: of, trainable, threads: 1, dtype: 'float64', temperature: TEMPERATURE });
    const models = { policy: await open(weights, 'weights'), reference: await open(base, 'nothing') };
    const sums = new Map([...weights].map(([name, { data }]) => [name, new Float64Array(data.length)]));
    const old = scores(weights);
    const reference = scores(base);
    const losses: number[] = [];
    const first = plainLoss(variant, weights, old, reference);
    const found = await accumulatePolicyGradient(models, {
      rollouts: ROLLOUTS, passRows: 2,
      settings: { variant, maxCompletionLength: MAX_LENGTH, clipLow: CLIP_LOW, clipHigh: CLIP_HIGH, beta: BETA, numIterations: 2 },
      update: (loss) => {
        losses.push(loss);
        move(weights);
        for (const sum of sums.values()) sum.fill(0);
      },
    }, sums, new AbortController().signal);
    await models.policy.dispose();
    await models.reference.dispose();

    const loss = (): number => plainLoss(variant, weights, old, reference);
    expect(losses).toEqual([expect.closeTo(first, 9)]);
    expect(found.loss).toBeCloseTo((first + loss()) / 2, 9);
    expect(found.clippedLow + found.clippedHigh).toBeGreaterThan(0);
    const random = new RandomGenerator(1);
    for (const [name, { data }] of weights) {
      const i = random.below(data.length);
      const kept = data[i];
      const [above, below] = [1e-5, -1e-5].map((by) => {
        data[i] = kept + by;
        return loss();
      });
      data[i] = kept;
      const slope = (above - below) / 2e-5;
      expect(Math.abs(sums.get(name)![i] - slope), name).toBeLessThan(1e-6 * Math.max(1, Math.abs(slope)));
    }
  });
});
