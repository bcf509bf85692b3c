/** What `config.json` says in each family: published models in full, windows and angles by layer, and what is refused by field. */

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { UserError } from '../../src/engine/errors.ts';
import { parseDecoderConfig } from '../../src/engine/model/config.ts';
import { layerAttention, type DecoderConfig } from '../../src/engine/model/decoder.ts';
import { blockShapes, decoderShapes } from '../../src/engine/model/layout.ts';
import { rotaryFrequencies } from '../../src/engine/model/positions.ts';
import { openPretrained } from '../../src/engine/model/pretrained.ts';
import { saveSafetensors } from '../../src/engine/model/safetensors.ts';
import type { Weights } from '../../src/engine/model/weights.ts';
import { trainBpe } from '../../src/engine/text/bpeTrainer.ts';
import { livelyWeights } from './tiny.ts';

type Fields = Readonly<Record<string, unknown>>;

const SMALL: Fields = { vocab_size: 300, hidden_size: 16, intermediate_size: 24, num_hidden_layers: 6, num_attention_heads: 4, num_key_value_heads: 2, head_dim: 8 };

function parse(model_type: string, changes: Fields = {}): DecoderConfig {
  return parseDecoderConfig({ ...SMALL, model_type, ...changes }, '/models/small/config.json');
}

const windows = (config: DecoderConfig): (number | undefined)[] => Array.from({ length: config.layers }, (_, layer) => layerAttention(config, layer).window);
const thetas = (config: DecoderConfig): number[] => Array.from({ length: config.layers }, (_, layer) => layerAttention(config, layer).rope.theta);

/** As published with the weights; the number of parameters is the one that the Hugging Face hub shows. */
const PUBLISHED: readonly (readonly [name: string, parameters: number, config: Fields])[] = [
  ['SmolLM2-135M', 134_515_008, {
    model_type: 'llama', attention_bias: false, hidden_act: 'silu', hidden_size: 576, intermediate_size: 1536, max_position_embeddings: 8192, mlp_bias: false,
    num_attention_heads: 9, num_hidden_layers: 30, num_key_value_heads: 3, pretraining_tp: 1, rms_norm_eps: 1e-5, rope_interleaved: false, rope_scaling: null,
    rope_theta: 100_000, tie_word_embeddings: true, vocab_size: 49_152,
  }],
  ['Llama-3.2-1B', 1_235_814_400, {
    model_type: 'llama', attention_bias: false, head_dim: 64, hidden_act: 'silu', hidden_size: 2048, intermediate_size: 8192, max_position_embeddings: 131_072,
    mlp_bias: false, num_attention_heads: 32, num_hidden_layers: 16, num_key_value_heads: 8, rms_norm_eps: 1e-5,
    rope_scaling: { factor: 32, high_freq_factor: 4, low_freq_factor: 1, original_max_position_embeddings: 8192, rope_type: 'llama3' },
    rope_theta: 500_000, tie_word_embeddings: true, vocab_size: 128_256,
  }],
  ['Mistral-7B-v0.1', 7_241_732_096, {
    model_type: 'mistral', hidden_act: 'silu', hidden_size: 4096, intermediate_size: 14_336, max_position_embeddings: 32_768, num_attention_heads: 32,
    num_hidden_layers: 32, num_key_value_heads: 8, rms_norm_eps: 1e-5, rope_theta: 10_000, sliding_window: 4096, tie_word_embeddings: false, vocab_size: 32_000,
  }],
  ['Qwen2.5-0.5B', 494_032_768, {
    model_type: 'qwen2', hidden_act: 'silu', hidden_size: 896, intermediate_size: 4864, max_position_embeddings: 32_768, max_window_layers: 21,
    num_attention_heads: 14, num_hidden_layers: 24, num_key_value_heads: 2, rms_norm_eps: 1e-6, rope_theta: 1e6, sliding_window: 32_768,
    tie_word_embeddings: true, use_sliding_window: false, vocab_size: 151_936,
  }],
  ['Qwen3-0.6B', 596_049_920, {
    model_type: 'qwen3', attention_bias: false, head_dim: 128, hidden_act: 'silu', hidden_size: 1024, intermediate_size: 3072, max_position_embeddings: 40_960,
    max_window_layers: 28, num_attention_heads: 16, num_hidden_layers: 28, num_key_value_heads: 8, rms_norm_eps: 1e-6, rope_scaling: null, rope_theta: 1e6,
    sliding_window: null, tie_word_embeddings: true, use_sliding_window: false, vocab_size: 151_936,
  }],
  ['gemma-3-1b-it', 999_885_952, {
    model_type: 'gemma3_text', attention_bias: false, attn_logit_softcapping: null, cache_implementation: 'hybrid', final_logit_softcapping: null, head_dim: 256,
    hidden_activation: 'gelu_pytorch_tanh', hidden_size: 1152, intermediate_size: 6912, max_position_embeddings: 32_768, num_attention_heads: 4,
    num_hidden_layers: 26, num_key_value_heads: 1, query_pre_attn_scalar: 256, rms_norm_eps: 1e-6, rope_local_base_freq: 10_000, rope_scaling: null,
    rope_theta: 1_000_000, sliding_window: 512, sliding_window_pattern: 6, vocab_size: 262_144,
  }],
];

