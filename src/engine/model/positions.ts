/** What attention must know about positions: rotary angles, position ids, masks of what a token may see. */

import { newArray, type Allocate, type ArrayTensor, type FloatArray } from '../graph/executor.ts';
import type { FloatType } from '../graph/tape.ts';
import { layerAttention, type DecoderConfig, type RotaryPositions } from './decoder.ts';

/** Large enough that softmax gives exactly zero, small enough that adding a score cannot overflow. */
export const HIDDEN_SCORE = -1e9;

/** The inputs of a block that depend on the layer and not on its weights. */
export interface PositionFeeds {
  readonly mask: ArrayTensor;
  /** [positions, headDim / 2] */
  readonly cos: ArrayTensor;
  readonly sin: ArrayTensor;
}

/** Masks and angles of all layers; layers that see positions alike are given the same arrays. */
export class LayerPositions {
  private readonly config: DecoderConfig;
  private readonly dtype: FloatType;
  private readonly tables = new Map<RotaryPositions, RotaryTables>();

  constructor(config: DecoderConfig, dtype: FloatType) {
    this.config = config;
    this.dtype = dtype;
  }

  /**
   * @param length of the longest row, in tokens
   * @param maskOf makes the mask of layers with this window; called once for each, and with undefined where none is needed
   * @returns one record a layer
   */
  upTo(length: number, maskOf: (window: number | undefined) => ArrayTensor): PositionFeeds[] {
    const masks = new Map<number | undefined, ArrayTensor>();
    return Array.from({ length: this.config.layers }, (_, layer) => {
      const { window, rope } = layerAttention(this.config, layer);
      const needed = window !== undefined && window < length ? window : undefined;
      const mask = masks.get(needed) ?? maskOf(needed);
      masks.set(needed, mask);
      return { mask, ...this.tablesOf(rope).upTo(length) };
    });
  }

  private tablesOf(rope: RotaryPositions): RotaryTables {
    let tables = this.tables.get(rope);
    if (tables === undefined) this.tables.set(rope, tables = new RotaryTables(this.config, rope, this.dtype));
    return tables;
  }
}

/** Cosines and sines of all positions up to the longest that was asked for. */
class RotaryTables {
  private readonly frequencies: Float64Array;
  private readonly maxPositions: number;
  private readonly dtype: FloatType;
  private length = 0;
  private tables: { readonly cos: ArrayTensor; readonly sin: ArrayTensor } | undefined;

  constructor({ headDim, maxPositions }: DecoderConfig, rope: RotaryPositions, dtype: FloatType) {
    this.frequencies = rotaryFrequencies(rope, headDim);
    this.maxPositions = maxPositions;
    this.dtype = dtype;
  }

  /** @returns tables [positions, headDim / 2] of at least `length` positions; the same arrays until they must grow */
  upTo(length: number): { readonly cos: ArrayTensor; readonly sin: ArrayTensor } {
    if (this.tables !== undefined && length <= this.length) return this.tables;
    this.length = Math.max(length, Math.min(this.maxPositions, Math.max(256, 2 * this.length)));
    const half = this.frequencies.length;
    const cos = newArray('cos', this.length * half, this.dtype) as FloatArray;
    const sin = newArray('sin', this.length * half, this.dtype) as FloatArray;
    this.frequencies.forEach((frequency, i) => {
      for (let position = 0; position < this.length; position++) {
        cos[position * half + i] = Math.cos(position * frequency);
        sin[position * half + i] = Math.sin(position * frequency);
      }
    });
    const shape = [this.length, half];
    this.tables = { cos: { shape, data: cos }, sin: { shape, data: sin } };
    return this.tables;
  }
}

/**
 * The angle that each pair of a head turns by from one position to the next.
 *
 * @returns radians, [headDim / 2]
 * @see Su et al. 2021, "RoFormer", section 3.2.2; for `llama3`, transformers `_compute_llama3_parameters`
 */
export function rotaryFrequencies({ theta, scaling }: RotaryPositions, headDim: number): Float64Array {
  const half = headDim / 2;
  const frequencies = Float64Array.from({ length: half }, (_, i) => theta ** (-i / half));
  if (scaling === undefined) return frequencies;
  if (scaling.kind === 'linear') return frequencies.map((frequency) => frequency / scaling.factor);
  const { factor, lowFrequencyFactor: low, highFrequencyFactor: high, originalPositions } = scaling;
  return frequencies.map((frequency) => {
    const wavelength = (2 * Math.PI) / frequency;
    if (wavelength < originalPositions / high) return frequency;
    if (wavelength > originalPositions / low) return frequency / factor;
    const smooth = (originalPositions / wavelength - low) / (high - low);
    return ((1 - smooth) * frequency) / factor + smooth * frequency;
  });
}

/**
 * 0, 1, 2, ... in every row, again from 0 where an example begins.
 *
 * @param starts [rows, length], as in a batch of packed rows
 */
export function positionIds(rows: number, length: number, starts?: Int32Array, allocate: Allocate = newArray): ArrayTensor {
  const ids = allocate('positions', rows * length, 'int64') as BigInt64Array;
  if (starts !== undefined) starts.forEach((start, index) => (ids[index] = BigInt((index % length) - start)));
  else {
    for (let position = 0; position < length; position++) ids[position] = BigInt(position);
    for (let row = 1; row < rows; row++) ids.copyWithin(row * length, 0, length);
  }
  return { shape: [rows, length], data: ids };
}

/**
 * [1, 1, 1, length, length]: zero where a query may look, on and before its own position.
 *
 * @param window tokens that a query sees at most, itself included; undefined: all before it
 */
export function causalMask(length: number, dtype: FloatType, window?: number, allocate: Allocate = newArray): ArrayTensor {
  const data = emptyMask(length * length, dtype, window, allocate);
  for (let query = 0; query < length; query++) {
    data.fill(HIDDEN_SCORE, query * length + query + 1, (query + 1) * length);
    if (window !== undefined && query >= window) data.fill(HIDDEN_SCORE, query * length, query * length + query - window + 1);
  }
  return { shape: [1, 1, 1, length, length], data };
}

/**
 * [rows, 1, 1, length, length]: as `causalMask` in every row, and nothing before the example that a query belongs to.
 *
 * @param starts [rows, length], as in a batch of packed rows
 */
export function packedMask(starts: Int32Array, length: number, dtype: FloatType, window?: number, allocate: Allocate = newArray): ArrayTensor {
  const data = emptyMask(starts.length * length, dtype, window, allocate);
  starts.forEach((start, index) => {
    const [query, offset] = [index % length, index * length];
    data.fill(HIDDEN_SCORE, offset, offset + Math.max(start, query - (window ?? Infinity) + 1));
    data.fill(HIDDEN_SCORE, offset + query + 1, offset + length);
  });
  return { shape: [starts.length / length, 1, 1, length, length], data };
}

function emptyMask(length: number, dtype: FloatType, window: number | undefined, allocate: Allocate): FloatArray {
  return (allocate(`mask ${window ?? 'whole'}`, length, dtype) as FloatArray).fill(0);
}
