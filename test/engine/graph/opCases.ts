/** One or more small uses of every operation, for the tests that loop over the table. */

import { attention } from '../../../src/engine/graph/ops/attention.ts';
import { add, exponential, multiply, scale, shift, subtract } from '../../../src/engine/graph/ops/elementwise.ts';
import { geglu } from '../../../src/engine/graph/ops/geglu.ts';
import { addAtLabel, labelLogProbability, pickLabel } from '../../../src/engine/graph/ops/labels.ts';
import { concat, reshape, split, transpose } from '../../../src/engine/graph/ops/layout.ts';
import { linear, matmul } from '../../../src/engine/graph/ops/matmul.ts';
import { rmsNorm } from '../../../src/engine/graph/ops/norm.ts';
import { expand, sum } from '../../../src/engine/graph/ops/reduce.ts';
import { rotary } from '../../../src/engine/graph/ops/rotary.ts';
import { putRows, takeRows } from '../../../src/engine/graph/ops/rows.ts';
import { softmax } from '../../../src/engine/graph/ops/softmax.ts';
import { sigmoid, swiglu } from '../../../src/engine/graph/ops/swiglu.ts';
import { widen } from '../../../src/engine/graph/ops/widen.ts';
import type { Shape } from '../../../src/engine/graph/dims.ts';
import { floatType, type Tensor } from '../../../src/engine/graph/tape.ts';

export interface OpCase {
  readonly title: string;
  /** what the symbols stand for */
  readonly sizes: Readonly<Record<string, number>>;
  readonly inputs: readonly Operand[];
  readonly build: (...inputs: Tensor[]) => readonly Tensor[];
}

export interface Operand {
  readonly shape: Shape;
  /** makes it int64, drawn from 0 .. below - 1 */
  readonly below?: number;
  /** with `below`: no number twice */
  readonly isDistinct?: boolean;
  /** takes no gradient, as a mask */
  readonly isFixed?: boolean;
  /** held in float16, and takes no gradient */
  readonly isHalf?: boolean;
}

const of = (...shape: Shape): Operand => ({ shape });
const sizes = { B: 2, T: 3, N: 5, S: 4, M: 1 };
const labels: Operand = { shape: ['N'], below: 7 };
const rowIndices: Operand = { shape: ['S'], below: 5, isDistinct: true };
const angles: Operand = { shape: [6, 2], isFixed: true };
const positions: Operand = { shape: ['B', 'T'], below: 6 };

function attentionCase(title: string, more: Readonly<Record<string, number>>, heads: number): OpCase {
  return {
    title, sizes: { ...sizes, ...more },
    inputs: [of('B', heads, 'T', 6), of('B', 2, 'S', 6), of('B', 2, 'S', 6), { shape: ['M', 1, 1, 'T', 'S'], isFixed: true }],
    build: (q, k, v, mask) => [attention(q, k, v, mask, 0.4)],
  };
}

