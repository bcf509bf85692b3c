/** Trained tensors laid end to end in one array, so that the optimizer is one loop. */

import type { Weights, WeightTensor } from '../model/weights.ts';

export interface ParameterSegment {
  readonly name: string;
  readonly shape: readonly number[];
  readonly offset: number;
  readonly length: number;
}

export interface FlatParameters {
  readonly values: Float32Array;
  readonly segments: readonly ParameterSegment[];
  /** views into `values` */
  readonly tensors: Weights;
}

/** Copies tensors into one array, in the order of their names, so that the layout depends on nothing else. */
export function flattenParameters(tensors: Weights): FlatParameters {
  const segments: ParameterSegment[] = [];
  let offset = 0;
  for (const name of [...tensors.keys()].sort()) {
    const { shape, data } = tensors.get(name) as WeightTensor;
    segments.push({ name, shape, offset, length: data.length });
    offset += data.length;
  }
  const values = new Float32Array(offset);
  for (const segment of segments) values.set((tensors.get(segment.name) as WeightTensor).data, segment.offset);
  return { values, segments, tensors: viewsOf(segments, values) };
}

/** The tensors of an array that is laid out as `segments` say: gradients, moments. */
export function viewsOf(segments: readonly ParameterSegment[], values: Float32Array): Map<string, WeightTensor> {
  return new Map(segments.map(({ name, shape, offset, length }) => [name, { shape, data: values.subarray(offset, offset + length) }]));
}
