/** Named tensors in memory, under the names that Hugging Face gives them. */

export interface WeightTensor {
  /** row-major; linear layers are [out, in] */
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

export type Weights = ReadonlyMap<string, WeightTensor>;

/** The bits of float16. */
export interface HalfTensor {
  readonly shape: readonly number[];
  readonly data: Uint16Array;
}

/** The weights of a model that is not trained itself: vectors in float32, and all matrices either so or in float16. */
export type FrozenWeights = ReadonlyMap<string, WeightTensor | HalfTensor>;

/** What matrices of a frozen model are held in. float16 takes half the memory and rounds to eleven bits. */
export const PRECISIONS = ['float32', 'float16'] as const;
export type Precision = (typeof PRECISIONS)[number];
