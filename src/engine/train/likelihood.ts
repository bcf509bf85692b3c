/** How likely a model is to give an answer, for comparing answers of different lengths. */

import { setImmediate as nextMacrotask } from 'node:timers/promises';
import { makeBatch, trainedTokens } from '../model/batch.ts';
import type { DecoderRuntime } from '../model/runtime.ts';
import type { TokenizedExample } from '../text/chat.ts';

/**
 * The mean log-probability of the trained tokens of each example, in nats a token.
 *
 * @param examples none longer than the model's context, each with a trained token
 * @param options.batchSize examples a forward pass
 * @param options.onProgress hears how many examples are done
 * @throws the signal's reason when it is aborted
 */
export async function meanLogProbabilities(
  runtime: DecoderRuntime, examples: readonly TokenizedExample[],
  options: { readonly batchSize: number; readonly signal: AbortSignal; readonly onProgress?: (done: number) => void },
): Promise<Float64Array> {
  const { batchSize, signal, onProgress } = options;
  const means = new Float64Array(examples.length);
  const byLength = examples.map((_, index) => index).sort((a, b) => examples[a].ids.length - examples[b].ids.length);
  for (let start = 0; start < byLength.length; start += batchSize) {
    const some = byLength.slice(start, start + batchSize);
    const batch = makeBatch(some.map((index) => examples[index]));
    const scores = await runtime.score(await runtime.forward(batch, { forBackward: false, signal }), signal);
    scores.forEach((score, target) => {
      const index = some[Math.floor(batch.targetPositions[target] / batch.length)];
      means[index] += score / trainedTokens(examples[index]);
    });
    onProgress?.(start + some.length);
    // The graphs block this thread; timers and messages of the process get their turn here.
    await nextMacrotask();
  }
  return means;
}
