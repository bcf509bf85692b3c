/** A decoder described by data: what `config.json` says, under one set of names for all families. */

import type { LoraModule } from './lora.ts';

export interface DecoderConfig {
  /** `model_type` of config.json, for example `llama`; nothing is decided by it */
  readonly family: string;
  readonly vocabSize: number;
  readonly hiddenSize: number;
  readonly intermediateSize: number;
  readonly layers: number;
  readonly heads: number;
  /** grouped-query attention: `heads` is a multiple of it */
  readonly kvHeads: number;
  readonly headDim: number;
  /** longest context in tokens */
  readonly maxPositions: number;
  readonly normEpsilon: number;
  /** what is added to the weight of every norm; 1 where weights are stored as their distance from one */
  readonly normOffset: number;
  /** each sublayer's result is normalized, too, before it is added to the stream */
  readonly postNorms: boolean;
  /** every query and key head is normalized before it is turned */
  readonly qkNorm: boolean;
  /** the linear layers that have a bias */
  readonly biases: readonly LoraModule[];
  /** of the gate of the feed-forward layer */
  readonly activation: Activation;
  /** factor on the embeddings of tokens */
  readonly embeddingScale: number;
  /** factor on the products of queries and keys */
  readonly attentionScale: number;
  /** what each layer sees of positions, repeated from the first layer on; layers that are alike share one object */
  readonly attention: readonly LayerAttention[];
  /** the output head is the embedding matrix */
  readonly tiedHead: boolean;
}

/** `gelu-tanh` is the approximation of Hendrycks and Gimpel 2016, section 2. */
export type Activation = 'silu' | 'gelu-tanh';

export interface LayerAttention {
  /** a token sees itself and so many before it that they are this many together; undefined: all before it */
  readonly window: number | undefined;
  readonly rope: RotaryPositions;
}

export interface RotaryPositions {
  readonly theta: number;
  readonly scaling: RopeScaling | undefined;
}

/** How angles are stretched for contexts longer than those of pre-training. */
export type RopeScaling =
  | { readonly kind: 'linear'; readonly factor: number }
  | {
    readonly kind: 'llama3';
    readonly factor: number;
    readonly lowFrequencyFactor: number;
    readonly highFrequencyFactor: number;
    /** context of pre-training in tokens */
    readonly originalPositions: number;
  };

export function layerAttention({ attention }: DecoderConfig, layer: number): LayerAttention {
  return attention[layer % attention.length];
}
