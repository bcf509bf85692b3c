/** Reads the tensors of a model folder one at a time, so that a model of any size passes through little memory. */

import type { FileHandle } from 'node:fs/promises';
import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { UserError } from '../errors.ts';
import { readJson } from './jsonFile.ts';
import { floatToHalf } from './numberFormats.ts';
import { DTYPE_BYTES, loadSafetensorsHeader, openForReading, readValues, supportedDtype, type WeightDtype } from './safetensors.ts';
import type { FrozenWeights, HalfTensor, WeightTensor } from './weights.ts';

export interface StoredTensor {
  /** Hugging Face's name */
  readonly name: string;
  /** how the file stores it */
  readonly dtype: WeightDtype;
  /** row-major; linear layers are [out, in] */
  readonly shape: readonly number[];
}

interface Place {
  readonly file: string;
  readonly handle: FileHandle;
  /** byte of the file at which the values start */
  readonly start: number;
}

export class FolderTensors {
  readonly tensors: readonly StoredTensor[];
  readonly #places: ReadonlyMap<string, Place>;
  readonly #handles: readonly FileHandle[];

  private constructor(tensors: readonly StoredTensor[], places: ReadonlyMap<string, Place>, handles: readonly FileHandle[]) {
    this.tensors = tensors;
    this.#places = places;
    this.#handles = handles;
  }

  /**
   * Opens `model.safetensors`, or the shards that `model.safetensors.index.json` names.
   *
   * @throws UserError as `loadFolderWeights`
   */
  static async open(folder: string): Promise<FolderTensors> {
    const tensors: StoredTensor[] = [];
    const places = new Map<string, Place>();
    const handles: FileHandle[] = [];
    try {
      for (const file of await weightFiles(folder)) {
        const { entries, dataStart } = await loadSafetensorsHeader(file);
        const handle = await openForReading(file);
        handles.push(handle);
        for (const entry of entries) {
          if (places.has(entry.name)) continue;
          tensors.push({ name: entry.name, dtype: supportedDtype(entry, file), shape: entry.shape });
          places.set(entry.name, { file, handle, start: dataStart + entry.begin });
        }
      }
      return new FolderTensors(tensors, places, handles);
    } catch (fault) {
      for (const handle of handles) await handle.close();
      throw fault;
    }
  }

  /** @returns the values as float32, a copy of their own */
  async read({ name, dtype, shape }: StoredTensor): Promise<Float32Array> {
    const place = this.#places.get(name);
    if (place === undefined) throw new RangeError(`the folder has no tensor ${name}`);
    const values = new Float32Array(valuesOf(shape));
    await readValues(place.handle, place.start, dtype, values, place.file);
    return values;
  }

  async close(): Promise<void> {
    for (const handle of this.#handles) await handle.close();
  }
}

/**
 * Reads a model's weights with its matrices in float16, never holding more than one of them in float32.
 *
 * @throws UserError "model.weights.overflow" when a value is beyond 65,504; and as `loadFolderWeights`
 */
export async function loadHalfWeights(folder: string): Promise<FrozenWeights> {
  const source = await FolderTensors.open(folder);
  try {
    const weights = new Map<string, WeightTensor | HalfTensor>();
    for (const tensor of source.tensors) {
      const { name, shape } = tensor;
      const data = await source.read(tensor);
      weights.set(name, shape.length === 2 ? { shape, data: toHalves(data, name, folder) } : { shape, data });
    }
    return weights;
  } finally {
    await source.close();
  }
}

function toHalves(values: Float32Array, name: string, folder: string): Uint16Array {
  const halves = new Uint16Array(values.length);
  if (floatToHalf(values, halves) === 0) return halves;
  throw new UserError('model.weights.overflow', `Tensor ${name} has a value beyond 65,504, the largest that float16 can hold.`,
    'Set training.precision to float32.', { place: { file: folder, field: name } });
}

export function valuesOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

export function storedBytes({ dtype, shape }: StoredTensor): number {
  return valuesOf(shape) * DTYPE_BYTES[dtype];
}

async function weightFiles(folder: string): Promise<string[]> {
  const single = join(folder, 'model.safetensors');
  const index = join(folder, 'model.safetensors.index.json');
  if ((await isFile(single)) || !(await isFile(index))) return [single];
  const { weight_map: map } = (await readJson(index)) as { weight_map?: unknown };
  const shards = new Set<unknown>(typeof map === 'object' && map !== null ? Object.values(map) : []);
  const files = [...shards].map((shard) => {
    if (typeof shard === 'string' && shard === basename(shard) && shard.endsWith('.safetensors')) return join(folder, shard);
    throw new UserError('model.weights.index', `${basename(index)} in ${folder} names something other than safetensors files beside it.`,
      'Download the model folder again.', { place: { file: index } });
  });
  return files.sort();
}

async function isFile(file: string): Promise<boolean> {
  return stat(file).then((found) => found.isFile(), () => false);
}
