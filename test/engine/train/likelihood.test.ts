/** How likely answers are, whatever batch they are in, as a plain float64 decoder says. */

import { expect, it } from 'vitest';
import { DecoderRuntime } from '../../../src/engine/model/runtime.ts';
import { meanLogProbabilities } from '../../../src/engine/train/likelihood.ts';
import { referenceLogProbabilities } from '../reference/decoder.ts';
import { livelyWeights, randomRows, TINY } from '../tiny.ts';

it('is the mean over the tokens of the answer', async () => {
  const rows = randomRows(TINY, [9, 5, 14, 7, 3], 13);
  const weights = livelyWeights(TINY, 6);
  const runtime = await DecoderRuntime.open({ config: TINY, weights, trainable: 'nothing', threads: 1 });
  const done: number[] = [];
  const { signal } = new AbortController();
  const means = await meanLogProbabilities(runtime, rows, { batchSize: 2, signal, onProgress: (count) => done.push(count) });
  rows.forEach(({ ids, trained }, row) => {
    const predictions = referenceLogProbabilities(TINY, weights, ids);
    const scores = [...ids].flatMap((id, position) => (position > 0 && trained[position] === 1 ? [predictions[position - 1][id]] : []));
    expect(means[row]).toBeCloseTo(scores.reduce((a, b) => a + b, 0) / scores.length, 4);
  });
  expect(done).toEqual([2, 4, 5]);
  await expect(meanLogProbabilities(runtime, rows, { batchSize: 2, signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough');
  await runtime.dispose();
});
