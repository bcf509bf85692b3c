/** Rows of tokens laid side by side, with the positions that are trained on. */

import type { TokenizedExample } from '../text/chat.ts';

export interface TokenBatch {
  readonly rows: number;
  /** tokens of the longest row; shorter rows are padded on the right, where causal attention never looks */
  readonly length: number;
  /** [rows, length] */
  readonly ids: Int32Array;
  /** [rows, length]: where in its row the example begins that a token belongs to; only when a row holds several */
  readonly starts?: Int32Array;
  /** without padding */
  readonly tokens: number;
  /** for every trained token, the index into [rows * length] of the position that predicts it */
  readonly targetPositions: Int32Array;
  /** for every trained token, its id */
  readonly targetIds: Int32Array;
}

/** Lays examples side by side, one a row, in their order. */
export function makeBatch(examples: readonly TokenizedExample[]): TokenBatch {
  return packBatch(examples.map((example) => [example]));
}

/** Lays several examples end to end in each row; none of them sees another, and none predicts the first token of the next. */
export function packBatch(packs: readonly (readonly TokenizedExample[])[]): TokenBatch {
  const lengths = packs.map((pack) => pack.reduce((sum, example) => sum + example.ids.length, 0));
  const length = lengths.reduce((longest, tokens) => Math.max(longest, tokens), 0);
  const ids = new Int32Array(packs.length * length);
  const starts = new Int32Array(packs.length * length);
  const positions: number[] = [];
  const labels: number[] = [];
  packs.forEach((pack, row) => {
    let start = 0;
    for (const example of pack) {
      const offset = row * length + start;
      ids.set(example.ids, offset);
      starts.fill(start, offset, offset + example.ids.length);
      for (let i = 1; i < example.ids.length; i++) {
        if (example.trained[i] !== 1) continue;
        positions.push(offset + i - 1);
        labels.push(example.ids[i]);
      }
      start += example.ids.length;
    }
    starts.fill(start, row * length + start, (row + 1) * length);
  });
  return {
    rows: packs.length,
    length,
    ids,
    ...(packs.some((pack) => pack.length > 1) && { starts }),
    tokens: lengths.reduce((sum, tokens) => sum + tokens, 0),
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
