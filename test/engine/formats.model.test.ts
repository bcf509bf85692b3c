/** Model folders: configurations read and refused by field, adapters in PEFT's layout, weights checked against both. */

import { cp, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { UserError } from '../../src/engine/errors.ts';
import { isAdapterFolder, loadAdapter, saveAdapter } from '../../src/engine/model/adapter.ts';
import { parseDecoderConfig } from '../../src/engine/model/config.ts';
import { initializeDecoder } from '../../src/engine/model/initialize.ts';
import { createLoraAdapter, LORA_MODULES } from '../../src/engine/model/lora.ts';
import { openPretrained, openPretrainedConfig, savePretrained } from '../../src/engine/model/pretrained.ts';
import { loadSafetensors, saveSafetensors } from '../../src/engine/model/safetensors.ts';
import { trainBpe } from '../../src/engine/text/bpeTrainer.ts';

const FIXTURE = join(import.meta.dirname, '../fixtures/golden/llama');
const LLAMA: Readonly<Record<string, unknown>> = {
  model_type: 'llama', vocab_size: 300, hidden_size: 16, intermediate_size: 24, num_hidden_layers: 2, num_attention_heads: 4, num_key_value_heads: 2,
  max_position_embeddings: 64, rms_norm_eps: 1e-5, tie_word_embeddings: true,
};

/** Attention to everything before, at the usual angles. */
const PLAIN = { window: undefined, rope: { theta: 10_000, scaling: undefined } };

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'model-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function parse(changes: Readonly<Record<string, unknown>>): ReturnType<typeof parseDecoderConfig> {
  return parseDecoderConfig({ ...LLAMA, ...changes }, '/models/tiny/config.json');
}

async function faultOf(work: Promise<unknown>): Promise<UserError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

/** A complete model folder with a tokenizer of our own. */
async function modelFolder(changes: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const model = await mkdtemp(join(folder, 'pretrained-'));
  const tokenizer = trainBpe(['some text to learn from'], { vocabSize: 270, specialTokens: ['<|end|>'], maxTokenBytes: 8 });
  await writeFile(join(model, 'tokenizer.json'), JSON.stringify(tokenizer));
  await writeFile(join(model, 'tokenizer_config.json'), JSON.stringify({ eos_token: '<|end|>' }));
  const configJson = { ...LLAMA, ...changes };
  await savePretrained(model, { configJson, weights: initializeDecoder(parse(changes), 3), dtype: 'F32' });
  return model;
}

describe('config.json', () => {
  test('of a Llama says everything the engine needs', async () => {
    const file = join(FIXTURE, 'config.json');
    expect(parseDecoderConfig(JSON.parse(await readFile(file, 'utf8')), file)).toEqual({
      family: 'llama', vocabSize: 97, hiddenSize: 48, intermediateSize: 80, layers: 3, heads: 4, kvHeads: 2, headDim: 12, maxPositions: 128,
      normEpsilon: 1e-6, normOffset: 0, postNorms: false, qkNorm: false, biases: [], activation: 'silu', embeddingScale: 1, attentionScale: 1 / Math.sqrt(12),
      attention: [PLAIN], tiedHead: false,
    });
  });

  test('may leave out what Hugging Face has defaults for', () => {
    const config = parse({ num_key_value_heads: undefined, rms_norm_eps: undefined, tie_word_embeddings: undefined, max_position_embeddings: undefined });
    expect(config).toMatchObject({ kvHeads: 4, headDim: 4, normEpsilon: 1e-6, tiedHead: false, maxPositions: 2048, attention: [PLAIN] });
  });

  test.each([
    [{ rope_theta: 500_000 }, 500_000],
    [{ rope_parameters: { rope_type: 'default', rope_theta: 1e6 } }, 1e6],
    [{ rope_scaling: null, rope_theta: 100_000 }, 100_000],
  ])('reads the base of rotary positions from either place: %o', (changes, theta) => {
    expect(parse(changes).attention).toEqual([{ window: undefined, rope: { theta, scaling: undefined } }]);
  });

  test.each([
    ['model_type', { model_type: 'falcon' }],
    ['model_type', { model_type: 'constructor' }],
    ['hidden_act', { hidden_act: 'gelu' }],
    ['quantization_config', { quantization_config: { bits: 4 } }],
    ['partial_rotary_factor', { partial_rotary_factor: 0.5 }],
    ['rope_scaling.type', { rope_scaling: { type: 'dynamic', factor: 2 } }],
    ['rope_parameters.rope_type', { rope_parameters: { rope_type: 'yarn', factor: 8 } }],
  ])('refuses by name what cannot be trained: %s', (field, changes) => {
    expect(() => parse(changes)).toThrow(expect.objectContaining({ code: 'model.config.unsupported', place: { file: '/models/tiny/config.json', field } }));
  });

  test.each([
    ['model_type', { model_type: undefined }],
    ['hidden_size', { hidden_size: undefined }],
    ['vocab_size', { vocab_size: '300' }],
    ['num_hidden_layers', { num_hidden_layers: 0 }],
    ['num_hidden_layers', { num_hidden_layers: 2.5 }],
    ['num_key_value_heads', { num_key_value_heads: 3 }],
    ['head_dim', { head_dim: 5 }],
    ['head_dim', { num_attention_heads: 3, num_key_value_heads: 3 }],
    ['rms_norm_eps', { rms_norm_eps: -1 }],
    ['tie_word_embeddings', { tie_word_embeddings: 'yes' }],
    ['rope_parameters', { rope_parameters: [] }],
    ['rope_parameters.rope_theta', { rope_parameters: { rope_theta: 0 } }],
  ])('refuses by name what is missing or impossible: %s', (field, changes) => {
    expect(() => parse(changes)).toThrow(expect.objectContaining({ code: 'model.config.invalid', place: { file: '/models/tiny/config.json', field } }));
  });

  test.each([[null], [[]], ['text'], [7]])('%o is not a configuration', (json) => {
    expect(() => parseDecoderConfig(json, 'config.json')).toThrow(UserError);
  });
});

