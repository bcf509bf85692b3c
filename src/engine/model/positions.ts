/** What attention must know about positions: rotary angles, position ids, the causal mask. */

import { newArray, type ArrayTensor, type FloatArray } from '../graph/executor.ts';
import type { DecoderConfig } from './decoder.ts';

/** Large enough that softmax gives exactly zero, small enough that adding a score cannot overflow. */
export const HIDDEN_SCORE = -1e9;

/** Cosines and sines of all positions up to the longest that was asked for. */
export class RotaryTables {
  private readonly config: DecoderConfig;
  private readonly dtype: 'float32' | 'float64';
  private length = 0;
  private tables: { readonly cos: ArrayTensor; readonly sin: ArrayTensor } | undefined;

  constructor(config: DecoderConfig, dtype: 'float32' | 'float64') {
    this.config = config;
    this.dtype = dtype;
  }

  /** @returns tables [positions, headDim / 2] of at least `length` positions; the same arrays until they must grow */
  upTo(length: number): { readonly cos: ArrayTensor; readonly sin: ArrayTensor } {
    if (this.tables !== undefined && length <= this.length) return this.tables;
    this.length = Math.max(length, Math.min(this.config.maxPositions, Math.max(256, 2 * this.length)));
    const half = this.config.headDim / 2;
    const cos = newArray('cos', this.length * half, this.dtype) as FloatArray;
    const sin = newArray('sin', this.length * half, this.dtype) as FloatArray;
    for (let i = 0; i < half; i++) {
      const frequency = this.config.ropeTheta ** (-i / half);
      for (let position = 0; position < this.length; position++) {
        cos[position * half + i] = Math.cos(position * frequency);
        sin[position * half + i] = Math.sin(position * frequency);
      }
    }
    const shape = [this.length, half];
    this.tables = { cos: { shape, data: cos }, sin: { shape, data: sin } };
    return this.tables;
  }
}

/** 0, 1, 2, ... in every row. */
export function positionIds(rows: number, length: number): BigInt64Array {
  const ids = new BigInt64Array(rows * length);
  for (let position = 0; position < length; position++) ids[position] = BigInt(position);
  for (let row = 1; row < rows; row++) ids.copyWithin(row * length, 0, length);
  return ids;
}

/** [length, length]: zero where a query may look, on and before its own position. */
export function causalMask(length: number, dtype: 'float32' | 'float64'): FloatArray {
  const mask = newArray('mask', length * length, dtype) as FloatArray;
  for (let query = 0; query < length; query++) mask.fill(HIDDEN_SCORE, query * length + query + 1, (query + 1) * length);
  return mask;
}
