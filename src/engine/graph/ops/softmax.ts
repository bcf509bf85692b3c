/** Softmax and log-sum-exp over the last axis. */

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

/** log Σ exp(x) over the last axis, which stays with size 1. */
export const logSumExpOp: Op<None> = {
  name: 'logSumExp',
  infer: (inputs) => [{ dtype: floatType('logSumExp', inputs), shape: [...at(inputs, 0).shape.slice(0, -1), 1] }],
  emit: (emitter, inputs, outputs) => emitter.node('ReduceLogSumExp', [at(inputs, 0), emitter.axes(-1)], outputs, { keepdims: 1 }),
  vjp: ({ inputs }, gradients) => [multiply(softmax(at(inputs, 0)), at(gradients, 0) as Tensor)],
};

export function softmax(x: Tensor): Tensor {
  return applyOne(softmaxOp, [x], {});
}

export function logSumExp(x: Tensor): Tensor {
  return applyOne(logSumExpOp, [x], {});
}
