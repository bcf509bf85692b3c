/** Root mean square normalization. */

import { at, floatType, type Op, type Tensor } from '../tape.ts';
import { multiply, scale, subtract } from './elementwise.ts';
import { reshape } from './layout.ts';
import { sum } from './reduce.ts';

/**
 * y = x · r · w with r = 1 / sqrt(mean(x²) + epsilon) over the last axis; the second output is r.
 *
 * @see Zhang and Sennrich 2019, "Root Mean Square Layer Normalization"
 */
export const rmsNormOp: Op<{ readonly epsilon: number }> = {
  name: 'rmsNorm',
  isCheap: true,
  infer: (inputs) => {
    const [x, weight] = [at(inputs, 0), at(inputs, 1)];
    if (x.shape.length !== 2 || weight.shape.length !== 1 || x.shape[1] !== weight.shape[0]) {
      throw new Error(`rmsNorm: [${x.shape.join(', ')}] with a weight [${weight.shape.join(', ')}]`);
    }
    const dtype = floatType('rmsNorm', inputs);
    return [{ dtype, shape: x.shape }, { dtype, shape: [at(x.shape, 0), 1] }];
  },
  emit: (emitter, inputs, outputs, { epsilon }) => {
    const [x, weight, y, inverse] = [at(inputs, 0), at(inputs, 1), at(outputs, 0), at(outputs, 1)];
    if (x.dtype === 'float32') {
      emitter.node('SimplifiedLayerNormalization', [x, weight], [y, inverse], { axis: -1, epsilon: { float: epsilon }, stash_type: 1 });
      return;
    }
    const mean = emitter.value('ReduceMean', [emitter.value('Mul', [x, x]), emitter.axes(-1)], { keepdims: 1 });
    const root = emitter.value('Sqrt', [emitter.value('Add', [mean, emitter.scalar(x.dtype, epsilon)])]);
    emitter.node('Reciprocal', [root], [inverse]);
    emitter.node('Mul', [emitter.value('Mul', [x, inverse]), weight], [y]);
  },
  vjp: ({ inputs, outputs }, gradients) => {
    if (gradients[1] !== undefined) throw new Error('rmsNorm: only the normalized rows have a gradient');
    const [x, weight, inverse, gradient] = [at(inputs, 0), at(inputs, 1), at(outputs, 1), at(gradients, 0) as Tensor];
    const features = at(weight.shape, 0);
    if (typeof features !== 'number') throw new Error('rmsNorm: the number of features must be known');
    const normalized = multiply(x, inverse);
    const weighted = multiply(gradient, weight);
    const projection = scale(sum(multiply(weighted, normalized), [1]), 1 / features);
    return [
      multiply(subtract(weighted, multiply(normalized, projection)), inverse),
      reshape(sum(multiply(gradient, normalized), [0]), weight.shape),
    ];
  },
};

export function rmsNorm(x: Tensor, weight: Tensor, epsilon: number): Tensor {
  return at(x.graph.apply(rmsNormOp, [x, weight], { epsilon }), 0);
}
