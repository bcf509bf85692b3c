/** Reads GGUF files, trusting nothing that a file says about itself. */

import type { FileHandle } from 'node:fs/promises';
import { basename } from 'node:path';

import { UserError } from '../../errors.ts';
import { openForReading } from '../../model/safetensors.ts';
import { ALIGNMENT, aligned, BLOCKS, MAGIC, TENSOR_TYPES, tensorBytes, VALUE_TYPES, VERSION, type Metadata, type MetadataValue, type TensorInfo, type TensorType } from './format.ts';
import { decodeTensor } from './quantize.ts';

export interface GgufEntry extends TensorInfo {
  /** bytes from the start of the data */
  readonly offset: number;
}

export interface GgufHeader {
  readonly metadata: Metadata;
  readonly tensors: readonly GgufEntry[];
  /** where the data starts in the file */
  readonly dataStart: number;
}

/** A vocabulary of 262,144 entries with its merges takes about 12 MB. */
const MAX_HEADER_BYTES = 256 << 20;
const FIRST_READ = 1 << 20;
const MAX_DIMENSIONS = 4;

/**
 * @throws UserError "gguf.file.invalid" with what is wrong, "model.weights.missing"
 */
export async function readGgufHeader(file: string): Promise<GgufHeader> {
  const handle = await openForReading(file);
  try {
    const { size } = await handle.stat();
    for (let length = Math.min(size, FIRST_READ); ; length = Math.min(size, MAX_HEADER_BYTES, length * 8)) {
      const bytes = await readAt(handle, 0, length, file);
      const header = parseGgufHeader(bytes, size, file);
      if (header !== undefined) return header;
      if (length >= Math.min(size, MAX_HEADER_BYTES)) throw invalid(file, 'its head is cut off');
    }
  } finally {
    await handle.close();
  }
}

/** @returns the values of one tensor, row-major */
export async function readGgufTensor(file: string, header: GgufHeader, name: string): Promise<Float32Array> {
  const entry = header.tensors.find((tensor) => tensor.name === name);
  if (entry === undefined) throw invalid(file, `it has no tensor ${name}`);
  const handle = await openForReading(file);
  try {
    return decodeTensor(await readAt(handle, header.dataStart + entry.offset, tensorBytes(entry), file), entry.type);
  } finally {
    await handle.close();
  }
}

/**
 * @param bytes the start of a file
 * @param size of the whole file
 * @returns undefined when the head goes on beyond the bytes
 * @throws UserError "gguf.file.invalid"
 */
export function parseGgufHeader(bytes: Uint8Array, size: number, file: string): GgufHeader | undefined {
  const cursor = new Cursor(bytes, file);
  try {
    if (cursor.uint32() !== MAGIC) throw invalid(file, 'it does not start with GGUF');
    const version = cursor.uint32();
    if (version !== VERSION) throw invalid(file, `its version is ${version}; only ${VERSION} can be read`);
    const tensorCount = cursor.count();
    const entryCount = cursor.count();
    const metadata = new Map<string, MetadataValue>();
    for (let i = 0; i < entryCount; i++) {
      const key = cursor.string();
      if (metadata.has(key)) throw invalid(file, `its entry ${key} is there twice`);
      metadata.set(key, readValue(cursor, key, file));
    }
    const tensors: GgufEntry[] = [];
    for (let i = 0; i < tensorCount; i++) tensors.push(readTensorInfo(cursor, file));
    const dataStart = aligned(cursor.position);
    checkTensors(tensors, size - dataStart, file);
    return { metadata, tensors, dataStart };
  } catch (fault) {
    if (fault instanceof BeyondEnd) return undefined;
    throw fault;
  }
}

function readValue(cursor: Cursor, key: string, file: string): MetadataValue {
  const type = valueType(cursor.uint32(), key, file);
  if (type !== 'array') return scalarValue(cursor, type, key, file);
  const of = valueType(cursor.uint32(), key, file);
  const length = cursor.count();
  if (of === 'string') return { type, of, value: Array.from({ length }, () => cursor.string()) };
  if (of === 'bool') return { type, of, value: Array.from({ length }, () => cursor.bool()) };
  if (of === 'uint32' || of === 'int32' || of === 'float32') return { type, of, value: Array.from({ length }, () => cursor.number(of)) };
  throw invalid(file, `its entry ${key} is a list of ${of}, which Tunesmith never writes`);
}

