/** Rotary position embedding. */

import { at, applyOne, floatType, type Op, type Tensor } from '../tape.ts';

/**
 * Turns the pairs (x[i], x[i + d/2]) of every head by the angle of the position; `inverse` turns back.
 *
 * Operands: x [B, heads, T, d], cosines and sines [positions, d/2], position ids [B, T] of int64.
 *
 * @see Su et al. 2021, "RoFormer", eq. 34, in the half-split layout of Llama
 */
export const rotaryOp: Op<{ readonly inverse: boolean }> = {
  name: 'rotary',
  infer: (inputs) => {
    const [x, cos, sin, positions] = [at(inputs, 0), at(inputs, 1), at(inputs, 2), at(inputs, 3)];
    const width = x.shape[3];
    const fits = x.shape.length === 4 && typeof width === 'number' && width % 2 === 0
      && [cos, sin].every((table) => table.shape.length === 2 && table.shape[1] === width / 2)
      && positions.dtype === 'int64' && positions.shape.length === 2 && positions.shape[0] === x.shape[0] && positions.shape[1] === x.shape[2];
    if (!fits) throw new Error(`rotary: ${inputs.map((input) => `[${input.shape.join(', ')}]`).join(' ')}`);
    return [{ dtype: floatType('rotary', [x, cos, sin]), shape: x.shape }];
  },
  emit: (emitter, inputs, outputs, { inverse }) => {
    const [x, cos, sin, positions] = [at(inputs, 0), at(inputs, 1), at(inputs, 2), at(inputs, 3)];
    const turn = inverse ? emitter.value('Neg', [sin]) : sin;
    if (x.dtype === 'float32') {
      emitter.node('RotaryEmbedding', [x, positions, cos, turn], outputs, {}, 'com.microsoft');
      return;
    }
    const rows = (table: Tensor | string): string =>
      emitter.value('Unsqueeze', [emitter.value('Gather', [table, positions], { axis: 0 }), emitter.axes(1)]);
    const [c, s] = [rows(cos), rows(turn)];
    const width = at(x.shape, 3) as number;
    const half = (from: number): string => emitter.value('Slice', [x, emitter.axes(from), emitter.axes(from + width / 2), emitter.axes(3)]);
    const [low, high] = [half(0), half(width / 2)];
    const turned = (op: string, a: string, b: string): string => emitter.value(op, [emitter.value('Mul', [a, c]), emitter.value('Mul', [b, s])]);
    emitter.node('Concat', [turned('Sub', low, high), turned('Add', high, low)], outputs, { axis: 3 });
  },
  vjp: ({ inputs, attributes: { inverse } }, gradients) => {
    const [, cos, sin, positions] = inputs;
    return [applyOne(rotaryOp, [at(gradients, 0) as Tensor, cos, sin, positions], { inverse: !inverse }), undefined, undefined, undefined];
  },
};

export function rotary(x: Tensor, cos: Tensor, sin: Tensor, positions: Tensor): Tensor {
  return applyOne(rotaryOp, [x, cos, sin, positions], { inverse: false });
}
