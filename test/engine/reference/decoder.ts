/**
 * A decoder in float64, slow and plain on purpose: loops over numbers, written from the papers and from what Hugging Face
 * computes, sharing nothing with the engine but the description of a model. What the engine computes is checked against it.
 */

import { layerAttention, type DecoderConfig, type RotaryPositions } from '../../../src/engine/model/decoder.ts';
import type { LoraAdapter } from '../../../src/engine/model/lora.ts';

export interface ReferenceTensor {
  readonly shape: readonly number[];
  /** of either precision */
  readonly data: ArrayLike<number>;
}

/** Under Hugging Face's names; linear layers are [out, in]. */
export type ReferenceWeights = ReadonlyMap<string, ReferenceTensor>;

/**
 * The log-probabilities of every next token.
 *
 * @param ids one row of tokens, without padding
 * @returns [ids.length, vocabSize]: entry t is the distribution after ids[0..t], in nats
 */
export function referenceLogProbabilities(config: DecoderConfig, weights: ReferenceWeights, ids: ArrayLike<number>): Float64Array[] {
  return referenceLogits(config, weights, ids).map(logSoftmax);
}

/** As `referenceLogProbabilities`, before the softmax. */
export function referenceLogits(config: DecoderConfig, weights: ReferenceWeights, ids: ArrayLike<number>): Float64Array[] {
  const { hiddenSize } = config;
  const embedding = find(weights, 'model.embed_tokens.weight');
  let stream: Float64Array[] = Array.from(ids, (id) => Float64Array.from({ length: hiddenSize }, (_, i) => embedding[id * hiddenSize + i] * config.embeddingScale));
  for (let layer = 0; layer < config.layers; layer++) stream = block(config, weights, layer, stream);
  const head = find(weights, config.tiedHead ? 'model.embed_tokens.weight' : 'lm_head.weight');
  return stream.map((x) => product(head, config.vocabSize, normalized(config, weights, 'model.norm', x)));
}

/** The weights with an adapter worked in: W + (alpha / rank) B A. */
export function mergedWeights(weights: ReferenceWeights, adapter: LoraAdapter): ReferenceWeights {
  const merged = new Map(weights);
  for (const [name, { data: down, shape: [rank, inputs] }] of adapter.tensors) {
    if (!name.endsWith('.lora_A.weight')) continue;
    const full = name.replace('base_model.model.', '').replace('.lora_A', '');
    const { data: up, shape: [outputs] } = adapter.tensors.get(name.replace('lora_A', 'lora_B'))!;
    const sum = Float64Array.from(find(weights, full));
    for (let o = 0; o < outputs; o++) {
      for (let i = 0; i < inputs; i++) {
        for (let r = 0; r < rank; r++) sum[o * inputs + i] += (adapter.alpha / adapter.rank) * up[o * rank + r] * down[r * inputs + i];
      }
    }
    merged.set(full, { shape: [outputs, inputs], data: sum });
  }
  return merged;
}

function block(config: DecoderConfig, weights: ReferenceWeights, layer: number, stream: readonly Float64Array[]): Float64Array[] {
  const prefix = `model.layers.${layer}`;
  const norm = (name: string, x: Float64Array): Float64Array => normalized(config, weights, `${prefix}.${name}`, x);
  const afterSublayer = (name: string, x: Float64Array): Float64Array => (config.postNorms ? norm(name, x) : x);
  const attended = attention(config, weights, layer, stream.map((x) => norm('input_layernorm', x)));
  return stream.map((x, t) => {
    const middle = sum(x, afterSublayer('post_attention_layernorm', attended[t]));
    const fed = feedForward(config, weights, prefix, norm(config.postNorms ? 'pre_feedforward_layernorm' : 'post_attention_layernorm', middle));
    return sum(middle, afterSublayer('post_feedforward_layernorm', fed));
  });
}