function scalarValue(cursor: Cursor, type: string, key: string, file: string): MetadataValue {
  if (type === 'string') return { type, value: cursor.string() };
  if (type === 'bool') return { type, value: cursor.bool() };
  if (type === 'uint32' || type === 'int32' || type === 'float32') return { type, value: cursor.number(type) };
  throw invalid(file, `its entry ${key} is of type ${type}, which Tunesmith never writes`);
}

function valueType(code: number, key: string, file: string): string {
  const found = Object.entries(VALUE_TYPES).find(([, value]) => value === code);
  if (found === undefined) throw invalid(file, `its entry ${key} is of the unknown type ${code}`);
  return found[0];
}

function readTensorInfo(cursor: Cursor, file: string): GgufEntry {
  const name = cursor.string();
  const dimensions = cursor.uint32();
  if (dimensions < 1 || dimensions > MAX_DIMENSIONS) throw invalid(file, `tensor ${name} has ${dimensions} dimensions`);
  const shape = Array.from({ length: dimensions }, () => cursor.uint64()).reverse();
  const code = cursor.uint32();
  const type = (Object.keys(TENSOR_TYPES) as TensorType[]).find((one) => TENSOR_TYPES[one] === code);
  if (type === undefined) throw invalid(file, `tensor ${name} is of type ${code}; Tunesmith reads F32, F16 and Q8_0`);
  if (shape.at(-1)! % BLOCKS[type].values !== 0) throw invalid(file, `the rows of tensor ${name} are no whole number of ${type} blocks`);
  return { name, shape, type, offset: cursor.uint64() };
}

function checkTensors(tensors: readonly GgufEntry[], dataBytes: number, file: string): void {
  const names = new Set<string>();
  let covered = 0;
  for (const tensor of [...tensors].sort((a, b) => a.offset - b.offset)) {
    if (names.has(tensor.name)) throw invalid(file, `tensor ${tensor.name} is there twice`);
    names.add(tensor.name);
    if (tensor.offset % ALIGNMENT !== 0) throw invalid(file, `tensor ${tensor.name} does not start at a multiple of ${ALIGNMENT}`);
    if (tensor.offset < covered) throw invalid(file, `tensor ${tensor.name} overlaps the one before it`);
    covered = tensor.offset + tensorBytes(tensor);
  }
  if (covered > dataBytes) throw invalid(file, `it is cut off: its tensors need ${covered} bytes and have ${Math.max(0, dataBytes)}`);
}

/** The head needs more bytes than were read. */
class BeyondEnd extends Error {}

class Cursor {
  position = 0;
  readonly #view: DataView;
  readonly #bytes: Uint8Array;
  readonly #file: string;
  readonly #decoder = new TextDecoder('utf-8', { fatal: true });

  constructor(bytes: Uint8Array, file: string) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#file = file;
  }

  uint32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  uint64(): number {
    const value = this.#view.getBigUint64(this.#take(8), true);
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw invalid(this.#file, `it claims a size of ${value}`);
    return Number(value);
  }

  /** How many entries follow: each takes a byte at least, so no more than a head can have. */
  count(): number {
    const value = this.uint64();
    if (value > MAX_HEADER_BYTES) throw invalid(this.#file, `it claims ${value} entries`);
    if (value > this.#bytes.length) throw new BeyondEnd();
    return value;
  }

  bool(): boolean {
    return this.#view.getUint8(this.#take(1)) !== 0;
  }

  number(type: 'uint32' | 'int32' | 'float32'): number {
    if (type === 'uint32') return this.uint32();
    return type === 'int32' ? this.#view.getInt32(this.#take(4), true) : this.#view.getFloat32(this.#take(4), true);
  }

  string(): string {
    const length = this.uint64();
    if (length > MAX_HEADER_BYTES) throw invalid(this.#file, `it claims a text of ${length} bytes`);
    const start = this.#take(length);
    try {
      return this.#decoder.decode(this.#bytes.subarray(start, start + length));
    } catch {
      throw invalid(this.#file, `the text at byte ${start} is not valid UTF-8`);
    }
  }

  #take(length: number): number {
    const start = this.position;
    if (start + length > this.#bytes.length) throw new BeyondEnd();
    this.position += length;
    return start;
  }
}

async function readAt(handle: FileHandle, position: number, length: number, file: string): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; ) {
    const { bytesRead } = await handle.read(bytes, at, length - at, position + at);
    if (bytesRead === 0) throw invalid(file, 'it is cut off');
    at += bytesRead;
  }
  return bytes;
}

function invalid(file: string, what: string): UserError {
  return new UserError('gguf.file.invalid', `${basename(file)} is not a GGUF file that can be read: ${what}.`, 'Export the model again.', { place: { file } });
}
