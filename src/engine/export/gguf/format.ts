/** The GGUF file format: value types, tensor types and their sizes. */

/** `GGUF`, little-endian. */
export const MAGIC = 0x46554747;
export const VERSION = 3;
/** tensors start at multiples of it, the format's default */
export const ALIGNMENT = 32;

/** @see https://github.com/ggml-org/ggml/blob/master/docs/gguf.md (gguf_metadata_value_type) */
export const VALUE_TYPES = {
  uint8: 0, int8: 1, uint16: 2, int16: 3, uint32: 4, int32: 5, float32: 6, bool: 7, string: 8, array: 9, uint64: 10, int64: 11, float64: 12,
} as const;

export type ScalarType = 'uint32' | 'int32' | 'float32' | 'bool' | 'string';

/** One entry of the metadata; arrays have elements of one type. */
export type MetadataValue =
  | { readonly type: 'uint32' | 'int32' | 'float32'; readonly value: number }
  | { readonly type: 'bool'; readonly value: boolean }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'array'; readonly of: 'uint32' | 'int32' | 'float32'; readonly value: readonly number[] }
  | { readonly type: 'array'; readonly of: 'bool'; readonly value: readonly boolean[] }
  | { readonly type: 'array'; readonly of: 'string'; readonly value: readonly string[] };

export type Metadata = ReadonlyMap<string, MetadataValue>;

export type TensorType = 'F32' | 'F16' | 'Q8_0';

/** @see ggml.h, `enum ggml_type` */
export const TENSOR_TYPES: Readonly<Record<TensorType, number>> = { F32: 0, F16: 1, Q8_0: 8 };

/** Values of a row are stored in blocks; a row is a whole number of them. */
export const BLOCKS: Readonly<Record<TensorType, { readonly values: number; readonly bytes: number }>> = {
  F32: { values: 1, bytes: 4 },
  F16: { values: 1, bytes: 2 },
  Q8_0: { values: 32, bytes: 34 },
};

export interface TensorInfo {
  /** llama.cpp's name, for example `blk.0.attn_q.weight` */
  readonly name: string;
  /** row-major, as safetensors has it; the file lists it in reverse */
  readonly shape: readonly number[];
  readonly type: TensorType;
}

export function tensorBytes({ shape, type }: TensorInfo): number {
  const { values, bytes } = BLOCKS[type];
  return (shape.reduce((product, size) => product * size, 1) / values) * bytes;
}

export function aligned(position: number): number {
  return Math.ceil(position / ALIGNMENT) * ALIGNMENT;
}
