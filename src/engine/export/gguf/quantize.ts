/** Turns float32 values into the blocks of a GGUF tensor type, and back. */

import { UserError } from '../../errors.ts';
import { floatToHalf, halfToFloat } from '../../model/numberFormats.ts';
import { BLOCKS, type TensorType } from './format.ts';

const BLOCK = BLOCKS.Q8_0.values;
const BLOCK_BYTES = BLOCKS.Q8_0.bytes;

/**
 * @param values a whole number of blocks
 * @param name of the tensor, for messages
 * @throws UserError "model.weights.overflow" when a value does not fit into 16 bits
 */
export function encodeTensor(values: Float32Array, type: TensorType, name: string): Uint8Array {
  if (type === 'F32') return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  if (type === 'Q8_0') return quantizeQ8(values, name);
  const halves = new Uint16Array(values.length);
  if (floatToHalf(values, halves) > 0) throw overflow(name);
  return new Uint8Array(halves.buffer);
}

/** @param bytes a whole number of blocks, at the start of their own buffer */
export function decodeTensor(bytes: Uint8Array<ArrayBuffer>, type: TensorType): Float32Array {
  if (type === 'F32') return new Float32Array(bytes.buffer);
  if (type === 'Q8_0') return dequantizeQ8(bytes);
  const halves = new Uint16Array(bytes.buffer);
  const values = new Float32Array(halves.length);
  halfToFloat(halves, values);
  return values;
}

/**
 * Blocks of 32 values, each a float16 scale and 32 signed bytes: value = scale * byte.
 *
 * @see ggml-quants.c, `quantize_row_q8_0_ref`: rounds half away from zero, divides by the scale before it is rounded to float16
 */
function quantizeQ8(values: Float32Array, name: string): Uint8Array {
  const blocks = values.length / BLOCK;
  const bytes = new Uint8Array(blocks * BLOCK_BYTES);
  const levels = new Int8Array(bytes.buffer);
  const scales = new Float32Array(blocks);
  for (let block = 0; block < blocks; block++) {
    let largest = 0;
    for (let i = block * BLOCK; i < (block + 1) * BLOCK; i++) largest = Math.max(largest, Math.abs(values[i]));
    const scale = Math.fround(largest / 127);
    const inverse = scale === 0 ? 0 : Math.fround(1 / scale);
    scales[block] = scale;
    const at = block * BLOCK_BYTES + 2;
    for (let i = 0; i < BLOCK; i++) {
      const level = Math.fround(values[block * BLOCK + i] * inverse);
      levels[at + i] = Math.sign(level) * Math.floor(Math.abs(level) + 0.5);
    }
  }
  const halves = new Uint16Array(blocks);
  if (floatToHalf(scales, halves) > 0) throw overflow(name);
  for (let block = 0; block < blocks; block++) {
    bytes[block * BLOCK_BYTES] = halves[block] & 0xff;
    bytes[block * BLOCK_BYTES + 1] = halves[block] >>> 8;
  }
  return bytes;
}

function dequantizeQ8(bytes: Uint8Array<ArrayBuffer>): Float32Array {
  const blocks = bytes.length / BLOCK_BYTES;
  const levels = new Int8Array(bytes.buffer);
  const halves = Uint16Array.from({ length: blocks }, (_, block) => bytes[block * BLOCK_BYTES] | (bytes[block * BLOCK_BYTES + 1] << 8));
  const scales = new Float32Array(blocks);
  halfToFloat(halves, scales);
  const values = new Float32Array(blocks * BLOCK);
  for (let block = 0; block < blocks; block++) {
    const at = block * BLOCK_BYTES + 2;
    for (let i = 0; i < BLOCK; i++) values[block * BLOCK + i] = scales[block] * levels[at + i];
  }
  return values;
}

function overflow(name: string): UserError {
  return new UserError('model.weights.overflow', `Tensor ${name} has a value that 16 bits cannot hold (beyond 65,504).`,
    'Export the merged folder instead: it keeps the type of the base model.');
}
