/** Opens base and tuned model side by side, as batch answerers for the comparison. */

import { Generator } from '../engine/generate/generator.ts';
import type { LoraAdapter } from '../engine/model/lora.ts';
import type { FrozenModel } from '../engine/model/pretrained.ts';
import type { FrozenWeights } from '../engine/model/weights.ts';
import type { AnswerBatch, Contestants } from './comparison.ts';

/**
 * @param tuned the adapter on the base's weights, or weights of its own
 * @param threads 0: one a physical core
 */
export async function openContestants(
  model: FrozenModel, tuned: { readonly adapter: LoraAdapter | undefined; readonly weights: FrozenWeights }, threads: number,
): Promise<Contestants & AsyncDisposable> {
  const { config, weights } = model;
  const base = await Generator.open({ config, weights, threads });
  const other = await Generator.open({ config, weights: tuned.weights, adapter: tuned.adapter, threads });
  return {
    base: answererOf(base, model),
    tuned: answererOf(other, model),
    [Symbol.asyncDispose]: async () => {
      await base.dispose();
      await other.dispose();
    },
  };
}

function answererOf(generator: Generator, { tokenizer }: FrozenModel): AnswerBatch {
  return async (prompts, maxNewTokens, signal) => {
    const answers = await generator.generate(prompts, { maxNewTokens, temperature: 0, seed: 0, endIds: tokenizer.endIds }, { signal });
    return answers.map(({ ids }) => tokenizer.decode(ids));
  };
}