function attention(config: DecoderConfig, weights: ReferenceWeights, layer: number, xs: readonly Float64Array[]): Float64Array[] {
  const { heads, kvHeads, headDim, hiddenSize, attentionScale } = config;
  const { window = Infinity, rope } = layerAttention(config, layer);
  const path = `model.layers.${layer}.self_attn`;
  const headsOf = (name: string, count: number, x: Float64Array): Float64Array[] => {
    const all = linear(weights, `${path}.${name}_proj`, count * headDim, x);
    return Array.from({ length: count }, (_, head) => all.slice(head * headDim, (head + 1) * headDim));
  };
  const turnedHeads = (name: string, count: number, x: Float64Array, t: number): Float64Array[] => headsOf(name, count, x)
    .map((head) => rotated(config.qkNorm ? normalized(config, weights, `${path}.${name}_norm`, head) : head, t, rope));
  const queries = xs.map((x, t) => turnedHeads('q', heads, x, t));
  const keys = xs.map((x, t) => turnedHeads('k', kvHeads, x, t));
  const values = xs.map((x) => headsOf('v', kvHeads, x));
  return xs.map((_, t) => {
    const gathered = new Float64Array(heads * headDim);
    for (let head = 0; head < heads; head++) {
      const kvHead = Math.floor(head / (heads / kvHeads));
      const first = Math.max(0, t - window + 1);
      const scores = Float64Array.from({ length: t - first + 1 }, (_, s) => attentionScale * dot(queries[t][head], keys[first + s][kvHead]));
      logSoftmax(scores).forEach((score, s) => {
        for (let i = 0; i < headDim; i++) gathered[head * headDim + i] += Math.exp(score) * values[first + s][kvHead][i];
      });
    }
    return linear(weights, `${path}.o_proj`, hiddenSize, gathered);
  });
}

function feedForward(config: DecoderConfig, weights: ReferenceWeights, prefix: string, x: Float64Array): Float64Array {
  const gate = linear(weights, `${prefix}.mlp.gate_proj`, config.intermediateSize, x);
  const up = linear(weights, `${prefix}.mlp.up_proj`, config.intermediateSize, x);
  return linear(weights, `${prefix}.mlp.down_proj`, config.hiddenSize, gate.map((value, i) => ACTIVATIONS[config.activation](value) * up[i]));
}

const ACTIVATIONS = {
  silu: (x: number): number => x / (1 + Math.exp(-x)),
  'gelu-tanh': (x: number): number => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))),
};

/** W x, and the bias where the model has one. */
function linear(weights: ReferenceWeights, path: string, outputs: number, x: Float64Array): Float64Array {
  const result = product(find(weights, `${path}.weight`), outputs, x);
  const bias = weights.get(`${path}.bias`)?.data;
  return bias === undefined ? result : result.map((value, i) => value + bias[i]);
}

function normalized(config: DecoderConfig, weights: ReferenceWeights, path: string, x: Float64Array): Float64Array {
  const weight = find(weights, `${path}.weight`);
  const root = Math.sqrt(dot(x, x) / x.length + config.normEpsilon);
  return x.map((value, i) => (value / root) * (config.normOffset + weight[i]));
}

/** Turns the pairs (x[i], x[i + d/2]). */
function rotated(x: Float64Array, position: number, { theta, scaling }: RotaryPositions): Float64Array {
  const half = x.length / 2;
  const result = new Float64Array(x.length);
  for (let i = 0; i < half; i++) {
    let frequency = theta ** (-i / half);
    if (scaling?.kind === 'linear') frequency /= scaling.factor;
    if (scaling?.kind === 'llama3') {
      // Turns within the context of pre-training: many are left alone, few are stretched, between the two it is blended.
      const turns = (scaling.originalPositions * frequency) / (2 * Math.PI);
      const kept = (turns - scaling.lowFrequencyFactor) / (scaling.highFrequencyFactor - scaling.lowFrequencyFactor);
      const share = Math.min(1, Math.max(0, kept));
      frequency = share * frequency + (1 - share) * (frequency / scaling.factor);
    }
    const [cos, sin] = [Math.cos(position * frequency), Math.sin(position * frequency)];
    result[i] = x[i] * cos - x[i + half] * sin;
    result[i + half] = x[i + half] * cos + x[i] * sin;
  }
  return result;
}

function logSoftmax(x: Float64Array): Float64Array {
  const top = Math.max(...x);
  const total = Math.log(x.reduce((all, value) => all + Math.exp(value - top), 0)) + top;
  return x.map((value) => value - total);
}

function product(matrix: ArrayLike<number>, rows: number, x: Float64Array): Float64Array {
  const result = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < x.length; i++) result[row] += matrix[row * x.length + i] * x[i];
  }
  return result;
}

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((total, value, i) => total + value * b[i], 0);
}

function sum(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, i) => value + b[i]);
}

function find(weights: ReferenceWeights, name: string): ArrayLike<number> {
  const tensor = weights.get(name);
  if (tensor === undefined) throw new Error(`the weights have no ${name}`);
  return tensor.data;
}