describe('a published configuration', () => {
  test.each(PUBLISHED)('of %s describes a model of %i parameters', (_, parameters, fields) => {
    const shapes = decoderShapes(parseDecoderConfig(fields, 'config.json'));
    expect(shapes.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0)).toBe(parameters);
  });

  test('of Gemma 3 says all that is special in the family', () => {
    const config = parseDecoderConfig(PUBLISHED[5][2], 'config.json');
    expect(config).toMatchObject({
      normOffset: 1, postNorms: true, qkNorm: true, biases: [], activation: 'gelu-tanh', attentionScale: 1 / 16, tiedHead: true,
      embeddingScale: Math.fround(Math.sqrt(1152)),
    });
    expect(windows(config)).toEqual(Array.from({ length: 26 }, (__, layer) => ((layer + 1) % 6 === 0 ? undefined : 512)));
    expect(thetas(config)).toEqual(windows(config).map((window) => (window === undefined ? 1e6 : 1e4)));
    expect(blockShapes(config).map(({ name, shape }) => `${name} ${shape.join('x')}`)).toEqual([
      'input_layernorm.weight 1152', 'self_attn.q_proj.weight 1024x1152', 'self_attn.k_proj.weight 256x1152', 'self_attn.v_proj.weight 256x1152',
      'self_attn.o_proj.weight 1152x1024', 'self_attn.q_norm.weight 256', 'self_attn.k_norm.weight 256', 'post_attention_layernorm.weight 1152',
      'pre_feedforward_layernorm.weight 1152', 'mlp.gate_proj.weight 6912x1152', 'mlp.up_proj.weight 6912x1152', 'mlp.down_proj.weight 1152x6912',
      'post_feedforward_layernorm.weight 1152',
    ]);
  });
});

describe('biases', () => {
  test.each([
    ['llama', {}, []],
    ['llama', { attention_bias: true }, ['q_proj', 'k_proj', 'v_proj', 'o_proj']],
    ['llama', { mlp_bias: true }, ['gate_proj', 'up_proj', 'down_proj']],
    ['qwen2', {}, ['q_proj', 'k_proj', 'v_proj']],
    ['qwen3', { attention_bias: true }, ['q_proj', 'k_proj', 'v_proj', 'o_proj']],
    ['gemma3_text', { attention_bias: true }, ['q_proj', 'k_proj', 'v_proj', 'o_proj']],
    ['mistral', {}, []],
  ])('of %s with %o', (family, changes, biases) => {
    const config = parse(family, changes);
    expect(config.biases).toEqual(biases);
    expect(blockShapes(config).filter(({ name }) => name.endsWith('.bias')).map(({ name }) => name.split('.')[1])).toEqual(biases);
  });
});

describe('windows by layer', () => {
  const six = <T>(value: T): T[] => new Array<T>(6).fill(value);

  test.each([
    ['llama', { sliding_window: 8 }, six(undefined)],
    ['mistral', { sliding_window: 8 }, six(8)],
    ['mistral', { sliding_window: null }, six(undefined)],
    ['mistral', {}, six(4096)],
    ['qwen2', { use_sliding_window: false, sliding_window: 8, max_window_layers: 2 }, six(undefined)],
    ['qwen2', { use_sliding_window: true, sliding_window: 8, max_window_layers: 2 }, [undefined, undefined, 8, 8, 8, 8]],
    ['qwen3', { use_sliding_window: true, sliding_window: 8, max_window_layers: 0 }, six(8)],
    ['qwen3', { use_sliding_window: true, sliding_window: 8, max_window_layers: 28 }, six(undefined)],
    ['gemma3_text', { sliding_window: 8 }, [8, 8, 8, 8, 8, undefined]],
    ['gemma3_text', { sliding_window: 8, sliding_window_pattern: 2 }, [8, undefined, 8, undefined, 8, undefined]],
    ['gemma3_text', { sliding_window: 8, layer_types: ['full_attention', ...new Array<string>(5).fill('sliding_attention')] }, [undefined, 8, 8, 8, 8, 8]],
  ])('of %s with %o', (family, changes, wanted) => {
    expect(windows(parse(family, changes))).toEqual(wanted);
  });

  test('layers that are alike share one description, which the masks are made by', () => {
    const config = parse('gemma3_text');
    expect(new Set(config.attention).size).toBe(2);
    expect(parse('mistral').attention).toHaveLength(1);
  });
});

