/** The supervised loss: mean negative log-likelihood over trained tokens, with and without gradients. */

import { makeBatch, packBatch, trainedTokens } from '../model/batch.ts';
import type { DecoderRuntime, GradientSums } from '../model/runtime.ts';
import type { TokenizedExample } from '../text/chat.ts';

export interface LossValue {
  /** nats a trained token */
  readonly loss: number;
  /** trained tokens it is the mean of */
  readonly tokens: number;
}

/**
 * The loss of one optimizer step over several forward passes, and its gradient added to `sums`. The mean is over the
 * tokens of all passes together, so that splitting a batch changes nothing but rounding.
 *
 * @throws the signal's reason when it is aborted
 */
export function lossAndGradients(
  runtime: DecoderRuntime, batches: readonly (readonly TokenizedExample[])[], sums: GradientSums, signal?: AbortSignal,
): Promise<LossValue> {
  return packedLossAndGradients(runtime, batches.map((examples) => examples.map((example) => [example])), sums, signal);
}

/**
 * As `lossAndGradients`, with several examples in each row of a pass.
 *
 * @param batches the packs of each pass
 */
export async function packedLossAndGradients(
  runtime: DecoderRuntime, batches: readonly (readonly (readonly TokenizedExample[])[])[], sums: GradientSums, signal?: AbortSignal,
): Promise<LossValue> {
  const tokens = countTrained(batches.flat(2));
  let total = 0;
  for (const packs of batches) {
    const batch = packBatch(packs);
    const weights = new Float64Array(batch.targetIds.length).fill(-1 / tokens);
    const logProbabilities = await runtime.step(batch, weights, sums, signal);
    for (const value of logProbabilities) total -= value;
  }
  return { loss: total / tokens, tokens };
}

/**
 * The loss over a set of rows, without gradients.
 *
 * @param options.batchSize rows a forward pass
 * @returns a loss of 0 over 0 tokens when nothing in the rows is trained on
 * @throws the signal's reason when it is aborted
 */
export async function evaluateLoss(
  runtime: DecoderRuntime, examples: readonly TokenizedExample[], options: { batchSize: number; signal?: AbortSignal | undefined },
): Promise<LossValue> {
  const byLength = examples.filter((example) => trainedTokens(example) > 0).sort((a, b) => a.ids.length - b.ids.length);
  let total = 0;
  for (let start = 0; start < byLength.length; start += options.batchSize) {
    const batch = makeBatch(byLength.slice(start, start + options.batchSize));
    const pass = await runtime.forward(batch, { forBackward: false, signal: options.signal });
    for (const value of await runtime.score(pass, options.signal)) total -= value;
  }
  const tokens = countTrained(byLength);
  return { loss: tokens === 0 ? 0 : total / tokens, tokens };
}

function countTrained(examples: readonly TokenizedExample[]): number {
  return examples.reduce((sum, example) => sum + trainedTokens(example), 0);
}
