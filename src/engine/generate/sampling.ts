/** Choosing the next token from logits. */

import type { RandomGenerator } from '../random.ts';

export interface Sampling {
  /** 0 takes the most probable token */
  readonly temperature: number;
  /** keep only so many of the most probable tokens; 0 keeps all */
  readonly topK?: number;
  /** keep the smallest set of tokens that has this probability; 1 keeps all */
  readonly topP?: number;
  /** equal seeds give equal answers, whatever else is in the batch */
  readonly seed: number;
  readonly maxNewTokens: number;
  /** no end before so many tokens; 0 unless given */
  readonly minNewTokens?: number;
  /** any of these ends a sequence; it is not part of the answer's ids */
  readonly endIds: readonly number[];
}

/** The most probable token; the lowest id of equals. */
export function greedyToken(logits: Float32Array): number {
  let best = 0;
  for (let id = 1; id < logits.length; id++) if (logits[id] > logits[best]) best = id;
  return best;
}

/**
 * Draws a token: temperature first, then top-k, then top-p, the order of Hugging Face's logits processors.
 *
 * @see Holtzman et al. 2020, "The Curious Case of Neural Text Degeneration", for top-p
 */
export function sampleToken(logits: Float32Array, sampling: Pick<Sampling, 'temperature' | 'topK' | 'topP'>, random: RandomGenerator): number {
  const { temperature, topK = 0, topP = 1 } = sampling;
  if (temperature <= 0) return greedyToken(logits);
  const top = logits[greedyToken(logits)];
  const weights = Float64Array.from(logits, (logit) => Math.exp((logit - top) / temperature));
  const isLimited = (topK > 0 && topK < logits.length) || topP < 1;
  const candidates = isLimited ? likeliest(weights, topK, topP) : undefined;
  const size = candidates?.length ?? weights.length;
  const idAt = (index: number): number => candidates?.[index] ?? index;
  let total = 0;
  for (let index = 0; index < size; index++) total += weights[idAt(index)];
  let rest = random.uniform() * total;
  for (let index = 0; index < size; index++) {
    rest -= weights[idAt(index)];
    if (rest < 0) return idAt(index);
  }
  // Rounding can leave a remainder beyond the last token.
  return idAt(size - 1);
}

/** Ids by falling weight, as many as both limits allow; at least one. */
function likeliest(weights: Float64Array, topK: number, topP: number): Int32Array {
  const order = Int32Array.from(weights, (_, id) => id).sort((a, b) => weights[b] - weights[a] || a - b);
  const kept = topK > 0 ? order.subarray(0, topK) : order;
  let total = 0;
  for (const id of kept) total += weights[id];
  let sum = 0;
  let count = 0;
  while (count < kept.length && sum < topP * total) sum += weights[kept[count++]];
  return kept.subarray(0, Math.max(1, count));
}
