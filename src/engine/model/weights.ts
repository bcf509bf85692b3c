/** Named tensors in memory, under the names that Hugging Face gives them. */

export interface WeightTensor {
  /** row-major; linear layers are [out, in] */
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

export type Weights = ReadonlyMap<string, WeightTensor>;
