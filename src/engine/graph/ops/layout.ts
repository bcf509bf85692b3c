/** Moving elements without changing them: reshape, transpose, concatenate, split. */

import { addDims, elements, sameShape, type Dim, type Shape } from '../dims.ts';
import { applyOne, at, floatType, type Op, type Tensor } from '../tape.ts';

export const reshapeOp: Op<{ readonly shape: Shape }> = {
  name: 'reshape',
  isView: true,
  infer: (inputs, { shape }) => {
    const from = at(inputs, 0).shape;
    if (elements(from) !== elements(shape)) throw new Error(`reshape: [${from.join(', ')}] does not become [${shape.join(', ')}]`);
    return [{ dtype: at(inputs, 0).dtype, shape }];
  },
  emit: (emitter, inputs, outputs, { shape }) => emitter.node('Reshape', [at(inputs, 0), emitter.reshapeTarget(shape)], outputs),
  vjp: ({ inputs }, gradients) => [reshape(at(gradients, 0) as Tensor, at(inputs, 0).shape)],
};

export const transposeOp: Op<{ readonly order: readonly number[] }> = {
  name: 'transpose',
  isCheap: true,
  infer: (inputs, { order }) => {
    const { dtype, shape } = at(inputs, 0);
    if (order.length !== shape.length || new Set(order).size !== order.length) throw new Error(`transpose: [${shape.join(', ')}] by ${order.join()}`);
    return [{ dtype, shape: order.map((axis) => at(shape, axis)) }];
  },
  emit: (emitter, inputs, outputs, { order }) => emitter.node('Transpose', inputs, outputs, { perm: order }),
  vjp: ({ attributes: { order } }, gradients) => [transpose(at(gradients, 0) as Tensor, order.map((_, axis) => order.indexOf(axis)))],
};

export const concatOp: Op<{ readonly axis: number }> = {
  name: 'concat',
  // Its parts are as large as it is; and where they are weights, nothing need be kept at all.
  isCheap: true,
  infer: (inputs, { axis }) => {
    const { shape } = at(inputs, 0);
    const fits = (other: Tensor): boolean => other.shape.length === shape.length && other.shape.every((dim, i) => i === axis || dim === shape[i]);
    if (axis >= shape.length || !inputs.every(fits)) throw new Error(`concat: ${inputs.map((input) => `[${input.shape.join(', ')}]`).join(' ')}`);
    const total = inputs.map((input) => at(input.shape, axis)).reduce(addDims);
    return [{ dtype: floatType('concat', inputs), shape: shape.map((dim, i) => (i === axis ? total : dim)) }];
  },
  emit: (emitter, inputs, outputs, { axis }) => emitter.node('Concat', inputs, outputs, { axis }),
  vjp: ({ inputs, attributes: { axis } }, gradients) => split(at(gradients, 0) as Tensor, axis, inputs.map((input) => at(input.shape, axis))),
};

export const splitOp: Op<{ readonly axis: number; readonly sizes: Shape }> = {
  name: 'split',
  infer: (inputs, { axis, sizes }) => {
    const { dtype, shape } = at(inputs, 0);
    if (sizes.reduce(addDims) !== shape[axis]) throw new Error(`split: [${shape.join(', ')}] into ${sizes.join(', ')}`);
    return sizes.map((size) => ({ dtype, shape: shape.map((dim, i) => (i === axis ? size : dim)) }));
  },
  emit: (emitter, inputs, outputs, { axis, sizes }) => emitter.node('Split', [at(inputs, 0), emitter.dims(sizes)], outputs, { axis }),
  vjp: ({ outputs, attributes: { axis } }, gradients) => {
    if (gradients.some((gradient) => gradient === undefined)) throw new Error('split: every part needs a gradient');
    return outputs.length === 1 ? [at(gradients, 0)] : [concat(gradients as readonly Tensor[], axis)];
  },
};

/** Same elements in the same order under another shape; free. */
export function reshape(a: Tensor, shape: Shape): Tensor {
  return sameShape(a.shape, shape) ? a : applyOne(reshapeOp, [a], { shape });
}

/** Axis i of the result is axis order[i] of the operand. */
export function transpose(a: Tensor, order: readonly number[]): Tensor {
  return applyOne(transposeOp, [a], { order });
}

/** The matrix that `a` is the transpose of, when it was made as one. */
export function untransposed(a: Tensor): Tensor | undefined {
  return a.producer?.op.name === transposeOp.name && a.shape.length === 2 ? a.producer.inputs[0] : undefined;
}

/** An operation that works element by element, done before two transposes instead of after them. */
export function beforeTransposes(apply: (a: Tensor, b: Tensor) => Tensor, a: Tensor, b: Tensor): Tensor {
  const [x, y] = [untransposed(a), untransposed(b)];
  return x && y ? transpose(apply(x, y), [1, 0]) : apply(a, b);
}

export function concat(parts: readonly Tensor[], axis: number): Tensor {
  return applyOne(concatOp, parts, { axis });
}

export function split(a: Tensor, axis: number, sizes: readonly Dim[]): readonly Tensor[] {
  return a.graph.apply(splitOp, [a], { axis, sizes });
}
