/** AdamW and gradient clipping over flat arrays. */

import type { ParameterSegment } from './parameters.ts';

export interface AdamwSettings {
  /** PyTorch's defaults for the four: 0.9, 0.999, 1e-8, 0.01 */
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
}

export interface AdamwState {
  /** updates made so far */
  readonly step: number;
  readonly firstMoment: Float32Array;
  readonly secondMoment: Float32Array;
}

/** @param count number of trained values */
export function initAdamw(count: number): AdamwState {
  return { step: 0, firstMoment: new Float32Array(count), secondMoment: new Float32Array(count) };
}

/**
 * One update in place: Adam with bias correction, and decay that does not pass through the moments. Tensors of one
 * axis (norms, biases) do not decay.
 *
 * @param gradients laid out as `values`; multiplied by `gradientScale` on the way in, which is how clipping is applied
 * @returns the state after the step, over the same arrays
 * @see Loshchilov and Hutter 2019, "Decoupled Weight Decay Regularization", algorithm 2
 */
export function updateAdamw(
  values: Float32Array, gradients: Float32Array, state: AdamwState, segments: readonly ParameterSegment[],
  settings: AdamwSettings & { readonly learningRate: number; readonly gradientScale?: number },
): AdamwState {
  const { beta1, beta2, epsilon, weightDecay, learningRate, gradientScale = 1 } = settings;
  const { firstMoment, secondMoment } = state;
  const step = state.step + 1;
  const stepSize = learningRate / (1 - beta1 ** step);
  const rootCorrection = 1 / Math.sqrt(1 - beta2 ** step);
  for (const { offset, length, shape } of segments) {
    const keep = shape.length > 1 ? 1 - learningRate * weightDecay : 1;
    for (let i = offset, end = offset + length; i < end; i++) {
      const gradient = gradients[i] * gradientScale;
      const mean = beta1 * firstMoment[i] + (1 - beta1) * gradient;
      const square = beta2 * secondMoment[i] + (1 - beta2) * gradient * gradient;
      firstMoment[i] = mean;
      secondMoment[i] = square;
      values[i] = values[i] * keep - (stepSize * mean) / (Math.sqrt(square) * rootCorrection + epsilon);
    }
  }
  return { step, firstMoment, secondMoment };
}

/** The L2 norm over all values; NaN or infinite when one of them is. */
export function globalNorm(values: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] * values[i];
  return Math.sqrt(sum);
}

/**
 * The factor that brings a gradient of norm `norm` down to `maxNorm`.
 *
 * @param maxNorm 0 is off
 * @see torch.nn.utils.clip_grad_norm_, whose 1e-6 keeps the quotient finite
 */
export function clipFactor(norm: number, maxNorm: number): number {
  return maxNorm > 0 ? Math.min(1, maxNorm / (norm + 1e-6)) : 1;
}
