/** Keys and values of all tokens so far, one dense stretch a row, held in TypeScript. */

import type { ArrayTensor } from '../graph/executor.ts';
import type { DecoderConfig } from '../model/decoder.ts';
import { HIDDEN_SCORE } from '../model/positions.ts';

/** Capacity grows in such steps, because every new capacity is a new shape for the graphs. */
const STEP = 64;

interface LayerCache {
  keys: Float32Array;
  values: Float32Array;
}

/** [rows, kvHeads, capacity, headDim] a layer. Row r is filled up to `lengths[r]`; the rest is hidden by the mask. */
export class KeyValueCache {
  private readonly config: DecoderConfig;
  private readonly layers: LayerCache[];
  private capacity: number;
  /** tokens of each row */
  private lengths: number[];

  /** @param capacity tokens that the longest row will soon need */
  constructor(config: DecoderConfig, rows: number, capacity: number) {
    this.config = config;
    this.capacity = roundUp(capacity);
    this.lengths = new Array<number>(rows).fill(0);
    this.layers = Array.from({ length: config.layers }, () => ({ keys: this.empty(rows), values: this.empty(rows) }));
  }

  get rows(): number {
    return this.lengths.length;
  }

  lengthOf(row: number): number {
    return this.lengths[row];
  }

  /** Sets how many tokens of each row are filled, once all layers have been written. */
  setLength(row: number, length: number): void {
    this.lengths[row] = length;
  }

  /**
   * Copies new keys and values behind what a row has.
   *
   * @param source [rows of the source, kvHeads, tokens, headDim]
   * @param count tokens to take from the front of each head's stretch
   */
  append(layer: number, source: { keys: Float32Array; values: Float32Array; row: number; tokens: number }, row: number, count: number): void {
    const { kvHeads, headDim } = this.config;
    const cache = this.layers[layer];
    const start = this.lengthOf(row);
    for (let head = 0; head < kvHeads; head++) {
      const from = (source.row * kvHeads + head) * source.tokens * headDim;
      const to = ((row * kvHeads + head) * this.capacity + start) * headDim;
      cache.keys.set(source.keys.subarray(from, from + count * headDim), to);
      cache.values.set(source.values.subarray(from, from + count * headDim), to);
    }
  }

  /** Makes room for one more token in every row. */
  reserve(): void {
    const needed = Math.max(...this.lengths) + 1;
    if (needed <= this.capacity) return;
    this.rebuild(this.lengths.map((_, row) => row), roundUp(Math.max(needed, this.capacity * 1.25)));
  }

  /** Drops all rows but these, in this order. */
  keepRows(rows: readonly number[]): void {
    this.rebuild(rows, this.capacity);
    this.lengths = rows.map((row) => this.lengthOf(row));
  }

  /** The inputs of the decoding graph for one layer. */
  feeds(layer: number): { cachedKeys: ArrayTensor; cachedValues: ArrayTensor } {
    const { keys, values } = this.layers[layer];
    const shape = [this.rows, this.config.kvHeads, this.capacity, this.config.headDim];
    return { cachedKeys: { shape, data: keys }, cachedValues: { shape, data: values } };
  }

  /**
   * [rows, 1, 1, capacity + 1]: what is filled, and the new token itself.
   *
   * @param window tokens that the new one sees at most, itself included; undefined: all
   */
  mask(window?: number): ArrayTensor {
    const width = this.capacity + 1;
    const data = new Float32Array(this.rows * width);
    this.lengths.forEach((length, row) => {
      data.fill(HIDDEN_SCORE, row * width + length, row * width + this.capacity);
      if (window !== undefined && length >= window) data.fill(HIDDEN_SCORE, row * width, row * width + length - window + 1);
    });
    return { shape: [this.rows, 1, 1, width], data };
  }

  private rebuild(rows: readonly number[], capacity: number): void {
    const { kvHeads, headDim } = this.config;
    const [from, to] = [this.capacity * headDim, capacity * headDim];
    this.capacity = capacity;
    for (const cache of this.layers) {
      for (const part of ['keys', 'values'] as const) {
        const old = cache[part];
        const next = this.empty(rows.length);
        rows.forEach((row, index) => {
          for (let head = 0; head < kvHeads; head++) {
            const start = (row * kvHeads + head) * from;
            next.set(old.subarray(start, start + this.lengthOf(row) * headDim), (index * kvHeads + head) * to);
          }
        });
        cache[part] = next;
      }
    }
  }

  /** Zeros, because hidden values still meet a probability of zero, and zero times not-a-number is not zero. */
  private empty(rows: number): Float32Array {
    return new Float32Array(rows * this.config.kvHeads * this.capacity * this.config.headDim);
  }
}

function roundUp(capacity: number): number {
  return Math.ceil(capacity / STEP) * STEP;
}
