/** The gated activation of the feed-forward layer. */

import { sameShape } from '../dims.ts';
import { applyOne, at, floatType, type Op, type Tensor } from '../tape.ts';
import { multiply, scale, shift, subtract } from './elementwise.ts';

/**
 * silu(gate) · up, where silu(x) = x · sigmoid(x).
 *
 * @see Shazeer 2020, "GLU Variants Improve Transformer"
 */
export const swigluOp: Op<Readonly<Record<never, never>>> = {
  name: 'swiglu',
  isCheap: true,
  infer: (inputs) => {
    const [gate, up] = [at(inputs, 0), at(inputs, 1)];
    if (!sameShape(gate.shape, up.shape)) throw new Error(`swiglu: [${gate.shape.join(', ')}] and [${up.shape.join(', ')}]`);
    return [{ dtype: floatType('swiglu', inputs), shape: gate.shape }];
  },
  emit: (emitter, inputs, outputs) => {
    const [gate, up] = [at(inputs, 0), at(inputs, 1)];
    const silu = gate.dtype === 'float32'
      ? emitter.value('QuickGelu', [gate], { alpha: { float: 1 } }, 'com.microsoft')
      : emitter.value('Mul', [gate, emitter.value('Sigmoid', [gate])]);
    emitter.node('Mul', [silu, up], outputs);
  },
  vjp: ({ inputs }, gradients) => {
    const [gate, up, gradient] = [at(inputs, 0), at(inputs, 1), at(gradients, 0) as Tensor];
    const gateSigmoid = sigmoid(gate);
    const silu = multiply(gate, gateSigmoid);
    // silu' = sigmoid · (1 + x - silu)
    const slope = multiply(gateSigmoid, shift(subtract(gate, silu), 1));
    return [multiply(multiply(gradient, up), slope), multiply(gradient, silu)];
  },
};

export const sigmoidOp: Op<Readonly<Record<never, never>>> = {
  name: 'sigmoid',
  infer: (inputs) => [{ dtype: floatType('sigmoid', inputs), shape: at(inputs, 0).shape }],
  emit: (emitter, inputs, outputs) => emitter.node('Sigmoid', inputs, outputs),
  vjp: ({ outputs }, gradients) => {
    const result = at(outputs, 0);
    return [multiply(at(gradients, 0) as Tensor, multiply(result, shift(scale(result, -1), 1)))];
  },
};

export function sigmoid(x: Tensor): Tensor {
  return applyOne(sigmoidOp, [x], {});
}

export function swiglu(gate: Tensor, up: Tensor): Tensor {
  return applyOne(swigluOp, [gate, up], {});
}
