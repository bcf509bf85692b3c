/** The table of all operations of the engine; whatever is not listed here does not exist. */

import type { Op } from '../tape.ts';
import { attentionOp } from './attention.ts';
import { addOp, exponentialOp, multiplyOp, scaleOp, shiftOp, subtractOp } from './elementwise.ts';
import { gegluOp } from './geglu.ts';
import { addAtLabelOp, labelLogProbabilityOp, pickLabelOp } from './labels.ts';
import { concatOp, reshapeOp, splitOp, transposeOp } from './layout.ts';
import { matmulOp } from './matmul.ts';
import { rmsNormOp } from './norm.ts';
import { expandOp, sumOp } from './reduce.ts';
import { rotaryOp } from './rotary.ts';
import { putRowsOp, takeRowsOp } from './rows.ts';
import { softmaxOp } from './softmax.ts';
import { sigmoidOp, swigluOp } from './swiglu.ts';
import { widenOp } from './widen.ts';

/** Every op by its name. `never` as the attributes' type makes the list readable and nothing in it callable by accident. */
export const OPS: readonly Op<never>[] = [
  addOp, subtractOp, multiplyOp, scaleOp, shiftOp, exponentialOp,
  sumOp, expandOp,
  reshapeOp, transposeOp, concatOp, splitOp,
  matmulOp,
  softmaxOp,
  sigmoidOp, swigluOp, gegluOp,
  rmsNormOp, rotaryOp, attentionOp,
  takeRowsOp, putRowsOp, widenOp,
  labelLogProbabilityOp, pickLabelOp, addAtLabelOp,
];