export const OP_CASES: readonly OpCase[] = [
  { title: 'add', sizes, inputs: [of('N', 4), of('N', 4)], build: (a, b) => [add(a, b)] },
  { title: 'add, a row to each', sizes, inputs: [of('B', 'T', 4), of(4)], build: (a, b) => [add(a, b)] },
  { title: 'add, both repeated', sizes, inputs: [of('B', 1, 4), of('T', 1)], build: (a, b) => [add(a, b)] },
  { title: 'add, to itself', sizes, inputs: [of('N')], build: (a) => [add(a, a)] },
  { title: 'subtract', sizes, inputs: [of('B', 'T', 4), of('T', 1)], build: (a, b) => [subtract(a, b)] },
  { title: 'multiply', sizes, inputs: [of('N', 4), of('N', 4)], build: (a, b) => [multiply(a, b)] },
  { title: 'multiply, a column to each', sizes, inputs: [of('N', 1), of('N', 4)], build: (a, b) => [multiply(a, b)] },
  { title: 'scale', sizes, inputs: [of('N')], build: (a) => [scale(a, -2.5)] },
  { title: 'shift', sizes, inputs: [of('N')], build: (a) => [shift(a, 3)] },
  { title: 'exponential', sizes, inputs: [of('N', 4)], build: (a) => [exponential(a)] },
  { title: 'sum', sizes, inputs: [of('B', 'T', 4)], build: (a) => [sum(a, [1])] },
  { title: 'sum, two axes', sizes, inputs: [of('B', 'T', 4)], build: (a) => [sum(a, [0, 2])] },
  { title: 'expand', sizes, inputs: [of('T', 1)], build: (a) => [expand(a, ['B', 'T', 4])] },
  { title: 'reshape', sizes, inputs: [of('B*T', 8)], build: (a) => [reshape(a, ['B', 'T', 2, 4])] },
  { title: 'transpose', sizes, inputs: [of('B', 'T', 4)], build: (a) => [transpose(a, [2, 0, 1])] },
  { title: 'concat', sizes, inputs: [of('B', 'T', 4), of('B', 'S', 4)], build: (a, b) => [concat([a, b], 1)] },
  { title: 'split', sizes, inputs: [of('B', 'S+T', 4)], build: (a) => split(a, 1, ['T', 'S']) },
  ...[false, true].flatMap((transA) => [false, true].flatMap((transB): OpCase[] => [
    {
      title: `matmul ${transA ? 'Aᵀ' : 'A'} ${transB ? 'Bᵀ' : 'B'}`, sizes,
      inputs: [transA ? of(4, 'N') : of('N', 4), transB ? of(3, 4) : of(4, 3)],
      build: (a, b) => [matmul(a, b, { transA, transB, alpha: 1.5 })],
    },
    {
      title: `matmul ${transA ? 'Aᵀ' : 'A'} ${transB ? 'Bᵀ' : 'B'} in a batch`, sizes,
      inputs: [transA ? of('B', 2, 4, 'T') : of('B', 2, 'T', 4), transB ? of('B', 2, 'S', 4) : of('B', 2, 4, 'S')],
      build: (a, b) => [matmul(a, b, { transA, transB, alpha: 0.5 })],
    },
    {
      title: `matmul ${transA ? 'Aᵀ' : 'A'} ${transB ? 'Bᵀ' : 'B'} + C`, sizes,
      inputs: [transA ? of(4, 'N') : of('N', 4), transB ? of(3, 4) : of(4, 3), of('N', 3)],
      build: (a, b, addend) => [matmul(a, b, { transA, transB, alpha: -0.7, addend: addend })],
    },
  ])),
  { title: 'linear, twice from one input', sizes, inputs: [of('N', 4), of(3, 4), of(3, 4)], build: (x, w, v) => [linear(x, w), linear(x, v)] },
  { title: 'softmax', sizes, inputs: [of('B', 'T', 5)], build: (a) => [softmax(a)] },
  { title: 'sigmoid', sizes, inputs: [of('N', 4)], build: (a) => [sigmoid(a)] },
  { title: 'swiglu', sizes, inputs: [of('N', 4), of('N', 4)], build: (a, b) => [swiglu(a, b)] },
  { title: 'geglu', sizes, inputs: [of('N', 4), of('N', 4)], build: (a, b) => [geglu(a, b)] },
  { title: 'rmsNorm', sizes, inputs: [of('N', 6), of(6)], build: (x, w) => [rmsNorm(x, w, 1e-5)] },
  { title: 'rmsNorm, the weight as its distance from one', sizes, inputs: [of('N', 6), of(6)], build: (x, w) => [rmsNorm(x, shift(w, 1), 1e-5)] },
  {
    title: 'rmsNorm of every head', sizes, inputs: [of('B*T', 12), of(6)],
    build: (x, w) => [transpose(reshape(rmsNorm(reshape(x, ['2*B*T', 6]), w, 1e-5), ['B', 'T', 2, 6]), [0, 2, 1, 3])],
  },
  { title: 'linear with a bias, on top of a sum', sizes, inputs: [of('N', 4), of(3, 4), of(3), of('N', 3)], build: (x, w, b, s) => [add(linear(x, w, { addend: s }), b)] },
  { title: 'rotary', sizes, inputs: [of('B', 3, 'T', 4), angles, angles, positions], build: (x, c, s, p) => [rotary(x, c, s, p)] },
  attentionCase('attention, one mask for all rows', { M: 1 }, 2),
  attentionCase('attention, three queries a key', { M: 1 }, 6),
  attentionCase('attention, a mask a row', { M: 2 }, 4),
  { title: 'takeRows', sizes, inputs: [of('N', 3), rowIndices], build: (x, i) => [takeRows(x, i)] },
  { title: 'widen', sizes, inputs: [of('N', 4), { shape: [3, 4], isHalf: true }], build: (x, w) => [linear(x, widen(w, floatType('widen', [x])))] },
  { title: 'putRows', sizes, inputs: [of('S', 3), rowIndices], build: (x, i) => [putRows(x, i, 'N')] },
  { title: 'labelLogProbability', sizes, inputs: [of('N', 4), of(7, 4), labels], build: (x, w, l) => [labelLogProbability(x, w, l)] },
  { title: 'labelLogProbability, two parts of one head', sizes, inputs: [of('N', 4), of('N', 4), of(7, 4), labels], build: (x, y, w, l) => [labelLogProbability(x, w, l), labelLogProbability(y, w, l)] },
  { title: 'pickLabel', sizes, inputs: [of('N', 7), labels], build: (x, l) => [pickLabel(x, l)] },
  { title: 'pickLabel, beside another use', sizes, inputs: [of('N', 7), labels], build: (x, l) => [pickLabel(x, l), softmax(x)] },
  { title: 'addAtLabel', sizes, inputs: [of('N', 7), labels, of('N')], build: (x, l, v) => [addAtLabel(x, l, v)] },
];
