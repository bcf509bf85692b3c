/** Base models from the hub that fit the machines people have: a dated list to choose from, smallest first. */

import type { ModelFacts } from './models.ts';

export interface CuratedModel {
  /** name on the hub */
  readonly id: string;
  /** what it is good for, in half a sentence */
  readonly remark: string;
  readonly licence: string;
  /** its owner wants terms accepted first, with an account */
  readonly isGated: boolean;
  readonly parameters: number;
  /** bytes of the files that are needed; the parameters as bfloat16 and the tokenizer, rounded */
  readonly downloadBytes: number;
  /** of its config.json, what its shape depends on */
  readonly config: CuratedConfig;
}

interface CuratedConfig {
  readonly model_type: string;
  readonly num_hidden_layers: number;
  readonly hidden_size: number;
  readonly intermediate_size: number;
  readonly num_attention_heads: number;
  readonly num_key_value_heads: number;
  readonly head_dim?: number;
  readonly vocab_size: number;
  readonly max_position_embeddings: number;
  readonly tie_word_embeddings: boolean;
  readonly rope_theta?: number;
  readonly rope_scaling?: Readonly<Record<string, unknown>>;
  readonly sliding_window?: number | null;
  readonly hidden_activation?: string;
}

/** The day on which the list was made; models and their terms change. */
export const CURATED_AS_OF = '2026-11-23';

const APACHE = { licence: 'Apache-2.0', isGated: false };
// Owners with terms of their own ask for them to be accepted.
const GEMMA = { licence: 'Gemma terms', isGated: true };
const LLAMA = { licence: 'Llama 3.2 terms', isGated: true };

const SMOLLM2 = { model_type: 'llama', vocab_size: 49_152, max_position_embeddings: 8192, tie_word_embeddings: true };
const GEMMA3 = {
  model_type: 'gemma3_text', head_dim: 256, num_attention_heads: 4, num_key_value_heads: 1, vocab_size: 262_144, max_position_embeddings: 32_768,
  tie_word_embeddings: true, sliding_window: 512, hidden_activation: 'gelu_pytorch_tanh',
};
const QWEN25 = { model_type: 'qwen2', num_key_value_heads: 2, vocab_size: 151_936, max_position_embeddings: 32_768, tie_word_embeddings: true };
const QWEN3 = {
  model_type: 'qwen3', num_hidden_layers: 28, num_attention_heads: 16, num_key_value_heads: 8, head_dim: 128, vocab_size: 151_936,
  max_position_embeddings: 40_960, tie_word_embeddings: true,
};
const LLAMA32 = {
  model_type: 'llama', intermediate_size: 8192, num_key_value_heads: 8, vocab_size: 128_256, max_position_embeddings: 131_072, tie_word_embeddings: true,
  rope_theta: 500_000, rope_scaling: { rope_type: 'llama3', factor: 32, low_freq_factor: 1, high_freq_factor: 4, original_max_position_embeddings: 8192 },
};

/** Shapes from each model's config.json, licences and terms from its card on https://huggingface.co. */
export const CURATED_MODELS: readonly CuratedModel[] = [
  {
    id: 'HuggingFaceTB/SmolLM2-135M-Instruct', remark: 'the smallest that follows instructions', ...APACHE, parameters: 134_515_008, downloadBytes: 273e6,
    config: { ...SMOLLM2, num_hidden_layers: 30, hidden_size: 576, intermediate_size: 1536, num_attention_heads: 9, num_key_value_heads: 3 },
  },
  {
    id: 'google/gemma-3-270m-it', remark: 'made to be tuned for one narrow task', ...GEMMA, parameters: 268_098_176, downloadBytes: 571e6,
    config: { ...GEMMA3, num_hidden_layers: 18, hidden_size: 640, intermediate_size: 2048 },
  },
  {
    id: 'HuggingFaceTB/SmolLM2-360M-Instruct', remark: 'better answers, still quick', ...APACHE, parameters: 361_821_120, downloadBytes: 727e6,
    config: { ...SMOLLM2, num_hidden_layers: 32, hidden_size: 960, intermediate_size: 2560, num_attention_heads: 15, num_key_value_heads: 5 },
  },
  {
    id: 'Qwen/Qwen2.5-0.5B-Instruct', remark: 'many languages, and code', ...APACHE, parameters: 494_032_768, downloadBytes: 998e6,
    config: { ...QWEN25, num_hidden_layers: 24, hidden_size: 896, intermediate_size: 4864, num_attention_heads: 14 },
  },
  {
    id: 'Qwen/Qwen3-0.6B', remark: 'many languages; can think before it answers', ...APACHE, parameters: 596_049_920, downloadBytes: 1_520e6,
    config: { ...QWEN3, hidden_size: 1024, intermediate_size: 3072 },
  },
  {
    id: 'google/gemma-3-1b-it', remark: 'good text, for patient machines', ...GEMMA, parameters: 999_885_952, downloadBytes: 2_034e6,
    config: { ...GEMMA3, num_hidden_layers: 26, hidden_size: 1152, intermediate_size: 6912 },
  },
  {
    id: 'meta-llama/Llama-3.2-1B-Instruct', remark: 'widely used as a base', ...LLAMA, parameters: 1_235_814_400, downloadBytes: 2_481e6,
    config: { ...LLAMA32, num_hidden_layers: 16, hidden_size: 2048, num_attention_heads: 32 },
  },
  {
    id: 'Qwen/Qwen2.5-1.5B-Instruct', remark: 'many languages, and code, with more knowledge', ...APACHE, parameters: 1_543_714_304, downloadBytes: 3_099e6,
    config: { ...QWEN25, num_hidden_layers: 28, hidden_size: 1536, intermediate_size: 8960, num_attention_heads: 12 },
  },
  {
    id: 'HuggingFaceTB/SmolLM2-1.7B-Instruct', remark: 'the best of its family, for patient machines', ...APACHE, parameters: 1_711_376_384, downloadBytes: 3_426e6,
    config: { ...SMOLLM2, num_hidden_layers: 24, hidden_size: 2048, intermediate_size: 8192, num_attention_heads: 32, num_key_value_heads: 32 },
  },
  {
    id: 'Qwen/Qwen3-1.7B', remark: 'many languages; thinks better before it answers', ...APACHE, parameters: 1_720_574_976, downloadBytes: 4_080e6,
    config: { ...QWEN3, hidden_size: 2048, intermediate_size: 6144 },
  },
  {
    id: 'meta-llama/Llama-3.2-3B-Instruct', remark: 'for a workstation', ...LLAMA, parameters: 3_212_749_824, downloadBytes: 6_435e6,
    config: { ...LLAMA32, num_hidden_layers: 28, hidden_size: 3072, num_attention_heads: 24 },
  },
  {
    id: 'mistralai/Mistral-7B-Instruct-v0.3', remark: 'for a machine with very much memory', ...APACHE, parameters: 7_248_023_552, downloadBytes: 14_498e6,
    config: {
      model_type: 'mistral', num_hidden_layers: 32, hidden_size: 4096, intermediate_size: 14_336, num_attention_heads: 32, num_key_value_heads: 8,
      vocab_size: 32_768, max_position_embeddings: 32_768, tie_word_embeddings: false, sliding_window: null,
    },
  },
];

/** @param id name on the hub, without a revision */
export function curatedModel(id: string): CuratedModel | undefined {
  return CURATED_MODELS.find((model) => model.id === id);
}

export function curatedFacts({ config }: CuratedModel): ModelFacts {
  return { hiddenSize: config.hidden_size, maxPositions: config.max_position_embeddings, family: config.model_type };
}
