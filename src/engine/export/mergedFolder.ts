/** Writes a tuned model as a model folder of its own in Hugging Face layout, tensor by tensor. */

import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { LoraAdapter } from '../model/lora.ts';
import { encodeValues } from '../model/safetensors.ts';
import { TOKENIZER_FILES } from '../text/chatTokenizer.ts';
import type { ExportHooks } from './exportFormats.ts';
import { FileStream } from './fileStream.ts';
import { storedBytes, type FolderTensors, type StoredTensor } from '../model/folderTensors.ts';
import { mergeLora, requireEveryLayer } from './mergeLora.ts';

export interface MergedSource {
  readonly tensors: FolderTensors;
  readonly configJson: Readonly<Record<string, unknown>>;
  readonly adapter: LoraAdapter | undefined;
  /** folders to take the tokenizer's files from, the first that has one wins */
  readonly tokenizerFolders: readonly string[];
}

export interface MergedOptions extends ExportHooks {
  /** tensors go to a new file when one would become larger; transformers cuts at the same size */
  readonly maxShardBytes?: number;
}

/** What other programs read beside the files that Tunesmith itself needs. */
const OTHER_TOKENIZER_FILES = ['tokenizer.model', 'added_tokens.json', 'vocab.json', 'merges.txt'] as const;
const PART_VALUES = 1 << 20;

/**
 * Every tensor keeps the type that the base model stores it in; what is tied stays tied.
 *
 * @param folder an empty folder
 * @throws UserError "model.weights.overflow", "adapter.weights.mismatch"; and the system's errors of writing
 */
export async function writeMergedFolder(folder: string, source: MergedSource, options: MergedOptions = {}): Promise<void> {
  const { tensors, adapter, configJson } = source;
  if (adapter !== undefined) requireEveryLayer(adapter, tensors.tensors);
  const shards = cutIntoShards(tensors.tensors, options.maxShardBytes ?? 5e9);
  const total = sum(tensors.tensors);
  let done = 0;
  const onTensor = (tensor: StoredTensor): void => {
    done += storedBytes(tensor);
    options.onProgress?.({ phase: 'write', share: total === 0 ? 1 : done / total });
  };
  const map: Record<string, string> = {};
  for (const [index, shard] of shards.entries()) {
    const name = shardName(index, shards.length);
    for (const tensor of shard) map[tensor.name] = name;
    await writeShard(join(folder, name), shard, source, options, onTensor);
  }
  if (shards.length > 1) {
    await writeJson(join(folder, 'model.safetensors.index.json'), { metadata: { total_size: total }, weight_map: sorted(map) });
  }
  for (const name of [...TOKENIZER_FILES, ...OTHER_TOKENIZER_FILES]) await copyFirst(source.tokenizerFolders, folder, name);
  const dtype = configDtype(tensors.tensors);
  // `torch_dtype` is what readers before transformers 5 look for, `dtype` what later ones do.
  await writeJson(join(folder, 'config.json'), { ...configJson, dtype, torch_dtype: dtype });
}

function cutIntoShards(tensors: readonly StoredTensor[], limit: number): StoredTensor[][] {
  const shards: StoredTensor[][] = [[]];
  for (const tensor of tensors) {
    const last = shards.at(-1) as StoredTensor[];
    if (last.length > 0 && sum(last) + storedBytes(tensor) > limit) shards.push([tensor]);
    else last.push(tensor);
  }
  return shards;
}

async function writeShard(
  file: string, shard: readonly StoredTensor[], { tensors, adapter }: MergedSource, { signal }: MergedOptions, onTensor: (tensor: StoredTensor) => void,
): Promise<void> {
  await FileStream.write(file, async (stream) => {
    await stream.append(header(shard));
    for (const tensor of shard) {
      signal?.throwIfAborted();
      const values = await tensors.read(tensor);
      if (adapter !== undefined) mergeLora(tensor, values, adapter);
      for (let at = 0; at < values.length; at += PART_VALUES) {
        await stream.append(encodeValues(values.subarray(at, at + PART_VALUES), tensor.dtype, tensor.name, file));
      }
      onTensor(tensor);
    }
  });
}

/** @see https://huggingface.co/docs/safetensors/index#format */
function header(shard: readonly StoredTensor[]): Uint8Array {
  const entries = Object.create(null) as Record<string, unknown>;
  entries['__metadata__'] = { format: 'pt' };
  let offset = 0;
  for (const tensor of shard) {
    const end = offset + storedBytes(tensor);
    entries[tensor.name] = { dtype: tensor.dtype, shape: tensor.shape, data_offsets: [offset, end] };
    offset = end;
  }
  const json = new TextEncoder().encode(JSON.stringify(entries));
  // Padded with spaces to 8 bytes, as the reference writer does, so that the data can be mapped as numbers.
  const bytes = new Uint8Array(8 + Math.ceil(json.length / 8) * 8).fill(0x20);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(bytes.length - 8), true);
  bytes.set(json, 8);
  return bytes;
}

/** The type of most values: a few norms in float32 do not make a model of bfloat16 one of float32. */
function configDtype(tensors: readonly StoredTensor[]): string {
  const bytes = { F32: 0, F16: 0, BF16: 0 };
  for (const tensor of tensors) bytes[tensor.dtype] += storedBytes(tensor);
  if (bytes.F32 >= bytes.F16 && bytes.F32 >= bytes.BF16) return 'float32';
  return bytes.F16 >= bytes.BF16 ? 'float16' : 'bfloat16';
}

async function copyFirst(folders: readonly string[], to: string, name: string): Promise<void> {
  for (const from of folders) {
    try {
      return await copyFile(join(from, name), join(to, name));
    } catch (fault) {
      if ((fault as NodeJS.ErrnoException).code !== 'ENOENT') throw fault; // most models have only some of them
    }
  }
}

async function writeJson(file: string, value: unknown): Promise<void> {
  await writeFile(file, `${JSON.stringify(value, null, 2)}\n`, { flag: 'wx' });
}

function shardName(index: number, count: number): string {
  const digits = (value: number): string => String(value).padStart(5, '0');
  return count === 1 ? 'model.safetensors' : `model-${digits(index + 1)}-of-${digits(count)}.safetensors`;
}

function sum(tensors: readonly StoredTensor[]): number {
  return tensors.reduce((total, tensor) => total + storedBytes(tensor), 0);
}

function sorted(map: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)));
}
