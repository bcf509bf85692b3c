/** Softmax over the last axis. */

import { applyOne, at, floatType, type Op, type Tensor } from '../tape.ts';
import { multiply, subtract } from './elementwise.ts';
import { sum } from './reduce.ts';

type None = Readonly<Record<never, never>>;

export const softmaxOp: Op<None> = {
  name: 'softmax',
  infer: (inputs) => [{ dtype: floatType('softmax', inputs), shape: at(inputs, 0).shape }],
  emit: (emitter, inputs, outputs) => emitter.node('Softmax', inputs, outputs, { axis: -1 }),
  vjp: ({ outputs }, gradients) => {
    const [result, gradient] = [at(outputs, 0), at(gradients, 0) as Tensor];
    return [multiply(result, subtract(gradient, sum(multiply(gradient, result), [result.shape.length - 1])))];
  },
};

export function softmax(x: Tensor): Tensor {
  return applyOne(softmaxOp, [x], {});
}
