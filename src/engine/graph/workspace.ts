/** Buffers that are used again in every step, so that a training run stops growing after its longest batch. */

import { newArray, type ArrayTensor, type TensorData } from './executor.ts';
import type { DType } from './tape.ts';

/** One growing buffer a name. Two results that live at the same time need two names. */
export class Workspace {
  private readonly buffers = new Map<string, { readonly whole: TensorData; view: TensorData }>();

  /** @returns `length` elements of the buffer, with whatever was in them; valid until the name is taken again */
  take(name: string, length: number, dtype: DType): TensorData {
    const known = this.buffers.get(name);
    // The same view for the same length: sessions remember what they have wrapped.
    if (known?.view.length === length) return known.view;
    if (known !== undefined && known.whole.length >= length) return (known.view = known.whole.subarray(0, length));
    // Room to grow: batches come in many lengths, and each replacement would cost a page fault for every page.
    const whole = newArray(name, known === undefined ? length : Math.ceil(length * 1.125), dtype);
    const view = whole.subarray(0, length);
    this.buffers.set(name, { whole, view });
    return view;
  }

  /** As `take`, for numbers of a floating-point type. */
  takeFloats(name: string, length: number, dtype: 'float32'): Float32Array;
  takeFloats(name: string, length: number, dtype: DType): Float32Array | Float64Array;
  takeFloats(name: string, length: number, dtype: DType): Float32Array | Float64Array {
    const data = this.take(name, length, dtype);
    if (data instanceof BigInt64Array || data instanceof Uint16Array) throw new Error(`${name} holds ${dtype}`);
    return data;
  }

  /** A copy of some whole numbers, as graphs take them. */
  integers(name: string, values: Int32Array): ArrayTensor {
    const data = this.take(name, values.length, 'int64') as BigInt64Array;
    for (let index = 0; index < values.length; index++) data[index] = BigInt(values[index]);
    return { shape: [values.length], data };
  }
}
