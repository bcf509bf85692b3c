/** Scaled dot-product attention with grouped queries and an additive mask. */

import { multiplyDims, sameShape, type Dim, type Shape } from '../dims.ts';
import { at, floatType, type Op, type Tensor } from '../tape.ts';
import { multiply, subtract } from './elementwise.ts';
import { reshape, transpose } from './layout.ts';
import { matmul } from './matmul.ts';
import { sum } from './reduce.ts';

/** B rows, K key heads each serving G query heads, T queries, S keys, d features. */
interface Sizes {
  readonly B: Dim;
  readonly K: number;
  readonly G: number;
  readonly T: Dim;
  readonly S: Dim;
  readonly d: number;
}

/**
 * softmax(α Q Kᵀ + mask) V. The queries that share a key head are folded into one matrix, so keys are never repeated.
 *
 * Operands: Q [B, K·G, T, d], K and V [B, K, S, d], mask [M, 1, 1, T, S] with M equal to 1 or B at run time.
 * Results: [B, K·G, T, d] and the probabilities [B, K, G·T, S], which the gradient needs.
 *
 * @see Vaswani et al. 2017, eq. 1; Ainslie et al. 2023 for the groups
 */
export const attentionOp: Op<{ readonly alpha: number }> = {
  name: 'attention',
  infer: (inputs) => {
    const { B, K, G, T, S } = sizesOf(inputs);
    const dtype = floatType('attention', inputs);
    return [{ dtype, shape: at(inputs, 0).shape }, { dtype, shape: [B, K, multiplyDims(G, T), S] }];
  },
  emit: (emitter, inputs, outputs, { alpha }) => {
    const [q, k, v, mask, result, probabilities] = [at(inputs, 0), at(inputs, 1), at(inputs, 2), at(inputs, 3), at(outputs, 0), at(outputs, 1)];
    const sizes = sizesOf(inputs);
    const reshaped = (x: Tensor | string, shape: Shape): string => emitter.value('Reshape', [x, emitter.reshapeTarget(shape)]);
    const folded = foldedShape(sizes);
    const queries = reshaped(q, folded);
    const scores = q.dtype === 'float32'
      ? emitter.value('FusedMatMul', [queries, k], { transB: 1, alpha: { float: alpha } }, 'com.microsoft')
      : emitter.value('Mul', [emitter.value('MatMul', [queries, emitter.value('Transpose', [k], { perm: [0, 1, 3, 2] })]), emitter.scalar(q.dtype, alpha)]);
    const masked = emitter.value('Add', [reshaped(scores, [sizes.B, sizes.K, sizes.G, sizes.T, sizes.S]), mask]);
    emitter.node('Softmax', [reshaped(masked, probabilities.shape)], [probabilities], { axis: -1 });
    const product = emitter.value('MatMul', [probabilities, v]);
    emitter.node('Reshape', [product, emitter.reshapeTarget(result.shape)], [result]);
  },
  vjp: ({ inputs, outputs, attributes: { alpha } }, gradients) => {
    if (gradients[1] !== undefined) throw new Error('attention: only the result has a gradient');
    const [q, k, v, result, probabilities] = [at(inputs, 0), at(inputs, 1), at(inputs, 2), at(outputs, 0), at(outputs, 1)];
    const folded = foldedShape(sizesOf(inputs));
    const gradient = reshape(at(gradients, 0) as Tensor, folded);
    // rowsum(dP ∘ P) = rowsum(dO ∘ O), which is shorter by a factor of keys over features.
    const rowSums = sum(multiply(gradient, reshape(result, folded)), [3]);
    const scores = multiply(probabilities, subtract(matmul(gradient, v, { transB: true }), rowSums));
    // Aᵀ B as (Bᵀ A)ᵀ: the kernel is slow at transposing its first operand, and B is the smaller by far.
    const transposedProduct = (a: Tensor, b: Tensor, factor: number): Tensor =>
      transpose(matmul(b, a, { transA: true, alpha: factor }), [0, 1, 3, 2]);
    return [
      reshape(matmul(scores, k, { alpha }), q.shape),
      transposedProduct(scores, reshape(q, folded), alpha),
      transposedProduct(probabilities, gradient, 1),
      undefined,
    ];
  },
};

function foldedShape({ B, K, G, T, d }: Sizes): Shape {
  return [B, K, multiplyDims(G, T), d];
}

function sizesOf(inputs: readonly Tensor[]): Sizes {
  const [q, k, v, mask] = [at(inputs, 0).shape, at(inputs, 1).shape, at(inputs, 2).shape, at(inputs, 3).shape];
  const [B, heads, T, d] = q;
  const [, K, S] = k;
  const fits = q.length === 4 && k.length === 4 && sameShape(k, v) && k[0] === B && k[3] === d
    && typeof heads === 'number' && typeof K === 'number' && heads % K === 0 && typeof d === 'number'
    && mask.length === 5 && sameShape(mask.slice(1), [1, 1, T, S]);
  if (!fits) throw new Error(`attention: ${inputs.map((input) => `[${input.shape.join(', ')}]`).join(' ')}`);
  return { B: B, K, G: heads / K, T: T, S: S, d };
}

export function attention(q: Tensor, k: Tensor, v: Tensor, mask: Tensor, alpha: number): Tensor {
  return at(q.graph.apply(attentionOp, [q, k, v, mask], { alpha }), 0);
}
