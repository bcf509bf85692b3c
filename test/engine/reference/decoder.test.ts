/** The reference decoder gives what transformers and PEFT compute in float64 for every family. */

import { expect, it } from 'vitest';
import { GOLDEN_FAMILIES, readGolden } from '../golden.ts';
import { mergedWeights, referenceLogits, referenceLogProbabilities } from './decoder.ts';

it.each(GOLDEN_FAMILIES)('%s, with and without its adapter', async (family) => {
  const { config, weights, adapter, rows, tensors } = await readGolden(family);
  for (const [name, used] of [['logits', weights], ['logits_lora', mergedWeights(weights, adapter)]] as const) {
    const { data, shape: [, length] } = tensors.get(name)!;
    let worst = 0;
    rows.forEach(({ ids }, row) => {
      referenceLogits(config, used, ids).forEach((logits, t) => {
        logits.forEach((value, id) => (worst = Math.max(worst, Math.abs(value - data[(row * length + t) * config.vocabSize + id]))));
      });
    });
    // transformers computes rotary angles in float32 even in a float64 model.
    expect(worst, name).toBeLessThan(1e-5);
  }
});

it('gives probabilities', async () => {
  const { config, weights, rows } = await readGolden('llama');
  const logProbabilities = referenceLogProbabilities(config, weights, rows[0].ids);
  expect(logProbabilities).toHaveLength(rows[0].ids.length);
  for (const row of logProbabilities) expect(row.reduce((total, value) => total + Math.exp(value), 0)).toBeCloseTo(1, 12);
});
