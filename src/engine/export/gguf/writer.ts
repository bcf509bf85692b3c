/** Writes a GGUF file, one tensor in memory at a time. */

import { FileStream } from '../fileStream.ts';
import { aligned, ALIGNMENT, BLOCKS, MAGIC, TENSOR_TYPES, tensorBytes, VALUE_TYPES, VERSION, type Metadata, type MetadataValue, type TensorInfo } from './format.ts';
import { encodeTensor } from './quantize.ts';

export interface GgufTensor extends TensorInfo {
  /** the values, row-major */
  readonly load: () => Promise<Float32Array>;
}

/** Encoded at once; a multiple of every block. */
const PART_VALUES = 1 << 20;

/**
 * @param onTensor called after each tensor; throws to stop
 * @throws UserError as `encodeTensor`; and the system's errors of writing
 * @see https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
 */
export async function writeGguf(file: string, metadata: Metadata, tensors: readonly GgufTensor[], onTensor: (bytes: number) => void = () => undefined): Promise<void> {
  await FileStream.write(file, async (stream) => {
    await stream.append(encodeHeader(metadata, tensors));
    for (const tensor of tensors) {
      await stream.align(ALIGNMENT);
      const values = await tensor.load();
      for (let at = 0; at < values.length; at += PART_VALUES) {
        await stream.append(encodeTensor(values.subarray(at, at + PART_VALUES), tensor.type, tensor.name));
      }
      onTensor(tensorBytes(tensor));
    }
    await stream.align(ALIGNMENT);
  });
}

/** Everything before the data, its length a multiple of the alignment. */
export function encodeHeader(metadata: Metadata, tensors: readonly TensorInfo[]): Uint8Array {
  const bytes = new ByteList();
  bytes.uint32(MAGIC);
  bytes.uint32(VERSION);
  bytes.uint64(tensors.length);
  bytes.uint64(metadata.size);
  for (const [key, value] of metadata) {
    bytes.string(key);
    encodeValue(bytes, value);
  }
  let offset = 0;
  for (const { name, shape, type } of tensors) {
    if (shape.at(-1)! % BLOCKS[type].values !== 0) throw new RangeError(`the rows of ${name} are no whole number of ${type} blocks`);
    bytes.string(name);
    bytes.uint32(shape.length);
    for (const size of [...shape].reverse()) bytes.uint64(size);
    bytes.uint32(TENSOR_TYPES[type]);
    bytes.uint64(offset);
    offset = aligned(offset + tensorBytes({ name, shape, type }));
  }
  return bytes.padded(ALIGNMENT);
}

function encodeValue(bytes: ByteList, value: MetadataValue): void {
  bytes.uint32(VALUE_TYPES[value.type]);
  if (value.type === 'array') {
    bytes.uint32(VALUE_TYPES[value.of]);
    bytes.uint64(value.value.length);
    for (const element of value.value) bytes.scalar(value.of, element);
  } else {
    bytes.scalar(value.type, value.value);
  }
}

/** Bytes that grow by doubling; numbers are little-endian. */
class ByteList {
  #bytes = new Uint8Array(1 << 16);
  #length = 0;

  uint32(value: number): void {
    this.#view(4).setUint32(0, value, true);
  }

  uint64(value: number): void {
    this.#view(8).setBigUint64(0, BigInt(value), true);
  }

  string(text: string): void {
    const encoded = new TextEncoder().encode(text);
    this.uint64(encoded.length);
    this.#view(encoded.length);
    this.#bytes.set(encoded, this.#length - encoded.length);
  }

  scalar(type: 'uint32' | 'int32' | 'float32' | 'bool' | 'string', value: number | boolean | string): void {
    if (type === 'string') this.string(value as string);
    else if (type === 'bool') this.#view(1).setUint8(0, value ? 1 : 0);
    else if (type === 'float32') this.#view(4).setFloat32(0, value as number, true);
    else if (type === 'int32') this.#view(4).setInt32(0, value as number, true);
    else this.uint32(value as number);
  }

  padded(multiple: number): Uint8Array {
    this.#view((multiple - (this.#length % multiple)) % multiple);
    return this.#bytes.subarray(0, this.#length);
  }

  /** Room for so many more bytes, all zero. */
  #view(count: number): DataView {
    if (this.#length + count > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + count));
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    this.#length += count;
    return new DataView(this.#bytes.buffer, this.#length - count, count);
  }
}
