/** A decoder and rows small enough to check by brute force. */

import type { DecoderConfig } from '../../src/engine/model/decoder.ts';
import { initializeDecoder } from '../../src/engine/model/initialize.ts';
import type { Weights } from '../../src/engine/model/weights.ts';
import { RandomGenerator } from '../../src/engine/random.ts';
import type { TokenizedExample } from '../../src/engine/text/chat.ts';
import type { TrainingSettings } from '../../src/engine/train/training.ts';

export const TINY: DecoderConfig = {
  family: 'llama', vocabSize: 29, hiddenSize: 16, intermediateSize: 24, layers: 2, heads: 4, kvHeads: 2, headDim: 6,
  maxPositions: 64, normEpsilon: 1e-6, normOffset: 0, postNorms: false, qkNorm: false, biases: [], activation: 'silu',
  embeddingScale: 1, attentionScale: 1 / Math.sqrt(6), attention: [{ window: undefined, rope: { theta: 10_000, scaling: undefined } }], tiedHead: true,
};

/** Every feature that any family has, all at once. */
export const FEATURED: DecoderConfig = {
  ...TINY, family: 'featured', normOffset: 1, postNorms: true, qkNorm: true, activation: 'gelu-tanh', embeddingScale: 3.5, attentionScale: 0.3,
  biases: ['q_proj', 'k_proj', 'v_proj', 'o_proj', 'gate_proj', 'up_proj', 'down_proj'],
  attention: [
    { window: 3, rope: { theta: 100, scaling: { kind: 'linear', factor: 2 } } },
    {
      window: undefined,
      rope: { theta: 10_000, scaling: { kind: 'llama3', factor: 4, lowFrequencyFactor: 1, highFrequencyFactor: 4, originalPositions: 24 } },
    },
  ],
};

/** Larger than a fresh model's weights, so that attention is far from uniform. */
export function livelyWeights(config: DecoderConfig, seed: number): Weights {
  const weights = initializeDecoder(config, seed);
  const random = new RandomGenerator(seed + 1);
  for (const { shape, data } of weights.values()) {
    const width = shape.at(-1) as number;
    // Norms and biases stay near what they begin as.
    for (let i = 0; i < data.length; i++) data[i] = shape.length === 1 ? data[i] + 0.2 * random.normal() : random.normal() / Math.sqrt(width);
  }
  return weights;
}

/** Rows of random tokens; about two thirds of each are trained on. */
export function randomRows(config: DecoderConfig, lengths: readonly number[], seed: number): TokenizedExample[] {
  const random = new RandomGenerator(seed);
  return lengths.map((length, index) => ({
    row: index + 1,
    ids: Int32Array.from({ length }, () => random.below(config.vocabSize)),
    trained: Uint8Array.from({ length }, (_, position) => (position >= Math.ceil(length / 3) ? 1 : 0)),
  }));
}

export const QUICK: TrainingSettings = {
  peft: { method: 'lora', rank: 4, alpha: 8 }, epochs: 1, batchSize: 4, gradientAccumulation: 1, learningRate: 1e-2, schedule: 'cosine',
  warmupRatio: 0.1, weightDecay: 0.01, maxGradNorm: 1, maxLength: 64, evalEverySteps: 0, checkpointEverySeconds: 0, seed: 7, threads: 1,
};