describe('rotary angles', () => {
  const LLAMA3 = { rope_type: 'llama3', factor: 8, low_freq_factor: 1, high_freq_factor: 4, original_max_position_embeddings: 8192 };

  test.each([
    ['as transformers 4 writes them', { rope_theta: 500_000, rope_scaling: LLAMA3 }],
    ['as transformers 5 writes them', { rope_parameters: { ...LLAMA3, rope_theta: 500_000 } }],
  ])('stretched for Llama 3.1, %s', (_, changes) => {
    const { rope } = layerAttention(parse('llama', changes), 0);
    expect(rope).toEqual({ theta: 500_000, scaling: { kind: 'llama3', factor: 8, lowFrequencyFactor: 1, highFrequencyFactor: 4, originalPositions: 8192 } });
    const [plain, stretched] = [rotaryFrequencies({ ...rope, scaling: undefined }, 128), rotaryFrequencies(rope, 128)];
    const ratios = plain.map((frequency, i) => frequency / stretched[i]);
    // Short waves are left alone, those longer than the context of pre-training are stretched eightfold, between the two it rises.
    expect(ratios[0]).toBe(1);
    expect(ratios[63]).toBeCloseTo(8, 12);
    for (let i = 1; i < ratios.length; i++) expect(ratios[i]).toBeGreaterThanOrEqual(ratios[i - 1] - 1e-12);
    plain.forEach((frequency, i) => {
      const wavelength = (2 * Math.PI) / frequency;
      if (wavelength < 2048) expect(ratios[i]).toBe(1);
      if (wavelength > 8192) expect(ratios[i]).toBeCloseTo(8, 12);
    });
  });

  test('stretched by one factor', () => {
    const { rope } = layerAttention(parse('llama', { rope_scaling: { type: 'linear', factor: 4 } }), 0);
    expect([...rotaryFrequencies(rope, 4)]).toEqual([1 / 4, 0.01 / 4]);
  });

  test('of Gemma 3 stretch only the layers that see everything', () => {
    const scaling = { rope_type: 'linear', factor: 8 };
    const old = parse('gemma3_text', { rope_scaling: scaling, rope_local_base_freq: 20_000 });
    expect(layerAttention(old, 0).rope).toEqual({ theta: 20_000, scaling: undefined });
    expect(layerAttention(old, 5).rope).toEqual({ theta: 1e6, scaling: { kind: 'linear', factor: 8 } });
    const nested = parse('gemma3_text', {
      rope_parameters: { full_attention: { ...scaling, rope_theta: 1e6 }, sliding_attention: { rope_type: 'default', rope_theta: 20_000 } },
    });
    expect(nested.attention).toEqual(old.attention);
  });
});

