/** Rows taken out of a matrix, and put back where they came from. */

import type { Dim } from '../dims.ts';
import { applyOne, at, floatType, type Op, type Tensor } from '../tape.ts';

/** result[r] = x[index[r]]. Operands: x [N, features], indices [R] of int64, all different where x has a gradient. */
export const takeRowsOp: Op<Readonly<Record<never, never>>> = {
  name: 'takeRows',
  infer: (inputs) => {
    const [x, indices] = [at(inputs, 0), at(inputs, 1)];
    checkIndices('takeRows', x, indices);
    return [{ dtype: floatType('takeRows', [x]), shape: [at(indices.shape, 0), at(x.shape, 1)] }];
  },
  emit: (emitter, inputs, outputs) => emitter.node('Gather', inputs, outputs, { axis: 0 }),
  vjp: ({ inputs }, gradients) => {
    const [x, indices] = [at(inputs, 0), at(inputs, 1)];
    return [putRows(at(gradients, 0) as Tensor, indices, at(x.shape, 0)), undefined];
  },
};

/** result[index[r]] = x[r], zero elsewhere. Operands: x [R, features], indices [R] of int64, all different. */
export const putRowsOp: Op<{ readonly rows: Dim }> = {
  name: 'putRows',
  infer: (inputs, { rows }) => {
    const [x, indices] = [at(inputs, 0), at(inputs, 1)];
    checkIndices('putRows', x, indices);
    if (x.shape[0] !== indices.shape[0]) throw new Error(`putRows: [${x.shape.join(', ')}] at [${indices.shape.join(', ')}]`);
    return [{ dtype: floatType('putRows', [x]), shape: [rows, at(x.shape, 1)] }];
  },
  emit: (emitter, inputs, outputs) => {
    const [x, indices, output] = [at(inputs, 0), at(inputs, 1), at(outputs, 0)];
    const zeros = emitter.value('Expand', [emitter.scalar(x.dtype, 0), emitter.dims(output.shape)]);
    // No index twice, so no two updates meet: a scatter that adds would lose some on several threads.
    emitter.node('ScatterND', [zeros, emitter.value('Unsqueeze', [indices, emitter.axes(1)]), x], outputs);
  },
  vjp: ({ inputs }, gradients) => [takeRows(at(gradients, 0) as Tensor, at(inputs, 1)), undefined],
};

function checkIndices(op: string, x: Tensor, indices: Tensor): void {
  if (x.shape.length !== 2 || indices.dtype !== 'int64' || indices.shape.length !== 1) {
    throw new Error(`${op}: [${x.shape.join(', ')}] with indices [${indices.shape.join(', ')}] of ${indices.dtype}`);
  }
}

export function takeRows(x: Tensor, indices: Tensor): Tensor {
  return applyOne(takeRowsOp, [x, indices], {});
}

export function putRows(x: Tensor, indices: Tensor, rows: Dim): Tensor {
  return applyOne(putRowsOp, [x, indices], { rows });
}
