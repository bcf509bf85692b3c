/** Reads and writes the safetensors file format, trusting nothing that a file says about itself. */

import { open, readFile, stat, type FileHandle } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { UserError } from '../errors.ts';
import { writeAtomically } from './atomicFile.ts';
import { bfloatToFloat, floatToBfloat, floatToHalf, halfToFloat } from './numberFormats.ts';
import type { Weights, WeightTensor } from './weights.ts';

export type WeightDtype = 'F32' | 'F16' | 'BF16';

export interface SafetensorsEntry {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  /** bytes from the start of the data section, end exclusive */
  readonly begin: number;
  readonly end: number;
}

export interface SafetensorsHeader {
  /** in the order of the data */
  readonly entries: readonly SafetensorsEntry[];
  readonly metadata: Readonly<Record<string, string>>;
  /** where the data section starts in the file */
  readonly dataStart: number;
}

export interface SafetensorsFile {
  readonly weights: Weights;
  readonly metadata: Readonly<Record<string, string>>;
}

const LENGTH_BYTES = 8;
// The reference implementation's own limit: https://github.com/huggingface/safetensors (MAX_HEADER_SIZE).
const MAX_HEADER_BYTES = 100_000_000;
export const DTYPE_BYTES: Readonly<Record<WeightDtype, number>> = { F32: 4, F16: 2, BF16: 2 };
const PART_VALUES = 1 << 20;

/**
 * Reads a whole file; 16-bit floats become float32.
 *
 * @throws UserError "model.weights.missing", "model.weights.truncated", "model.weights.corrupt", "model.weights.dtype"
 * @see https://huggingface.co/docs/safetensors/index#format
 */
export async function loadSafetensors(file: string): Promise<SafetensorsFile> {
  const handle = await openForReading(file);
  try {
    const header = await readHeader(handle, file);
    const weights = new Map<string, WeightTensor>();
    for (const entry of header.entries) {
      const dtype = supportedDtype(entry, file);
      const data = new Float32Array((entry.end - entry.begin) / DTYPE_BYTES[dtype]);
      await readValues(handle, header.dataStart + entry.begin, dtype, data, file);
      weights.set(entry.name, { shape: entry.shape, data });
    }
    return { weights, metadata: header.metadata };
  } finally {
    await handle.close();
  }
}

/**
 * Reads only names, types, shapes and metadata.
 *
 * @throws UserError as `loadSafetensors`
 */
export async function loadSafetensorsHeader(file: string): Promise<SafetensorsHeader> {
  const handle = await openForReading(file);
  try {
    return await readHeader(handle, file);
  } finally {
    await handle.close();
  }
}

/**
 * Reads a model's weights from its folder: `model.safetensors`, or the shards that `model.safetensors.index.json` names.
 *
 * @throws UserError "model.weights.missing" when neither is there, "model.weights.index" when the index is wrong,
 *   and as `loadSafetensors`
 */
export async function loadFolderWeights(folder: string): Promise<Weights> {
  const single = join(folder, 'model.safetensors');
  const index = join(folder, 'model.safetensors.index.json');
  if (!(await exists(single)) && (await exists(index))) return loadShards(folder, index);
  return (await loadSafetensors(single)).weights;
}

/**
 * Writes a file in one step (see `writeAtomically`); tensors are laid out by name, so equal weights give equal bytes.
 *
 * @param dtype how every tensor is stored
 * @throws UserError "file.write.failed", "model.weights.overflow" when a value does not fit into F16
 */
export async function saveSafetensors(
  file: string,
  weights: Weights,
  { dtype = 'F32', metadata = {} }: { dtype?: WeightDtype; metadata?: Readonly<Record<string, string>> } = {},
): Promise<void> {
  const names = [...weights.keys()].sort();
  const header = Object.create(null) as Record<string, unknown>;
  if (Object.keys(metadata).length > 0) header['__metadata__'] = metadata;
  let offset = 0;
  for (const name of names) {
    const { shape, data } = weights.get(name)!;
    if (valuesOf(shape) !== data.length) {
      throw new RangeError(`Tensor ${name} has ${data.length} values but shape [${shape.join(', ')}]`);
    }
    const end = offset + data.length * DTYPE_BYTES[dtype];
    header[name] = { dtype, shape, data_offsets: [offset, end] };
    offset = end;
  }
  await writeAtomically(file, fileParts(file, header, names, weights, dtype));
}

/**
 * Checks a header against the format and the size of the data section.
 *
 * @param json the header's text
 * @param dataBytes length of everything after the header
 * @throws UserError "model.weights.truncated" or "model.weights.corrupt"
 */
