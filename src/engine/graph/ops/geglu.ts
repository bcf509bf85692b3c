/** The gated activation of the feed-forward layer in the models of the Gemma family. */

import { sameShape } from '../dims.ts';
import type { Emitter } from '../emitter.ts';
import { applyOne, at, floatType, type Op, type Tensor } from '../tape.ts';
import { add, multiply, scale, shift } from './elementwise.ts';
import { sigmoid } from './swiglu.ts';

/** gelu(x) ≈ x · sigmoid(2u) with u = ROOT · (x + CUBIC · x³), which is x/2 · (1 + tanh u). */
const ROOT = Math.sqrt(2 / Math.PI);
const CUBIC = 0.044715;

/**
 * gelu(gate) · up, with the approximation of gelu by tanh.
 *
 * @see Hendrycks and Gimpel 2016, "Gaussian Error Linear Units", section 2; Shazeer 2020, "GLU Variants Improve Transformer"
 */
export const gegluOp: Op<Readonly<Record<never, never>>> = {
  name: 'geglu',
  isCheap: true,
  infer: (inputs) => {
    const [gate, up] = [at(inputs, 0), at(inputs, 1)];
    if (!sameShape(gate.shape, up.shape)) throw new Error(`geglu: [${gate.shape.join(', ')}] and [${up.shape.join(', ')}]`);
    return [{ dtype: floatType('geglu', inputs), shape: gate.shape }];
  },
  emit: (emitter, inputs, outputs) => {
    const [gate, up] = [at(inputs, 0), at(inputs, 1)];
    const gelu = gate.dtype === 'float32' ? emitter.value('FastGelu', [gate], {}, 'com.microsoft') : emitGelu(emitter, gate);
    emitter.node('Mul', [gelu, up], outputs);
  },
  vjp: ({ inputs }, gradients) => {
    const [gate, up, gradient] = [at(inputs, 0), at(inputs, 1), at(gradients, 0) as Tensor];
    const square = multiply(gate, gate);
    const share = sigmoid(multiply(gate, shift(scale(square, 2 * ROOT * CUBIC), 2 * ROOT)));
    const gelu = multiply(gate, share);
    // gelu' = share + x · share · (1 - share) · 2u', and 2u' = 2 ROOT · (1 + 3 CUBIC · x²)
    const rest = shift(scale(share, -1), 1);
    const slope = add(share, multiply(multiply(gelu, rest), shift(scale(square, 6 * ROOT * CUBIC), 2 * ROOT)));
    return [multiply(multiply(gradient, up), slope), multiply(gradient, gelu)];
  },
};

function emitGelu(emitter: Emitter, x: Tensor): string {
  const number = (value: number): string => emitter.scalar(x.dtype, value);
  const cubic = emitter.value('Mul', [emitter.value('Mul', [x, x]), number(CUBIC)]);
  const u = emitter.value('Mul', [emitter.value('Mul', [x, number(ROOT)]), emitter.value('Add', [cubic, number(1)])]);
  const half = emitter.value('Mul', [x, number(0.5)]);
  return emitter.value('Mul', [half, emitter.value('Add', [emitter.value('Tanh', [u]), number(1)])]);
}

export function geglu(gate: Tensor, up: Tensor): Tensor {
  return applyOne(gegluOp, [gate, up], {});
}
