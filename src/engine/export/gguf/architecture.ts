/** What config.json says of a decoder, as the metadata that llama.cpp reads. */

import { basename } from 'node:path';

import { UserError } from '../../errors.ts';
import type { MetadataValue } from './format.ts';

type Fields = Readonly<Record<string, unknown>>;

export interface GgufArchitecture {
  readonly arch: 'llama' | 'qwen2' | 'qwen3' | 'gemma3';
  readonly layers: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  readonly vocabSize: number;
  readonly tiedHead: boolean;
  /** the entries named after the architecture */
  readonly entries: ReadonlyMap<string, MetadataValue>;
  /** what every rotary frequency is divided by, [headDim / 2]; undefined when llama.cpp needs no table */
  readonly ropeFactors: Float32Array | undefined;
  /** what llama.cpp does differently, in a sentence each */
  readonly notes: readonly string[];
}

/** What each `model_type` is in llama.cpp, with the defaults of transformers' configuration class. */
const FAMILIES: Readonly<Record<string, { readonly arch: GgufArchitecture['arch']; readonly ropeTheta: number; readonly positions: number; readonly tiedHead: boolean }>> = {
  llama: { arch: 'llama', ropeTheta: 10_000, positions: 2048, tiedHead: false },
  mistral: { arch: 'llama', ropeTheta: 10_000, positions: 131_072, tiedHead: false },
  qwen2: { arch: 'qwen2', ropeTheta: 10_000, positions: 32_768, tiedHead: false },
  qwen3: { arch: 'qwen3', ropeTheta: 10_000, positions: 32_768, tiedHead: false },
  gemma3_text: { arch: 'gemma3', ropeTheta: 1_000_000, positions: 131_072, tiedHead: true },
};

/** llama.cpp has Gemma 3's pattern built in: every sixth layer sees the whole context. */
const GEMMA3_PATTERN = 6;
/** and the layers of the one size that scales attention by the width of the hidden state */
const GEMMA3_27B_LAYERS = 62;

/**
 * @param config content of config.json
 * @param file its path, for messages
 * @throws UserError "export.architecture.unsupported" for what a GGUF file cannot say, with the field
 * @see gguf-py/gguf/constants.py, `Keys`; conversion/base.py, `TextModel.set_gguf_parameters`
 */
export function ggufArchitecture(config: Fields, file: string): GgufArchitecture {
  const modelType = String(config['model_type']);
  const family = Object.hasOwn(FAMILIES, modelType) ? FAMILIES[modelType] : undefined;
  if (family === undefined) throw unsupported(file, 'model_type', `is ${JSON.stringify(config['model_type'])}; Tunesmith writes GGUF for ${Object.keys(FAMILIES).join(', ')}`);
  const { arch } = family;
  const number = (field: string, otherwise?: number): number => {
    const value = config[field] ?? otherwise;
    if (typeof value !== 'number' || !(value > 0)) throw unsupported(file, field, `is ${JSON.stringify(value)}, not a positive number`);
    return value;
  };
  const [layers, hidden, heads] = [number('num_hidden_layers'), number('hidden_size'), number('num_attention_heads')];
  const [kvHeads, headDim, vocabSize] = [number('num_key_value_heads', heads), number('head_dim', hidden / heads), number('vocab_size')];
  const rope = ropeOf(config, family.ropeTheta, arch);
  const window = slidingWindow(config, file, { modelType, layers, hidden, heads, headDim });
  const positions = number('max_position_embeddings', family.positions);
  const context = window?.limitsContext === true ? Math.min(window.size, positions) : positions;

  const entries = new Map<string, MetadataValue>();
  const uint = (key: string, value: number): unknown => entries.set(`${arch}.${key}`, { type: 'uint32', value });
  const float = (key: string, value: number): unknown => entries.set(`${arch}.${key}`, { type: 'float32', value });
  uint('block_count', layers);
  uint('context_length', context);
  uint('embedding_length', hidden);
  uint('feed_forward_length', number('intermediate_size'));
  uint('attention.head_count', heads);
  uint('attention.head_count_kv', kvHeads);
  uint('attention.key_length', headDim);
  uint('attention.value_length', headDim);
  uint('vocab_size', vocabSize);
  uint('rope.dimension_count', headDim);
  float('attention.layer_norm_rms_epsilon', number('rms_norm_eps', 1e-6));
  float('rope.freq_base', rope.theta);
  if (rope.localTheta !== undefined) float('rope.freq_base_swa', rope.localTheta);
  if (window !== undefined && !window.limitsContext) uint('attention.sliding_window', window.size);
  if (rope.type === 'linear') {
    entries.set(`${arch}.rope.scaling.type`, { type: 'string', value: 'linear' });
    float('rope.scaling.factor', rope.factor);
  } else if (rope.type !== 'default' && rope.type !== 'llama3') {
    throw unsupported(file, 'rope_scaling', `scales positions by ${JSON.stringify(rope.type)}`);
  }
  const notes = context < positions
    ? [`llama.cpp has no sliding window for this type of model, so the context is limited to the window of ${context.toLocaleString('en-US')} tokens, in which there is no difference.`]
    : [];
  return {
    arch, layers, heads, kvHeads, headDim, vocabSize, entries, notes,
    tiedHead: (config['tie_word_embeddings'] as boolean | null | undefined) ?? family.tiedHead,
    ropeFactors: rope.type === 'llama3' ? llama3Factors(rope.fields, rope.theta, headDim) : undefined,
  };
}