describe('is refused by field:', () => {
  const faultOf = (family: string, changes: Fields): UserError => {
    try {
      parse(family, changes);
    } catch (error) {
      if (error instanceof UserError) return error;
      throw error;
    }
    throw new Error('nothing was thrown');
  };

  test.each([
    ['qwen2', 'attention_bias', { attention_bias: true }],
    ['mistral', 'mlp_bias', { mlp_bias: true }],
    ['gemma3_text', 'final_logit_softcapping', { final_logit_softcapping: 30 }],
    ['gemma3_text', 'attn_logit_softcapping', { attn_logit_softcapping: 50 }],
    ['gemma3_text', 'use_bidirectional_attention', { use_bidirectional_attention: true }],
    ['gemma3_text', 'hidden_activation', { hidden_activation: 'gelu' }],
    ['qwen3', 'hidden_act', { hidden_act: 'relu' }],
    ['llama', 'rope_interleaved', { rope_interleaved: true }],
    ['llama', 'rope_scaling.rope_type', { rope_scaling: { rope_type: 'yarn', factor: 4 } }],
    ['gemma3_text', 'rope_parameters.full_attention.rope_type', { rope_parameters: { full_attention: { rope_type: 'longrope' }, sliding_attention: {} } }],
    ['qwen3', 'layer_types', { layer_types: ['linear_attention', ...new Array<string>(5).fill('full_attention')] }],
    ['gemma3', 'model_type', {}],
    ['mixtral', 'model_type', {}],
  ])('what %s cannot run: %s', (family, field, changes) => {
    expect(faultOf(family, changes)).toMatchObject({ code: 'model.config.unsupported', place: { file: '/models/small/config.json', field } });
  });

  test.each([
    ['llama', 'num_hidden_layers', { num_hidden_layers: 1e9 }],
    ['llama', 'rope_scaling.low_freq_factor', { rope_scaling: { rope_type: 'llama3', factor: 8 } }],
    ['llama', 'rope_scaling.high_freq_factor', {
      rope_scaling: { rope_type: 'llama3', factor: 8, low_freq_factor: 4, high_freq_factor: 1, original_max_position_embeddings: 64 },
    }],
    ['llama', 'rope_scaling.factor', { rope_scaling: { type: 'linear', factor: 0.5 } }],
    ['llama', 'rope_theta', { rope_theta: 1e-9 }],
    ['llama', 'rope_scaling', { rope_scaling: 'linear' }],
    ['gemma3_text', 'rope_parameters.sliding_attention', { rope_parameters: { full_attention: {} } }],
    ['gemma3_text', 'query_pre_attn_scalar', { query_pre_attn_scalar: -1 }],
    ['gemma3_text', 'sliding_window', { sliding_window: null }],
    ['gemma3_text', 'layer_types', { layer_types: ['full_attention'] }],
    ['mistral', 'sliding_window', { sliding_window: 0.5 }],
    ['qwen2', 'use_sliding_window', { use_sliding_window: 'no' }],
    ['qwen3', 'layer_types', { layer_types: 'full_attention' }],
  ])('what no %s can have: %s', (family, field, changes) => {
    const fault = faultOf(family, changes);
    expect(fault).toMatchObject({ code: 'model.config.invalid', place: { file: '/models/small/config.json', field } });
    expect(fault.message).toMatch(/^config\.json: /);
  });
});

test('a configuration with anything in any field is read or refused by field, never a crash', () => {
  const published = PUBLISHED.map(([, , fields]) => ({ ...fields, num_hidden_layers: 4 }));
  const fields = [...new Set([...published.flatMap(Object.keys), 'layer_types', 'rope_parameters', 'max_window_layers', '_sliding_window_pattern'])];
  const rope = fc.record({
    rope_type: fc.constantFrom('default', 'linear', 'llama3', 'yarn', 7), rope_theta: fc.oneof(fc.double(), fc.string()), factor: fc.double(),
    low_freq_factor: fc.integer(), high_freq_factor: fc.integer(), original_max_position_embeddings: fc.integer(),
  }, { requiredKeys: [] });
  const value = fc.oneof(
    fc.jsonValue({ maxDepth: 1 }), fc.integer({ min: -1, max: 9 }), fc.double(), fc.boolean(), rope, fc.record({ full_attention: rope, sliding_attention: rope }, { requiredKeys: [] }),
    fc.array(fc.constantFrom('full_attention', 'sliding_attention', 'other'), { minLength: 3, maxLength: 5 }),
  );
  fc.assert(fc.property(fc.constantFrom(...published), fc.dictionary(fc.constantFrom(...fields), value, { maxKeys: 3 }), (sound, changes) => {
    let config: DecoderConfig;
    try {
      config = parseDecoderConfig({ ...sound, ...changes }, 'config.json');
    } catch (error) {
      expect(error).toBeInstanceOf(UserError);
      expect((error as UserError).place?.field).toBeDefined();
      return;
    }
    const numbers = [config.attentionScale, config.embeddingScale, config.normEpsilon, ...decoderShapes(config).flatMap(({ shape }) => shape)];
    expect(numbers.filter((number) => !(number > 0 && Number.isFinite(number)))).toEqual([]);
    const angles = config.attention.flatMap(({ rope: each }) => [...rotaryFrequencies(each, 8)]);
    expect(angles.filter((angle) => !(angle >= 0 && angle <= 1))).toEqual([]);
    expect(config.attention.every(({ window = 1 }) => Number.isSafeInteger(window) && window > 0)).toBe(true);
    expect([1, config.layers]).toContain(config.attention.length);
  }), { numRuns: 2000 });
});

