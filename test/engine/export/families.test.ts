/** Every family that GGUF is written for: llama.cpp computes from the file what transformers and PEFT computed. */

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FolderTensors, type StoredTensor } from '../../../src/engine/model/folderTensors.ts';
import { ggufArchitecture, type GgufArchitecture } from '../../../src/engine/export/gguf/architecture.ts';
import type { MetadataValue } from '../../../src/engine/export/gguf/format.ts';
import { ggufTensors, readGgufWeights, type GgufPrecision } from '../../../src/engine/export/gguf/model.ts';
import { writeGguf } from '../../../src/engine/export/gguf/writer.ts';
import { loadAdapter } from '../../../src/engine/model/adapter.ts';
import type { DecoderConfig } from '../../../src/engine/model/decoder.ts';
import type { LoraAdapter } from '../../../src/engine/model/lora.ts';
import { loadFolderWeights } from '../../../src/engine/model/safetensors.ts';
import { readTensors, rowsOf } from '../golden.ts';
import { hasLlamaCpp, LlamaCpp } from './llamaCpp.ts';

const FAMILIES = ['llama', 'llama3-scaled', 'smollm2', 'mistral', 'qwen2', 'qwen3', 'gemma3'] as const;

let scratch: string;
let files = 0;
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'gguf-families-'));
});
afterAll(() => rm(scratch, { recursive: true }));

function goldenFolder(family: string): string {
  return fileURLToPath(new URL(`../../fixtures/golden/${family}/`, import.meta.url));
}

async function readConfig(family: string): Promise<Record<string, unknown>> {
  return JSON.parse(await readFile(join(goldenFolder(family), 'config.json'), 'utf8')) as Record<string, unknown>;
}

/** Only what `loadAdapter` looks at. */
function shapesOf(config: Record<string, unknown>, { layers, heads, kvHeads, headDim }: GgufArchitecture): DecoderConfig {
  return { layers, heads, kvHeads, headDim, hiddenSize: config['hidden_size'], intermediateSize: config['intermediate_size'] } as DecoderConfig;
}

/** The fixtures have no tokenizer, and llama.cpp can do without. */
async function writeFamily(family: string, { precision = 'f16', tuned = false }: { precision?: GgufPrecision; tuned?: boolean } = {}): Promise<{ file: string; architecture: GgufArchitecture; tensors: readonly StoredTensor[] }> {
  const folder = goldenFolder(family);
  const config = await readConfig(family);
  const architecture = ggufArchitecture(config, 'config.json');
  const adapter: LoraAdapter | undefined = tuned ? await loadAdapter(join(folder, 'adapter'), shapesOf(config, architecture)) : undefined;
  const tensors = await FolderTensors.open(folder);
  const metadata = new Map<string, MetadataValue>([
    ['general.architecture', { type: 'string', value: architecture.arch }],
    ...architecture.entries,
    ['tokenizer.ggml.model', { type: 'string', value: 'none' }],
  ]);
  const file = join(scratch, `${++files}.gguf`);
  await writeGguf(file, metadata, ggufTensors({ tensors, adapter }, architecture, precision));
  await tensors.close();
  return { file, architecture, tensors: tensors.tensors };
}

function softmax(logits: Float64Array): Float64Array {
  const top = Math.max(...logits);
  const weights = logits.map((logit) => Math.exp(logit - top));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

describe.each(FAMILIES)('%s', (family) => {
  it('comes back from the file as it was, to the precision of 16 bits', async () => {
    const { file, architecture, tensors } = await writeFamily(family);
    const original = await loadFolderWeights(goldenFolder(family));
    const found = await readGgufWeights(file, tensors.map(({ name }) => name), architecture);
    expect([...found.keys()].toSorted()).toEqual([...original.keys()].toSorted());
    for (const [name, { shape, data }] of original) {
      const read = found.get(name)!;
      expect(read.shape).toEqual(shape);
      const worst = data.reduce((most, value, i) => Math.max(most, Math.abs(value - read.data[i]) / (1e-3 + Math.abs(value))), 0);
      expect(worst, name).toBeLessThan(1e-3);
    }
  });

  // Beyond its window this family differs in llama.cpp, which is why the context is limited to it.
  const positions = family === 'mistral' ? 8 : Infinity;

  it.skipIf(!hasLlamaCpp).each([
    { what: 'the base', precision: 'f16', tuned: false, within: 0.01 },
    { what: 'the adapter merged', precision: 'f16', tuned: true, within: 0.01 },
    { what: 'the adapter merged, quantized', precision: 'q8_0', tuned: true, within: 0.1 },
  ] as const)('gives in llama.cpp the probabilities that transformers gives: $what', async ({ precision, tuned, within }) => {
    const { file } = await writeFamily(family, { precision, tuned });
    const golden = readTensors(join(goldenFolder(family), 'golden.safetensors'));
    const { shape, data } = golden.get(tuned ? 'logits_lora' : 'logits')!;
    const [, length, vocabulary] = shape as [number, number, number];
    const llama = await LlamaCpp.open(file);
    let worst = 0;
    for (const [row, { ids }] of rowsOf(golden).entries()) {
      const read = [...ids].slice(0, positions);
      const found = await llama.probabilities(read);
      read.forEach((_, position) => {
        const at = (row * length + position) * vocabulary;
        softmax(data.slice(at, at + vocabulary)).forEach((expected, token) => (worst = Math.max(worst, Math.abs(expected - found[position][token]))));
      });
    }
    await llama.dispose();
    expect(worst).toBeLessThan(within);
  });
});

describe('what GGUF cannot say is refused, by field', () => {
  it.each([
    ['llama', { model_type: 'phi3' }, 'model_type'],
    ['llama', { rope_parameters: { rope_type: 'yarn', rope_theta: 1e4, factor: 4 } }, 'rope_scaling'],
    ['qwen2', { use_sliding_window: true }, 'use_sliding_window'],
    ['gemma3', { layer_types: Array.from({ length: 6 }, () => 'full_attention') }, 'layer_types'],
    ['gemma3', { query_pre_attn_scalar: 32 }, 'query_pre_attn_scalar'],
    ['llama', { hidden_size: 'wide' }, 'hidden_size'],
  ])('%s with %j', async (family, change, field) => {
    const config = { ...(await readConfig(family)), ...change };
    expect(() => ggufArchitecture(config, 'config.json')).toThrow(expect.objectContaining({ code: 'export.architecture.unsupported', place: { file: 'config.json', field } }));
  });

  it('a tensor without a place', async () => {
    const architecture = ggufArchitecture(await readConfig('llama'), 'config.json');
    const tensors = { tensors: [{ name: 'model.layers.0.mlp.router.weight', dtype: 'F32', shape: [4, 4] }] } as unknown as FolderTensors;
    expect(() => ggufTensors({ tensors, adapter: undefined }, architecture, 'f16')).toThrow(/no place for the tensor model\.layers\.0\.mlp\.router\.weight/);
  });
});

it('limits the context of Mistral to its window, and says so', async () => {
  const { entries, notes } = ggufArchitecture(await readConfig('mistral'), 'config.json');
  expect(entries.get('llama.context_length')).toEqual({ type: 'uint32', value: 8 });
  expect(notes).toEqual([expect.stringContaining('limited to the window of 8 tokens')]);
});
