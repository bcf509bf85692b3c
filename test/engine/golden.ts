/** Reads the golden vectors: tiny models with what transformers, PEFT and torch compute for them in float64. */

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { loadAdapter } from '../../src/engine/model/adapter.ts';
import { parseDecoderConfig } from '../../src/engine/model/config.ts';
import type { DecoderConfig } from '../../src/engine/model/decoder.ts';
import type { LoraAdapter } from '../../src/engine/model/lora.ts';
import { loadFolderWeights } from '../../src/engine/model/safetensors.ts';
import type { Weights } from '../../src/engine/model/weights.ts';
import type { TokenizedExample } from '../../src/engine/text/chat.ts';

export const GOLDEN_FAMILIES = ['llama', 'llama3-scaled', 'smollm2', 'mistral', 'qwen2', 'qwen3', 'gemma3'] as const;

export interface GoldenTensor {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

export interface Golden {
  readonly config: DecoderConfig;
  readonly weights: Weights;
  readonly adapter: LoraAdapter;
  /** rows without their padding */
  readonly rows: readonly TokenizedExample[];
  /** by name: logits, logits_lora, and `grad.` and `final.` with PEFT's names */
  readonly tensors: ReadonlyMap<string, GoldenTensor>;
  readonly facts: {
    readonly loss_base: number;
    readonly loss_lora: number;
    readonly trajectory: { readonly losses: readonly number[]; readonly grad_norms_before_clip: readonly number[]; readonly learning_rates: readonly number[] };
  };
}

export function goldenFolder(family: string): string {
  return fileURLToPath(new URL(`../fixtures/golden/${family}/`, import.meta.url));
}

export async function readGolden(family: string): Promise<Golden> {
  const folder = goldenFolder(family);
  const config = parseDecoderConfig(JSON.parse(readFileSync(`${folder}config.json`, 'utf8')), 'config.json');
  const tensors = readTensors(`${folder}golden.safetensors`);
  return {
    config, tensors,
    weights: await loadFolderWeights(folder),
    adapter: await loadAdapter(`${folder}adapter`, config),
    rows: rowsOf(tensors),
    facts: JSON.parse(readFileSync(`${folder}golden.json`, 'utf8')) as Golden['facts'],
  };
}

export function rowsOf(tensors: ReadonlyMap<string, GoldenTensor>): TokenizedExample[] {
  const [ids, mask, labels] = ['input_ids', 'attention_mask', 'labels'].map((name) => tensors.get(name)!);
  const [rows, length] = ids.shape as [number, number];
  return Array.from({ length: rows }, (_, row) => {
    const slice = ({ data }: GoldenTensor): Float64Array => data.subarray(row * length, (row + 1) * length);
    const real = slice(mask).reduce((sum, value) => sum + value, 0);
    return {
      row: row + 1,
      ids: Int32Array.from(slice(ids).subarray(0, real)),
      trained: Uint8Array.from(slice(labels).subarray(0, real), (label, position) => (position > 0 && label >= 0 ? 1 : 0)),
    };
  });
}

/** float64 and int64, which the product's own reader has no use for. */
export function readTensors(file: string): Map<string, GoldenTensor> {
  const bytes = readFileSync(file);
  const start = 8 + Number(bytes.readBigUInt64LE(0));
  const header = JSON.parse(bytes.toString('utf8', 8, start)) as Record<string, { dtype: string; shape: number[]; data_offsets: [number, number] }>;
  return new Map(Object.entries(header).filter(([name]) => name !== '__metadata__').map(([name, { dtype, shape, data_offsets: [from, to] }]) => {
    const raw = bytes.buffer.slice(bytes.byteOffset + start + from, bytes.byteOffset + start + to);
    const data = dtype === 'I64' ? Float64Array.from(new BigInt64Array(raw), Number) : new Float64Array(raw);
    return [name.replace('.default', ''), { shape, data }];
  }));
}
