/** Random weights for a decoder that is trained from nothing. */

import { RandomGenerator } from '../random.ts';
import type { DecoderConfig } from './decoder.ts';
import { decoderShapes } from './layout.ts';
import type { Weights, WeightTensor } from './weights.ts';

/**
 * Normal weights of deviation 0.02; the two projections that write into the residual stream are scaled down by
 * sqrt(2 · layers), so that its variance does not grow with depth; norms change nothing yet and biases are zero.
 *
 * @param seed equal seeds give equal weights on every machine
 * @see Radford et al. 2019, "Language Models are Unsupervised Multitask Learners", section 2.3
 */
export function initializeDecoder(config: DecoderConfig, seed: number): Weights {
  const random = new RandomGenerator(seed);
  const weights = new Map<string, WeightTensor>();
  for (const { name, shape } of decoderShapes(config)) {
    const data = new Float32Array(shape.reduce((a, b) => a * b, 1));
    if (shape.length === 1) data.fill(name.endsWith('.bias') ? 0 : 1 - config.normOffset);
    else {
      const writesResidual = name.endsWith('o_proj.weight') || name.endsWith('down_proj.weight');
      const deviation = writesResidual ? 0.02 / Math.sqrt(2 * config.layers) : 0.02;
      for (let i = 0; i < data.length; i++) data[i] = random.normal() * deviation;
    }
    weights.set(name, { shape, data });
  }
  return weights;
}