interface Rope {
  readonly theta: number;
  /** of layers with a sliding window, where it differs */
  readonly localTheta: number | undefined;
  readonly type: string;
  readonly factor: number;
  readonly fields: Fields;
}

/** Before transformers 5 the base was a field and the scaling was `rope_scaling`; since then both are in `rope_parameters`. */
function ropeOf(config: Fields, otherwise: number, arch: GgufArchitecture['arch']): Rope {
  const all = (config['rope_parameters'] ?? {}) as Fields;
  const global = (all['full_attention'] ?? all) as Fields;
  const local = (all['sliding_attention'] ?? {}) as Fields;
  const fields = { ...(config['rope_scaling'] as Fields | null | undefined), ...global };
  return {
    theta: (global['rope_theta'] ?? config['rope_theta'] ?? otherwise) as number,
    localTheta: arch === 'gemma3' ? ((local['rope_theta'] ?? config['rope_local_base_freq'] ?? 10_000) as number) : undefined,
    type: (fields['rope_type'] ?? fields['type'] ?? 'default') as string,
    factor: (fields['factor'] ?? 1) as number,
    fields,
  };
}

/** @returns the window in tokens; `limitsContext` where llama.cpp attends to everything */
function slidingWindow(
  config: Fields, file: string, { modelType, layers, hidden, heads, headDim }: { modelType: string; layers: number; hidden: number; heads: number; headDim: number },
): { readonly size: number; readonly limitsContext: boolean } | undefined {
  if ((modelType === 'qwen2' || modelType === 'qwen3') && config['use_sliding_window'] === true) {
    throw unsupported(file, 'use_sliding_window', 'is true, which llama.cpp cannot do for this type of model');
  }
  const size = config['sliding_window'];
  if (modelType === 'mistral') return typeof size === 'number' ? { size, limitsContext: true } : undefined;
  if (modelType !== 'gemma3_text') return undefined;
  const pattern = (config['sliding_window_pattern'] ?? config['_sliding_window_pattern'] ?? GEMMA3_PATTERN) as number;
  const types = (config['layer_types'] as readonly string[] | undefined)
    ?? Array.from({ length: layers }, (_, layer) => ((layer + 1) % pattern === 0 ? 'full_attention' : 'sliding_attention'));
  if (types.some((type, layer) => (type === 'full_attention') !== ((layer + 1) % GEMMA3_PATTERN === 0))) {
    throw unsupported(file, 'layer_types', `is another pattern than five layers with a sliding window and one without, which llama.cpp expects`);
  }
  const scalar = layers === GEMMA3_27B_LAYERS ? hidden / heads : headDim;
  if ((config['query_pre_attn_scalar'] ?? scalar) !== scalar) {
    throw unsupported(file, 'query_pre_attn_scalar', `is ${JSON.stringify(config['query_pre_attn_scalar'])}, and llama.cpp expects ${scalar}`);
  }
  for (const field of ['attn_logit_softcapping', 'final_logit_softcapping']) {
    if ((config[field] ?? null) !== null) throw unsupported(file, field, 'is set, which llama.cpp cannot do for this type of model');
  }
  if (typeof size !== 'number') throw unsupported(file, 'sliding_window', 'is missing');
  return { size, limitsContext: false };
}

/**
 * By how much each rotary frequency is divided: not at all for short waves, by `factor` for long ones, and between them
 * by a mix of the two.
 *
 * @see transformers `_compute_llama3_parameters`; conversion/llama.py, `generate_extra_tensors`
 */
function llama3Factors(fields: Fields, theta: number, headDim: number): Float32Array {
  const read = (field: string, otherwise: number): number => (fields[field] ?? otherwise) as number;
  const factor = read('factor', 8);
  const [low, high] = [read('low_freq_factor', 1), read('high_freq_factor', 4)];
  const original = read('original_max_position_embeddings', 8192);
  return Float32Array.from({ length: headDim / 2 }, (_, i) => {
    const wave = 2 * Math.PI * theta ** ((2 * i) / headDim);
    if (wave < original / high) return 1;
    if (wave > original / low) return factor;
    const smooth = (original / wave - low) / (high - low);
    return 1 / ((1 - smooth) / factor + smooth);
  });
}

function unsupported(file: string, field: string, what: string): UserError {
  return new UserError('export.architecture.unsupported', `A GGUF file cannot be written: ${field} in ${basename(file)} ${what}.`, 'Export the merged folder instead.', {
    place: { file, field },
  });
}
