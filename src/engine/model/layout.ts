/** Which tensors a decoder has: their Hugging Face names and shapes, from its description. */

import type { DecoderConfig } from './decoder.ts';
import { linearFeatures, LORA_MODULES, type LoraModule } from './lora.ts';
import type { Precision } from './weights.ts';

export const EMBEDDING = 'model.embed_tokens.weight';
export const FINAL_NORM = 'model.norm.weight';

/** What the matrices of a model are held in: the embedding is one of them. */
export function precisionOf(weights: ReadonlyMap<string, { readonly data: object }>): Precision {
  return weights.get(EMBEDDING)?.data instanceof Uint16Array ? 'float16' : 'float32';
}

/** A weight of a block, named as within the block: `self_attn.q_proj.weight`. */
export interface NamedShape {
  readonly name: string;
  readonly shape: readonly number[];
}

/** Where a linear layer lives in a block, for example `self_attn.q_proj`. */
export function modulePath(module: LoraModule): string {
  return `${module === 'gate_proj' || module === 'up_proj' || module === 'down_proj' ? 'mlp' : 'self_attn'}.${module}`;
}

export function blockPrefix(layer: number): string {
  return `model.layers.${layer}.`;
}

/** The name of the matrix that turns hidden states into logits. */
export function headName(config: DecoderConfig): string {
  return config.tiedHead ? EMBEDDING : 'lm_head.weight';
}

/** The norms around the sublayers of a block; `after` is undefined where a result is added as it is. */
export function blockNorms({ postNorms }: DecoderConfig): Readonly<Record<'attention' | 'feedForward', { readonly before: string; readonly after: string | undefined }>> {
  const before = 'input_layernorm';
  // One name, two places: in a block without norms of results it stands before the feed-forward layer.
  return postNorms
    ? { attention: { before, after: 'post_attention_layernorm' }, feedForward: { before: 'pre_feedforward_layernorm', after: 'post_feedforward_layernorm' } }
    : { attention: { before, after: undefined }, feedForward: { before: 'post_attention_layernorm', after: undefined } };
}

/** The weights of every block, in the order in which they are used. */
export function blockShapes(config: DecoderConfig): NamedShape[] {
  const norm = (name: string | undefined, size = config.hiddenSize): NamedShape[] => (name === undefined ? [] : [{ name: `${name}.weight`, shape: [size] }]);
  const linears = (modules: readonly LoraModule[]): NamedShape[] => modules.flatMap((module) => {
    const { inputs, outputs } = linearFeatures(config, module);
    const weight = { name: `${modulePath(module)}.weight`, shape: [outputs, inputs] };
    return config.biases.includes(module) ? [weight, { name: `${modulePath(module)}.bias`, shape: [outputs] }] : [weight];
  });
  const headNorms = config.qkNorm ? ['self_attn.q_norm', 'self_attn.k_norm'] : [];
  const { attention, feedForward } = blockNorms(config);
  return [
    ...norm(attention.before), ...linears(LORA_MODULES.slice(0, 4)), ...headNorms.flatMap((name) => norm(name, config.headDim)), ...norm(attention.after),
    ...norm(feedForward.before), ...linears(LORA_MODULES.slice(4)), ...norm(feedForward.after),
  ];
}

/** All weights of a decoder, in the order in which they are used. */
export function decoderShapes(config: DecoderConfig): NamedShape[] {
  const matrix = [config.vocabSize, config.hiddenSize];
  const blocks = Array.from({ length: config.layers }, (_, layer) =>
    blockShapes(config).map(({ name, shape }) => ({ name: blockPrefix(layer) + name, shape })));
  return [
    { name: EMBEDDING, shape: matrix },
    ...blocks.flat(),
    { name: FINAL_NORM, shape: [config.hiddenSize] },
    ...(config.tiedHead ? [] : [{ name: 'lm_head.weight', shape: matrix }]),
  ];
}

/** A head that is the embedding counts once. */
export function countParameters(config: DecoderConfig): number {
  return decoderShapes(config).reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
}