describe('an adapter', () => {
  test('written by PEFT is read', async () => {
    const base = await openPretrainedConfig(FIXTURE);
    const adapter = await loadAdapter(join(FIXTURE, 'adapter'), base);
    expect(adapter).toMatchObject({ rank: 4, alpha: 8, targetModules: LORA_MODULES });
    expect(adapter.tensors.size).toBe(base.layers * LORA_MODULES.length * 2);
    expect(adapter.tensors.get('base_model.model.model.layers.2.mlp.down_proj.lora_A.weight')!.shape).toEqual([4, 80]);
  });

  test('comes back as it was saved, under the names and settings that PEFT reads', async () => {
    const base = parse({});
    const adapter = createLoraAdapter(base, { rank: 3, alpha: 6, seed: 5, targetModules: ['q_proj', 'v_proj'] });
    const target = join(folder, 'adapter');
    await saveAdapter(target, adapter, 'starter');
    expect(await loadAdapter(target, base)).toEqual(adapter);
    expect(await isAdapterFolder(target)).toBe(true);
    expect(await isAdapterFolder(folder)).toBe(false);

    const read = async (path: string): Promise<Record<string, unknown>> => JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>;
    const [ours, peft] = [await read(join(target, 'adapter_config.json')), await read(join(FIXTURE, 'adapter/adapter_config.json'))];
    expect(Object.keys(ours).filter((key) => !(key in peft))).toEqual([]);
    const neutral = Object.entries(ours).filter(([key]) => !['base_model_name_or_path', 'lora_alpha', 'r', 'target_modules'].includes(key));
    expect(Object.fromEntries(neutral)).toEqual(Object.fromEntries(neutral.map(([key]) => [key, peft[key]])));
    const files = await Promise.all([join(target, 'adapter_model.safetensors'), join(FIXTURE, 'adapter/adapter_model.safetensors')].map(loadSafetensors));
    expect([...files[0].weights.keys()].filter((name) => !files[1].weights.has(name))).toEqual([]);
  });

  test.each([
    ['peft_type', { peft_type: 'IA3' }, 'adapter.config.unsupported'],
    ['use_dora', { use_dora: true }, 'adapter.config.unsupported'],
    ['use_rslora', { use_rslora: true }, 'adapter.config.unsupported'],
    ['bias', { bias: 'all' }, 'adapter.config.unsupported'],
    ['rank_pattern', { rank_pattern: { q_proj: 8 } }, 'adapter.config.unsupported'],
    ['modules_to_save', { modules_to_save: ['lm_head'] }, 'adapter.config.unsupported'],
    ['init_lora_weights', { init_lora_weights: 'pissa_niter_16' }, 'adapter.config.unsupported'],
    ['init_lora_weights', { init_lora_weights: 'olora' }, 'adapter.config.unsupported'],
    ['target_modules', { target_modules: ['q_proj', 'lm_head'] }, 'adapter.config.unsupported'],
    ['target_modules', { target_modules: [] }, 'adapter.config.invalid'],
    ['r', { r: 0 }, 'adapter.config.invalid'],
    ['lora_alpha', { lora_alpha: null }, 'adapter.config.invalid'],
  ])('is refused by the setting that changes its meaning: %s', async (field, changes, code) => {
    const target = await mkdtemp(join(folder, 'changed-'));
    await cp(join(FIXTURE, 'adapter'), target, { recursive: true, mode: 0 });
    const config = JSON.parse(await readFile(join(FIXTURE, 'adapter/adapter_config.json'), 'utf8')) as object;
    await rm(join(target, 'adapter_config.json'), { force: true });
    await writeFile(join(target, 'adapter_config.json'), JSON.stringify({ ...config, ...changes }));
    expect(await faultOf(loadAdapter(target, await openPretrainedConfig(FIXTURE)))).toMatchObject({ code, place: { field } });
  });

  test('for another base model is refused with the tensor and both shapes', async () => {
    const target = join(folder, 'other-base');
    await saveAdapter(target, createLoraAdapter(parse({}), { rank: 2, alpha: 2, seed: 1 }), 'starter');
    const fault = await faultOf(loadAdapter(target, parse({ hidden_size: 32 })));
    expect(fault.code).toBe('adapter.weights.mismatch');
    expect(fault.message).toBe(
      'adapter_model.safetensors does not fit this base model: tensor base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight has shape [2, 16] where the base model needs [2, 32].',
    );
    expect(await faultOf(loadAdapter(target, parse({ num_hidden_layers: 3 })))).toMatchObject({ code: 'adapter.weights.mismatch' });
    expect(await faultOf(loadAdapter(target, parse({ num_hidden_layers: 1 })))).toMatchObject({ code: 'adapter.weights.mismatch' });
  });

  test('that is not there or not complete is said so', async () => {
    const base = parse({});
    expect((await faultOf(loadAdapter(join(folder, 'none'), base))).code).toBe('adapter.folder.missing');
    expect((await faultOf(loadAdapter(await mkdtemp(join(folder, 'empty-')), base))).code).toBe('model.file.missing');
  });
});