export function parseSafetensorsHeader(json: string, dataStart: number, dataBytes: number, file: string): SafetensorsHeader {
  const parsed = parseJsonObject(json, file);
  const metadata = Object.create(null) as Record<string, string>;
  const entries: SafetensorsEntry[] = [];
  for (const [name, value] of Object.entries(parsed)) {
    if (name === '__metadata__') {
      if (!isRecord(value)) throw corrupt(file, 'its metadata is not an object');
      for (const [key, text] of Object.entries(value)) if (typeof text === 'string') metadata[key] = text;
    } else {
      entries.push(parseEntry(name, value, file));
    }
  }
  entries.sort((a, b) => a.begin - b.begin || a.end - b.end);
  let covered = 0;
  for (const entry of entries) {
    if (entry.begin < covered) throw corrupt(file, `tensor ${entry.name} overlaps the one before it`);
    if (entry.begin > covered) throw corrupt(file, `${entry.begin - covered} bytes before tensor ${entry.name} belong to none`);
    covered = entry.end;
  }
  if (covered > dataBytes) throw truncated(file, dataStart + dataBytes, dataStart + covered);
  if (covered < dataBytes) throw corrupt(file, `${dataBytes - covered} bytes at its end belong to no tensor`);
  return { entries, metadata, dataStart };
}

async function readHeader(handle: FileHandle, file: string): Promise<SafetensorsHeader> {
  const { size } = await handle.stat();
  if (size < LENGTH_BYTES) throw truncated(file, size, LENGTH_BYTES);
  const prefix = new DataView((await readExactly(handle, 0, LENGTH_BYTES, file)).buffer);
  const length = prefix.getBigUint64(0, true);
  if (length > BigInt(MAX_HEADER_BYTES)) throw corrupt(file, `its header claims ${length} bytes`);
  const dataStart = LENGTH_BYTES + Number(length);
  if (dataStart > size) throw truncated(file, size, dataStart);
  const bytes = await readExactly(handle, LENGTH_BYTES, Number(length), file);
  let json: string;
  try {
    json = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw corrupt(file, 'its header is not valid UTF-8', cause);
  }
  return parseSafetensorsHeader(json, dataStart, size - dataStart, file);
}

function parseEntry(name: string, value: unknown, file: string): SafetensorsEntry {
  if (!isRecord(value)) throw corrupt(file, `tensor ${name} is not described by an object`);
  const { dtype, shape, data_offsets: offsets } = value;
  if (typeof dtype !== 'string') throw corrupt(file, `tensor ${name} has no type`);
  if (!isCounts(shape)) throw corrupt(file, `tensor ${name} has no valid shape`);
  if (!isCounts(offsets) || offsets.length !== 2 || offsets[1] < offsets[0]) {
    throw corrupt(file, `tensor ${name} has no valid position`);
  }
  const [begin, end] = [offsets[0], offsets[1]];
  if (isWeightDtype(dtype)) {
    const bytes = valuesOf(shape) * DTYPE_BYTES[dtype];
    if (bytes !== end - begin) {
      throw corrupt(file, `tensor ${name} of shape [${shape.join(', ')}] in ${dtype} needs ${bytes} bytes and has ${end - begin}`);
    }
  }
  return { name, dtype, shape, begin, end };
}

export function supportedDtype(entry: SafetensorsEntry, file: string): WeightDtype {
  if (isWeightDtype(entry.dtype)) return entry.dtype;
  throw new UserError(
    'model.weights.dtype',
    `${basename(file)} stores tensor ${entry.name} as ${entry.dtype}, which Tunesmith cannot train on.`,
    'Use a copy of the model in F32, F16 or BF16; quantized files are usually published beside one.',
    { place: { file, field: entry.name } },
  );
}

export async function readValues(handle: FileHandle, position: number, dtype: WeightDtype, to: Float32Array, file: string): Promise<void> {
  const width = DTYPE_BYTES[dtype];
  for (let at = 0; at < to.length; at += PART_VALUES) {
    const part = to.subarray(at, at + PART_VALUES);
    const bytes = await readExactly(handle, position + at * width, part.length * width, file);
    if (dtype === 'F32') part.set(new Float32Array(bytes.buffer));
    else if (dtype === 'F16') halfToFloat(new Uint16Array(bytes.buffer), part);
    else bfloatToFloat(new Uint16Array(bytes.buffer), part);
  }
}

/** @returns a copy that starts its own buffer, so that typed arrays of any width can view it */
async function readExactly(handle: FileHandle, position: number, length: number, file: string): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; ) {
    const { bytesRead } = await handle.read(bytes, at, length - at, position + at);
    if (bytesRead === 0) throw truncated(file, position + at, position + length);
    at += bytesRead;
  }
  return bytes;
}

