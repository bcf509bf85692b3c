/** Looking up the embeddings of tokens, and the gradient of it. */

import type { FloatArray } from '../graph/executor.ts';
import type { DecoderConfig } from './decoder.ts';
import { halfToFloat } from './numberFormats.ts';

/**
 * Fills `into` [ids.length, hidden] with the rows of the table, times the model's factor.
 *
 * @param table [vocabulary, hidden]; whole numbers are the bits of float16
 * @throws RangeError on an id that is not in the table
 */
export function embedTokens({ hiddenSize, vocabSize, embeddingScale }: DecoderConfig, table: FloatArray | Uint16Array, ids: Int32Array, into: FloatArray): void {
  ids.forEach((id, position) => {
    if (id < 0 || id >= vocabSize) throw new RangeError(`the token ${id} is not among the ${vocabSize} that the model knows`);
    const [row, at] = [table.subarray(id * hiddenSize, (id + 1) * hiddenSize), position * hiddenSize];
    if (row instanceof Uint16Array) halfToFloat(row, into.subarray(at, at + hiddenSize));
    else into.set(row, at);
  });
  if (embeddingScale !== 1) for (let i = 0; i < ids.length * hiddenSize; i++) into[i] *= embeddingScale;
}

/**
 * Adds the gradient of the table to `sum`, given that of the embedded tokens. In TypeScript, because a scatter of the
 * runtime loses updates when two threads meet one row.
 */
export function addEmbeddingGradient({ hiddenSize, embeddingScale }: DecoderConfig, ids: Int32Array, gradient: FloatArray, sum: FloatArray): void {
  ids.forEach((id, position) => {
    for (let i = 0, to = id * hiddenSize, from = position * hiddenSize; i < hiddenSize; i++) sum[to + i] += embeddingScale * gradient[from + i];
  });
}
