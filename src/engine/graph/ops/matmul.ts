/** Matrix products, batched or plain; the plain one can add to a matrix while it computes. */

import type { Emitter } from '../emitter.ts';
import { sameShape, type Dim } from '../dims.ts';
import { applyOne, at, floatType, type Contribution, type Op, type Tensor } from '../tape.ts';
import { add } from './elementwise.ts';
import { transpose, untransposed } from './layout.ts';

interface MatmulAttributes {
  readonly transA: boolean;
  readonly transB: boolean;
  readonly alpha: number;
}

/** alpha · op(A) op(B) + C; op transposes the last two axes. The leading axes of A and B are equal; C is for rank 2 only. */
export const matmulOp: Op<MatmulAttributes> = {
  name: 'matmul',
  infer: (inputs, { transA, transB }) => {
    const [a, b, c] = [at(inputs, 0), at(inputs, 1), inputs[2]];
    const batch = a.shape.slice(0, -2);
    const [rows, innerA] = sides(a, transA);
    const [innerB, columns] = sides(b, transB);
    const shape = [...batch, rows, columns];
    if (a.shape.length < 2 || innerA !== innerB || !sameShape(batch, b.shape.slice(0, -2))
      || (c !== undefined && (c.shape.length !== 2 || !sameShape(c.shape, shape)))) {
      throw new Error(`matmul: ${inputs.map((input) => `[${input.shape.join(', ')}]`).join(' ')} trans ${transA} ${transB}`);
    }
    return [{ dtype: floatType('matmul', inputs), shape }];
  },
  emit: (emitter, inputs, outputs, attributes) => {
    const output = at(outputs, 0);
    if (output.dtype === 'float32') emitFused(emitter, inputs, output, attributes);
    else emitPrimitives(emitter, inputs, output, attributes);
  },
  vjp: ({ inputs, attributes: { transA, transB, alpha } }, gradients) => {
    const [a, b, gradient] = [at(inputs, 0), at(inputs, 1), at(gradients, 0) as Tensor];
    const onto = (x: Tensor, y: Tensor, tx: boolean, ty: boolean): Contribution => (sumSoFar) => {
      const options = { transA: tx, transB: ty, alpha };
      if (sumSoFar === undefined) return matmul(x, y, options);
      return x.shape.length === 2 ? matmul(x, y, { ...options, addend: sumSoFar }) : add(sumSoFar, matmul(x, y, options));
    };
    return [
      transA ? onto(b, gradient, transB, true) : onto(gradient, b, false, !transB),
      transB ? onto(gradient, a, true, transA) : onto(a, gradient, !transA, false),
      gradient,
    ].slice(0, inputs.length);
  },
};

function sides(tensor: Tensor, transposed: boolean): [Dim, Dim] {
  const [rows, columns] = [at(tensor.shape, tensor.shape.length - 2), at(tensor.shape, tensor.shape.length - 1)];
  return transposed ? [columns, rows] : [rows, columns];
}

function emitFused(emitter: Emitter, inputs: readonly Tensor[], output: Tensor, { transA, transB, alpha }: MatmulAttributes): void {
  const flags = { transA: Number(transA), transB: Number(transB), alpha: { float: alpha } };
  if (inputs.length === 3) emitter.node('Gemm', inputs, [output], { ...flags, beta: { float: 1 } });
  else emitter.node('FusedMatMul', inputs, [output], flags, 'com.microsoft');
}

function emitPrimitives(emitter: Emitter, inputs: readonly Tensor[], output: Tensor, { transA, transB, alpha }: MatmulAttributes): void {
  const swap = (tensor: Tensor): string => {
    const order = tensor.shape.map((_, axis) => axis);
    order.push(...order.splice(-2).reverse());
    return emitter.value('Transpose', [tensor], { perm: order });
  };
  const [a, b, c] = [at(inputs, 0), at(inputs, 1), inputs[2]];
  const product = emitter.value('MatMul', [transA ? swap(a) : a, transB ? swap(b) : b]);
  const scaled = emitter.value('Mul', [product, emitter.scalar(output.dtype, alpha)]);
  if (c === undefined) emitter.node('Identity', [scaled], [output]);
  else emitter.node('Add', [scaled, c], [output]);
}

export function matmul(
  a: Tensor, b: Tensor, options: { transA?: boolean; transB?: boolean; alpha?: number; addend?: Tensor | undefined } = {},
): Tensor {
  const { transA = false, transB = false, alpha = 1, addend } = options;
  return applyOne(matmulOp, addend === undefined ? [a, b] : [a, b, addend], { transA, transB, alpha });
}

/** x Wᵀ · alpha (+ addend) for a weight [out, in] and rows x [N, in]. */
export function linear(x: Tensor, weight: Tensor, options: { alpha?: number; addend?: Tensor | undefined } = {}): Tensor {
  return matmul(x, weight, { ...options, transB: true });
}

/**
 * The same as `linear`, for a few rows and a large weight: the kernel rearranges its second operand before it
 * multiplies, so the weight is given as the first. The result is a transpose, and so may x be, which is then not undone.
 */
export function linearForFewRows(x: Tensor, weight: Tensor, options: { alpha?: number; addend?: Tensor | undefined } = {}): Tensor {
  const { alpha = 1, addend } = options;
  const columns = untransposed(x);
  const product = transpose(columns ? matmul(weight, columns, { alpha }) : matmul(weight, x, { transB: true, alpha }), [1, 0]);
  return addend === undefined ? product : add(product, addend);
}
