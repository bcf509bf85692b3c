/** How weights that are held in half precision enter a graph. */

import { applyOne, at, type FloatType, type Op, type Tensor } from '../tape.ts';

interface WidenAttributes {
  readonly to: FloatType;
}

const ELEMENT_TYPE = { float32: 1, float64: 11 } as const;

/** The same numbers with more bits. Operand: float16 of any shape, which takes no gradient. */
export const widenOp: Op<WidenAttributes> = {
  name: 'widen',
  // Reading two bytes for four, it is done again for the backward pass: what it makes is what half precision saves.
  isCheap: true,
  infer: (inputs, { to }) => {
    const { dtype, shape } = at(inputs, 0);
    if (dtype !== 'float16') throw new Error(`widen: the operand is ${dtype}`);
    return [{ dtype: to, shape }];
  },
  emit: (emitter, inputs, outputs, { to }) => emitter.node('Cast', inputs, outputs, { to: ELEMENT_TYPE[to] }),
  vjp: () => [undefined],
};

/** @returns `a` itself when it is as wide already */
export function widen(a: Tensor, to: FloatType): Tensor {
  return a.dtype === to ? a : applyOne(widenOp, [a], { to });
}
