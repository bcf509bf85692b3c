/** Sums over axes, and their opposite, repetition along axes. */

import { broadcastShapes, sameShape, type Shape } from '../dims.ts';
import { applyOne, at, floatType, type Op, type Tensor } from '../tape.ts';
import { reshape } from './layout.ts';

/** Keeps the summed axes with size 1. */
export const sumOp: Op<{ readonly axes: readonly number[] }> = {
  name: 'sum',
  infer: (inputs, { axes }) => {
    const { shape } = at(inputs, 0);
    if (axes.some((axis) => axis < 0 || axis >= shape.length)) throw new Error(`sum: no axis ${axes.join()} in [${shape.join(', ')}]`);
    return [{ dtype: floatType('sum', inputs), shape: shape.map((dim, axis) => (axes.includes(axis) ? 1 : dim)) }];
  },
  emit: (emitter, inputs, outputs, { axes }) =>
    emitter.node('ReduceSum', [at(inputs, 0), emitter.axes(...axes)], outputs, { keepdims: 1 }),
  vjp: ({ inputs }, gradients) => [expand(at(gradients, 0) as Tensor, at(inputs, 0).shape)],
};

export const expandOp: Op<{ readonly shape: Shape }> = {
  name: 'expand',
  infer: (inputs, { shape }) => {
    const broadcast = broadcastShapes(at(inputs, 0).shape, shape, 'expand');
    if (!sameShape(broadcast, shape)) throw new Error(`expand: [${at(inputs, 0).shape.join(', ')}] does not become [${shape.join(', ')}]`);
    return [{ dtype: floatType('expand', inputs), shape }];
  },
  emit: (emitter, inputs, outputs, { shape }) => emitter.node('Expand', [at(inputs, 0), emitter.dims(shape)], outputs),
  vjp: ({ inputs }, gradients) => [sumTo(at(gradients, 0) as Tensor, at(inputs, 0).shape)],
};

/** Sum over `axes`, which stay with size 1. */
export function sum(a: Tensor, axes: readonly number[]): Tensor {
  return axes.length === 0 ? a : applyOne(sumOp, [a], { axes });
}

export function expand(a: Tensor, shape: Shape): Tensor {
  return sameShape(a.shape, shape) ? a : applyOne(expandOp, [a], { shape });
}

/** Undoes broadcasting: the sum over every axis along which `shape` was repeated to become `a`'s. */
export function sumTo(a: Tensor, shape: Shape): Tensor {
  const missing = a.shape.length - shape.length;
  const axes = a.shape.map((_, axis) => axis).filter((axis) => axis < missing || (shape[axis - missing] === 1 && a.shape[axis] !== 1));
  const summed = sum(a, axes);
  return missing === 0 ? summed : reshape(summed, shape);
}
