/** What each family of decoders fixes, and the values it assumes for fields that its `config.json` leaves out. */

import type { Activation } from './decoder.ts';
import type { LoraModule } from './lora.ts';

export interface Family {
  /** defaults of Hugging Face's configuration class */
  readonly defaults: {
    readonly tiedHead: boolean;
    readonly normEpsilon: number;
    readonly maxPositions: number;
    /** undefined: as many as query heads */
    readonly kvHeads?: number;
    /** undefined: hidden size over heads */
    readonly headDim?: number;
    readonly ropeTheta: number;
    /** of layers with a window, where they have a base of their own */
    readonly localRopeTheta?: number;
    readonly slidingWindow?: number;
    readonly queryPreAttentionScalar?: number;
  };
  /** field that names the activation, and the names it may have */
  readonly activation: { readonly field: string; readonly names: Readonly<Record<string, Activation>> };
  /** which layers see a window only */
  readonly windows: Windows;
  /** linear layers that always have a bias */
  readonly biases: readonly LoraModule[];
  /** fields that, when true, give these layers a bias; the other such fields must be false */
  readonly biasFields: Readonly<Record<string, readonly LoraModule[]>>;
  readonly qkNorm: boolean;
  readonly postNorms: boolean;
  readonly normOffset: number;
  /** embeddings are multiplied by the root of the hidden size */
  readonly scalesEmbeddings: boolean;
}

/**
 * - `none`: there are no windows, whatever `sliding_window` says
 * - `all`: `sliding_window`, unless null, holds for all layers
 * - `optional`: if `use_sliding_window`, for those of `layer_types`, or else from `max_window_layers` on
 * - `pattern`: for those of `layer_types`, or else for all but every sixth (`sliding_window_pattern`)
 */
export type Windows = 'none' | 'all' | 'optional' | 'pattern';

const SILU = { field: 'hidden_act', names: { silu: 'silu' } } as const;
const ATTENTION: readonly LoraModule[] = ['q_proj', 'k_proj', 'v_proj', 'o_proj'];
const FEED_FORWARD: readonly LoraModule[] = ['gate_proj', 'up_proj', 'down_proj'];

const PLAIN = { activation: SILU, windows: 'none', biases: [], biasFields: {}, qkNorm: false, postNorms: false, normOffset: 0, scalesEmbeddings: false } as const;
const QWEN = { tiedHead: false, normEpsilon: 1e-6, maxPositions: 32_768, kvHeads: 32, ropeTheta: 10_000, slidingWindow: 4096 } as const;

/**
 * By `model_type`.
 *
 * @see https://github.com/huggingface/transformers/tree/v5.0.0/src/transformers/models, the `configuration_*.py` of each family
 */
export const FAMILIES: Readonly<Record<string, Family>> = {
  llama: {
    ...PLAIN, biasFields: { attention_bias: ATTENTION, mlp_bias: FEED_FORWARD },
    defaults: { tiedHead: false, normEpsilon: 1e-6, maxPositions: 2048, ropeTheta: 10_000 },
  },
  mistral: {
    ...PLAIN, windows: 'all',
    defaults: { tiedHead: false, normEpsilon: 1e-6, maxPositions: 131_072, kvHeads: 8, ropeTheta: 10_000, slidingWindow: 4096 },
  },
  qwen2: { ...PLAIN, windows: 'optional', biases: ['q_proj', 'k_proj', 'v_proj'], defaults: QWEN },
  qwen3: { ...PLAIN, windows: 'optional', biasFields: { attention_bias: ATTENTION }, qkNorm: true, defaults: { ...QWEN, headDim: 128 } },
  gemma3_text: {
    ...PLAIN, windows: 'pattern', biasFields: { attention_bias: ATTENTION }, qkNorm: true, postNorms: true, normOffset: 1, scalesEmbeddings: true,
    activation: { field: 'hidden_activation', names: { gelu_pytorch_tanh: 'gelu-tanh' } },
    defaults: {
      tiedHead: true, normEpsilon: 1e-6, maxPositions: 131_072, kvHeads: 4, headDim: 256, ropeTheta: 1e6, localRopeTheta: 10_000, slidingWindow: 4096,
      queryPreAttentionScalar: 256,
    },
  },
};