describe('a model folder', () => {
  test('opens as it was saved', async () => {
    const model = await modelFolder();
    const { config, weights, tokenizer } = await openPretrained(model);
    expect(config).toEqual(parse({}));
    expect(weights).toEqual(initializeDecoder(config, 3));
    expect(tokenizer.decode(tokenizer.encode('some text'))).toBe('some text');
  });

  test('is saved again in half the bytes, with its tokenizer', async () => {
    const model = await modelFolder();
    const target = join(folder, 'half');
    const { configJson, weights } = await openPretrained(model);
    await savePretrained(target, { configJson, weights, dtype: 'F16', tokenizerFolder: model });
    expect((await readdir(target)).sort()).toEqual(['config.json', 'model.safetensors', 'tokenizer.json', 'tokenizer_config.json']);
    const again = await openPretrained(target);
    expect(again.configJson).toMatchObject({ ...configJson, dtype: 'float16', torch_dtype: 'float16' });
    const [before, after] = [weights, again.weights].map((all) => all.get('model.layers.1.mlp.up_proj.weight')!.data);
    expect(Math.max(...before.map((value, i) => Math.abs(value - after[i])))).toBeLessThan(2 ** -11 * 0.1);
  });

  test('with an untied head keeps it, with a tied one ignores a copy of it', async () => {
    const untied = await openPretrained(await modelFolder({ tie_word_embeddings: false }));
    expect(untied.weights.has('lm_head.weight')).toBe(true);
    const model = await modelFolder();
    const { weights } = await openPretrained(model);
    await saveSafetensors(join(model, 'model.safetensors'), new Map([...weights, ['lm_head.weight', weights.get('model.embed_tokens.weight')!]]));
    expect((await openPretrained(model)).weights.has('lm_head.weight')).toBe(false);
  });

  test('with weights of another model names the tensor and both shapes', async () => {
    const model = await modelFolder();
    await writeFile(join(model, 'config.json'), JSON.stringify({ ...LLAMA, intermediate_size: 32 }));
    const fault = await faultOf(openPretrained(model));
    expect(fault).toMatchObject({ code: 'model.weights.mismatch', place: { field: 'model.layers.0.mlp.gate_proj.weight' } });
    expect(fault.message).toMatch(/tensor model\.layers\.0\.mlp\.gate_proj\.weight has shape \[24, 16\] and config\.json asks for \[32, 16\]\.$/);
    await writeFile(join(model, 'config.json'), JSON.stringify({ ...LLAMA, num_hidden_layers: 3 }));
    expect((await faultOf(openPretrained(model))).message).toContain('model.layers.2.input_layernorm.weight is missing');
    await writeFile(join(model, 'config.json'), JSON.stringify({ ...LLAMA, num_hidden_layers: 1 }));
    expect((await faultOf(openPretrained(model))).message).toContain('has no place in the model');
  });

  test('with a vocabulary smaller than its tokenizer is refused', async () => {
    expect((await faultOf(openPretrained(await modelFolder({ vocab_size: 200 })))).message).toMatch(/^The tokenizer in .* has \d+ entries and the model only 200\.$/);
  });

  test.each([
    ['config.json', 'model.file.missing'],
    ['tokenizer.json', 'model.file.missing'],
    ['model.safetensors', 'model.weights.missing'],
  ])('without %s says what is missing', async (name, code) => {
    const model = await modelFolder();
    await rm(join(model, name));
    expect(await faultOf(openPretrained(model))).toMatchObject({ code, place: { file: join(model, name) } });
  });

  test('that does not exist says so and what to choose', async () => {
    expect(await faultOf(openPretrained(join(folder, 'none')))).toMatchObject({ code: 'model.folder.missing', message: `There is no model folder ${join(folder, 'none')}.` });
    const file = join(folder, 'a-file');
    await writeFile(file, '');
    expect((await faultOf(openPretrained(file))).message).toBe(`${file} is a file, not a model folder.`);
  });

  test('with broken JSON names the file', async () => {
    const model = await modelFolder();
    await writeFile(join(model, 'config.json'), '{"model_type":');
    expect(await faultOf(openPretrained(model))).toMatchObject({ code: 'model.file.invalid', place: { file: join(model, 'config.json') } });
  });
});
