/** Element by element: sum, difference, product with broadcasting; scaling and shifting by a number; the exponential. */

import { broadcastShapes } from '../dims.ts';
import { applyOne, at, floatType, type Op, type Tensor } from '../tape.ts';
import { sumTo } from './reduce.ts';

type None = Readonly<Record<never, never>>;

function broadcasting(name: string, node: string, vjp: Op<None>['vjp']): Op<None> {
  return {
    name,
    infer: (inputs) => [{ dtype: floatType(name, inputs), shape: broadcastShapes(at(inputs, 0).shape, at(inputs, 1).shape, name) }],
    emit: (emitter, inputs, outputs) => emitter.node(node, inputs, outputs),
    vjp,
  };
}

export const addOp = broadcasting('add', 'Add', ({ inputs }, gradients) =>
  inputs.map((input) => sumTo(at(gradients, 0) as Tensor, input.shape)));

export const subtractOp = broadcasting('subtract', 'Sub', ({ inputs }, gradients) => {
  const gradient = at(gradients, 0) as Tensor;
  return [sumTo(gradient, at(inputs, 0).shape), scale(sumTo(gradient, at(inputs, 1).shape), -1)];
});

export const multiplyOp = broadcasting('multiply', 'Mul', ({ inputs }, gradients) => {
  const [a, b, gradient] = [at(inputs, 0), at(inputs, 1), at(gradients, 0) as Tensor];
  return [sumTo(multiply(gradient, b), a.shape), sumTo(multiply(gradient, a), b.shape)];
});

function withNumber(name: string, node: string, vjp: (gradient: Tensor, value: number) => Tensor): Op<{ readonly value: number }> {
  return {
    name,
    infer: (inputs) => [{ dtype: floatType(name, inputs), shape: at(inputs, 0).shape }],
    emit: (emitter, inputs, outputs, { value }) =>
      emitter.node(node, [at(inputs, 0), emitter.scalar(at(inputs, 0).dtype, value)], outputs),
    vjp: ({ attributes }, gradients) => [vjp(at(gradients, 0) as Tensor, attributes.value)],
  };
}

export const scaleOp = withNumber('scale', 'Mul', (gradient, value) => scale(gradient, value));

export const shiftOp: Op<{ readonly value: number }> = { ...withNumber('shift', 'Add', (gradient) => gradient), isCheap: true };

export const exponentialOp: Op<None> = {
  name: 'exponential',
  infer: (inputs) => [{ dtype: floatType('exponential', inputs), shape: at(inputs, 0).shape }],
  emit: (emitter, inputs, outputs) => emitter.node('Exp', inputs, outputs),
  vjp: ({ outputs }, gradients) => [multiply(at(gradients, 0) as Tensor, at(outputs, 0))],
};

export function add(a: Tensor, b: Tensor): Tensor {
  return applyOne(addOp, [a, b], {});
}

export function subtract(a: Tensor, b: Tensor): Tensor {
  return applyOne(subtractOp, [a, b], {});
}

export function multiply(a: Tensor, b: Tensor): Tensor {
  return applyOne(multiplyOp, [a, b], {});
}

/** value · a */
export function scale(a: Tensor, value: number): Tensor {
  return value === 1 ? a : applyOne(scaleOp, [a], { value });
}

/** a + value */
export function shift(a: Tensor, value: number): Tensor {
  return applyOne(shiftOp, [a], { value });
}

/** eᵃ */
export function exponential(a: Tensor): Tensor {
  return applyOne(exponentialOp, [a], {});
}