function* fileParts(
  file: string,
  header: Record<string, unknown>,
  names: readonly string[],
  weights: Weights,
  dtype: WeightDtype,
): Iterable<Uint8Array> {
  const json = new TextEncoder().encode(JSON.stringify(header));
  // Padded with spaces to 8 bytes, as the reference writer does, so that the data can be mapped as numbers.
  const padded = new Uint8Array(Math.ceil(json.length / 8) * 8).fill(0x20);
  padded.set(json);
  const prefix = new Uint8Array(LENGTH_BYTES);
  new DataView(prefix.buffer).setBigUint64(0, BigInt(padded.length), true);
  yield prefix;
  yield padded;
  for (const name of names) {
    const { data } = weights.get(name)!;
    for (let at = 0; at < data.length; at += PART_VALUES) {
      yield encodeValues(data.subarray(at, at + PART_VALUES), dtype, name, file);
    }
  }
}

export function encodeValues(values: Float32Array, dtype: WeightDtype, name: string, file: string): Uint8Array {
  if (dtype === 'F32') return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const halves = new Uint16Array(values.length);
  if (dtype === 'BF16') floatToBfloat(values, halves);
  else if (floatToHalf(values, halves) > 0) {
    throw new UserError(
      'model.weights.overflow',
      `Tensor ${name} has a value beyond 65,504, the largest that F16 can hold.`,
      'Save the model in BF16 or F32.',
      { place: { file, field: name } },
    );
  }
  return new Uint8Array(halves.buffer);
}

async function loadShards(folder: string, index: string): Promise<Weights> {
  const wrong = (what: string, cause?: unknown): UserError =>
    new UserError('model.weights.index', `${basename(index)} in ${folder} ${what}.`, 'Download the model folder again.', {
      cause,
      place: { file: index },
    });
  let parsed: unknown;
  try {
    parsed = JSON.parse(await readFile(index, 'utf8'));
  } catch (cause) {
    throw wrong('is not valid JSON', cause);
  }
  const map = isRecord(parsed) ? parsed['weight_map'] : undefined;
  if (!isRecord(map)) throw wrong('has no "weight_map"');
  const placeOf = new Map<string, string>();
  for (const [name, shard] of Object.entries(map)) {
    if (typeof shard !== 'string' || shard !== basename(shard) || !shard.endsWith('.safetensors')) {
      throw wrong(`places tensor ${name} in something other than a safetensors file beside it`);
    }
    placeOf.set(name, shard);
  }
  const weights = new Map<string, WeightTensor>();
  for (const shard of new Set(placeOf.values())) {
    const loaded = await loadSafetensors(join(folder, shard));
    for (const [name, tensor] of loaded.weights) if (placeOf.get(name) === shard) weights.set(name, tensor);
  }
  for (const [name, shard] of placeOf) if (!weights.has(name)) throw wrong(`places tensor ${name} in ${shard}, which does not hold it`);
  return weights;
}

export async function openForReading(file: string): Promise<FileHandle> {
  try {
    const handle = await open(file, 'r');
    if ((await handle.stat()).isFile()) return handle;
    await handle.close();
  } catch (cause) {
    throw missing(file, cause);
  }
  throw missing(file);
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}

function parseJsonObject(json: string, file: string): Record<string, unknown> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch (cause) {
    throw corrupt(file, 'its header is not valid JSON', cause);
  }
  if (!isRecord(parsed)) throw corrupt(file, 'its header is not a JSON object');
  return parsed;
}

function valuesOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((x) => Number.isSafeInteger(x) && x >= 0);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isWeightDtype(dtype: string): dtype is WeightDtype {
  return dtype === 'F32' || dtype === 'F16' || dtype === 'BF16';
}

function missing(file: string, cause?: unknown): UserError {
  return new UserError('model.weights.missing', `There is no readable weights file ${file}.`, 'Check the folder, or download the model again.', {
    cause,
    place: { file },
  });
}

function truncated(file: string, actual: number, expected: number): UserError {
  return new UserError(
    'model.weights.truncated',
    `${basename(file)} is cut off: it has ${actual.toLocaleString('en-US')} bytes and needs ${expected.toLocaleString('en-US')}.`,
    'Download or copy the file again; the transfer was interrupted.',
    { place: { file } },
  );
}

function corrupt(file: string, what: string, cause?: unknown): UserError {
  return new UserError(
    'model.weights.corrupt',
    `${basename(file)} is not a valid safetensors file: ${what}.`,
    'Download or copy the file again; if it stays so, its publisher must repair it.',
    { cause, place: { file } },
  );
}
