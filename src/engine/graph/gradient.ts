/** Reverse mode over the tape: gradients are ordinary operations appended to it. */

import { sameShape } from './dims.ts';
import { add } from './ops/elementwise.ts';
import { at, type Contribution, type Tensor } from './tape.ts';

export interface Seed {
  readonly of: Tensor;
  /** dLoss / d`of`, of the same shape */
  readonly gradient: Tensor;
}

/**
 * Appends the gradients of `wrt` to the tape.
 *
 * @returns one tensor for each of `wrt`, of its shape
 * @throws Error when no path leads from a seed to one of `wrt`
 */
export function gradients(seeds: readonly Seed[], wrt: readonly Tensor[]): Tensor[] {
  const graph = at(wrt, 0).graph;
  const calls = [...graph.calls];
  const depends = new Set<Tensor>(wrt);
  for (const call of calls) {
    if (call.inputs.some((input) => depends.has(input))) call.outputs.forEach((output) => depends.add(output));
  }
  const sums = new Map<Tensor, Tensor>();
  const accumulate = (target: Tensor, contribution: Contribution): void => {
    if (contribution === undefined) return;
    const sum = sums.get(target);
    const next = typeof contribution === 'function' ? contribution(sum)
      : sum === undefined ? contribution : add(sum, contribution);
    if (!sameShape(next.shape, target.shape)) {
      throw new Error(`gradient [${next.shape.join(', ')}] of a tensor [${target.shape.join(', ')}] made by ${target.producer?.op.name ?? target.name}`);
    }
    sums.set(target, next);
  };
  for (const seed of seeds) accumulate(seed.of, seed.gradient);
  for (const call of calls.reverse()) {
    const outputGradients = call.outputs.map((output) => sums.get(output));
    if (!call.outputs.some((output) => depends.has(output)) || outputGradients.every((gradient) => gradient === undefined)) continue;
    call.vjp(outputGradients).forEach((contribution, index) => {
      const input = at(call.inputs, index);
      if (depends.has(input)) accumulate(input, contribution);
    });
  }
  return wrt.map((tensor) => {
    const gradient = sums.get(tensor);
    if (gradient === undefined) throw new Error(`no gradient reaches ${tensor.name ?? tensor.producer?.op.name}`);
    return gradient;
  });
}
