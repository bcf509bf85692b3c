/** Rows of tokens laid side by side, with the positions that are trained on. */

import type { TokenizedExample } from '../text/chat.ts';

export interface TokenBatch {
  readonly rows: number;
  /** tokens of the longest row; shorter rows are padded on the right, where causal attention never looks */
  readonly length: number;
  /** [rows, length] */
  readonly ids: Int32Array;
  /** without padding */
  readonly tokens: number;
  /** for every trained token, the index into [rows * length] of the position that predicts it */
  readonly targetPositions: Int32Array;
  /** for every trained token, its id */
  readonly targetIds: Int32Array;
}

/** Lays examples side by side, in their order. */
export function makeBatch(examples: readonly TokenizedExample[]): TokenBatch {
  const length = examples.reduce((longest, { ids }) => Math.max(longest, ids.length), 0);
  const ids = new Int32Array(examples.length * length);
  const positions: number[] = [];
  const labels: number[] = [];
  examples.forEach((example, row) => {
    ids.set(example.ids, row * length);
    for (let i = 1; i < example.ids.length; i++) {
      if (example.trained[i] !== 1) continue;
      positions.push(row * length + i - 1);
      labels.push(example.ids[i]);
    }
  });
  return {
    rows: examples.length,
    length,
    ids,
    tokens: examples.reduce((sum, example) => sum + example.ids.length, 0),
    targetPositions: Int32Array.from(positions),
    targetIds: Int32Array.from(labels),
  };
}

/** Tokens of an example that the loss sees. */
export function trainedTokens(example: TokenizedExample): number {
  let count = 0;
  for (let i = 1; i < example.trained.length; i++) count += example.trained[i] === 1 ? 1 : 0;
  return count;
}
