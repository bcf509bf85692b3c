/** How labels enter a loss and leave it again: the probability of one element of each row, and changes to it. */

import { applyOne, at, floatType, type Op, type Tensor } from '../tape.ts';
import { exponential, multiply, scale, subtract } from './elementwise.ts';
import { reshape } from './layout.ts';
import { matmul } from './matmul.ts';
import { takeRows } from './rows.ts';

type None = Readonly<Record<never, never>>;

/**
 * log softmax(x Wᵀ)[label] for every row, as one operation because its gradient is cheaper than that of its parts: the one-hot rows
 * never meet the logits. Operands: x [R, features], W [V, features], labels [R] of int64. The second output is all
 * of log softmax(x Wᵀ), [R, V].
 */
export const labelLogProbabilityOp: Op<None> = {
  name: 'labelLogProbability',
  infer: (inputs) => {
    const [x, weight, labels] = [at(inputs, 0), at(inputs, 1), at(inputs, 2)];
    if (weight.shape.length !== 2 || x.shape[1] !== weight.shape[1]) throw new Error(`labelLogProbability: [${x.shape.join(', ')}] and a weight [${weight.shape.join(', ')}]`);
    checkLabels('labelLogProbability', x, labels);
    const dtype = floatType('labelLogProbability', [x, weight]);
    return [{ dtype, shape: labels.shape }, { dtype, shape: [at(x.shape, 0), at(weight.shape, 0)] }];
  },
  emit: (emitter, inputs, outputs) => {
    const [x, weight, labels, picked, all] = [at(inputs, 0), at(inputs, 1), at(inputs, 2), at(outputs, 0), at(outputs, 1)];
    const logits = x.dtype === 'float32'
      ? emitter.value('FusedMatMul', [x, weight], { transB: 1 }, 'com.microsoft')
      : emitter.value('MatMul', [x, emitter.value('Transpose', [weight], { perm: [1, 0] })]);
    // LogSoftmax over everything costs a fifth of what ReduceLogSumExp does.
    emitter.node('LogSoftmax', [logits], [all], { axis: -1 });
    const column = emitter.value('GatherElements', [all, emitter.value('Unsqueeze', [labels, emitter.axes(1)])], { axis: 1 });
    emitter.node('Squeeze', [column, emitter.axes(1)], [picked]);
  },
  vjp: ({ inputs, outputs }, gradients) => {
    if (gradients[1] !== undefined) throw new Error('labelLogProbability: only the labels have a gradient');
    const [x, weight, labels, all, gradient] = [at(inputs, 0), at(inputs, 1), at(inputs, 2), at(outputs, 1), at(gradients, 0) as Tensor];
    const probabilities = exponential(all);
    const column = reshape(gradient, [at(gradient.shape, 0), 1]);
    return [
      // gradient · (W[label] - softmax · W)
      multiply(column, subtract(takeRows(weight, labels), matmul(probabilities, weight))),
      (sumSoFar) => matmul(addAtLabel(multiply(probabilities, scale(column, -1)), labels, gradient), x, { transA: true, addend: sumSoFar }),
      undefined,
    ];
  },
};

/** result[r] = x[r, label[r]]. Operands: x [R, V], labels [R] of int64. */
export const pickLabelOp: Op<None> = {
  name: 'pickLabel',
  infer: (inputs) => {
    const [x, labels] = [at(inputs, 0), at(inputs, 1)];
    checkLabels('pickLabel', x, labels);
    return [{ dtype: floatType('pickLabel', [x]), shape: labels.shape }];
  },
  emit: (emitter, inputs, outputs) => {
    const [x, labels] = [at(inputs, 0), at(inputs, 1)];
    const picked = emitter.value('GatherElements', [x, emitter.value('Unsqueeze', [labels, emitter.axes(1)])], { axis: 1 });
    emitter.node('Squeeze', [picked, emitter.axes(1)], outputs);
  },
  vjp: ({ inputs }, gradients) => {
    const [x, labels] = [at(inputs, 0), at(inputs, 1)];
    return [(sumSoFar) => addAtLabel(sumSoFar ?? scale(x, 0), labels, at(gradients, 0) as Tensor), undefined];
  },
};

/** x, but result[r, label[r]] = x[r, label[r]] + value[r]. Operands: x [R, V], labels [R] of int64, values [R]. */
export const addAtLabelOp: Op<None> = {
  name: 'addAtLabel',
  infer: (inputs) => {
    const [x, labels, values] = [at(inputs, 0), at(inputs, 1), at(inputs, 2)];
    checkLabels('addAtLabel', x, labels);
    if (values.shape.length !== 1 || values.shape[0] !== x.shape[0]) throw new Error(`addAtLabel: [${x.shape.join(', ')}] and values [${values.shape.join(', ')}]`);
    return [{ dtype: floatType('addAtLabel', [x, values]), shape: x.shape }];
  },
  emit: (emitter, inputs, outputs) => {
    const [x, labels, values] = [at(inputs, 0), at(inputs, 1), at(inputs, 2)];
    const column = (tensor: Tensor): string => emitter.value('Unsqueeze', [tensor, emitter.axes(1)]);
    // One index a row: no two updates meet, so a scatter on many threads has one possible result.
    emitter.node('ScatterElements', [x, column(labels), column(values)], outputs, { axis: 1, reduction: 'add' });
  },
  vjp: ({ inputs }, gradients) => {
    const gradient = at(gradients, 0) as Tensor;
    return [gradient, undefined, pickLabel(gradient, at(inputs, 1))];
  },
};

function checkLabels(op: string, x: Tensor, labels: Tensor): void {
  if (x.shape.length !== 2 || labels.dtype !== 'int64' || labels.shape.length !== 1 || labels.shape[0] !== x.shape[0]) {
    throw new Error(`${op}: [${x.shape.join(', ')}] with labels [${labels.shape.join(', ')}] of ${labels.dtype}`);
  }
}

export function pickLabel(x: Tensor, labels: Tensor): Tensor {
  return applyOne(pickLabelOp, [x, labels], {});
}

export function addAtLabel(x: Tensor, labels: Tensor, values: Tensor): Tensor {
  return applyOne(addAtLabelOp, [x, labels, values], {});
}

export function labelLogProbability(x: Tensor, weight: Tensor, labels: Tensor): Tensor {
  return at(x.graph.apply(labelLogProbabilityOp, [x, weight, labels], {}), 0);
}