describe('a model folder', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'families-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  /** A folder with weights that fit `fields`, and a `config.json` that may say otherwise. */
  async function modelFolder(fields: Fields, said: Fields = fields): Promise<{ model: string; weights: Weights }> {
    const model = await mkdtemp(join(folder, 'model-'));
    const tokenizer = trainBpe(['some text to learn from'], { vocabSize: 270, specialTokens: ['<|end|>'], maxTokenBytes: 8 });
    const weights = livelyWeights(parseDecoderConfig(fields, 'config.json'), 3);
    await writeFile(join(model, 'tokenizer.json'), JSON.stringify(tokenizer));
    await writeFile(join(model, 'config.json'), JSON.stringify(said));
    await saveSafetensors(join(model, 'model.safetensors'), weights);
    return { model, weights };
  }

  test.each(['mistral', 'qwen2', 'qwen3', 'gemma3_text'])('of %s opens in 16 bits and in parts', async (family) => {
    const { model, weights } = await modelFolder({ ...SMALL, model_type: family });
    await rm(join(model, 'model.safetensors'));
    const names = [...weights.keys()];
    const parts = { 'model-00001-of-00002.safetensors': names.slice(0, 7), 'model-00002-of-00002.safetensors': names.slice(7) };
    for (const [index, [file, part]] of Object.entries(parts).entries()) {
      await saveSafetensors(join(model, file), new Map(part.map((name) => [name, weights.get(name)!])), { dtype: index === 0 ? 'BF16' : 'F16' });
    }
    const weight_map = Object.fromEntries(Object.entries(parts).flatMap(([file, part]) => part.map((name) => [name, file])));
    await writeFile(join(model, 'model.safetensors.index.json'), JSON.stringify({ metadata: {}, weight_map }));
    const opened = await openPretrained(model);
    expect([...opened.weights.keys()]).toEqual(names);
    for (const [name, { data }] of opened.weights) {
      const exact = weights.get(name)!.data;
      expect(Math.max(...data.map((value, i) => Math.abs(value - exact[i]) / Math.max(0.1, Math.abs(exact[i])))), name).toBeLessThan(2 ** -8);
    }
  });

  test.each([
    ['qwen2', 'llama', 'model.layers.0.self_attn.k_proj.bias', 'has no place in the model'],
    ['llama', 'qwen2', 'model.layers.0.self_attn.q_proj.bias', 'is missing; config.json asks for one of shape [32]'],
    ['qwen3', 'mistral', 'model.layers.0.self_attn.k_norm.weight', 'has no place in the model'],
    ['llama', 'gemma3_text', 'model.layers.0.self_attn.q_norm.weight', 'is missing; config.json asks for one of shape [8]'],
  ])('of %s that says it is %s is refused with the tensor', async (family, said, field, what) => {
    const tied = { ...SMALL, tie_word_embeddings: true };
    const { model } = await modelFolder({ ...tied, model_type: family }, { ...tied, model_type: said });
    const fault = await openPretrained(model).catch((error: unknown) => error);
    expect(fault).toMatchObject({ code: 'model.weights.mismatch', place: { field } });
    expect((fault as UserError).message).toContain(what);
  });

  test('that shares its tokenizer with models that see images has no embedding for their markers, and needs none', async () => {
    const { model } = await modelFolder({ ...SMALL, vocab_size: 270, model_type: 'gemma3_text' });
    const file = join(model, 'tokenizer.json');
    const tokenizer = JSON.parse(await readFile(file, 'utf8')) as { added_tokens: object[] };
    const marker = { id: 270, content: '<image_soft_token>', single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };
    await writeFile(file, JSON.stringify({ ...tokenizer, added_tokens: [...tokenizer.added_tokens, marker] }));
    expect((await openPretrained(model)).config.vocabSize).toBe(270);
  });

  test('whose heads are not as wide as it says is refused with both shapes', async () => {
    const { model } = await modelFolder({ ...SMALL, model_type: 'qwen3' }, { ...SMALL, model_type: 'qwen3', head_dim: undefined });
    await expect(openPretrained(model)).rejects.toMatchObject({
      code: 'model.weights.mismatch',
      message: expect.stringContaining('tensor model.layers.0.self_attn.q_proj.weight has shape [32, 16] and config.json asks for [512, 16].') as string,
    });
  });
});
