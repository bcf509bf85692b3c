/** Which tensors a decoder has: their Hugging Face names and shapes, from its description. */

import type { DecoderConfig } from './decoder.ts';
import { linearFeatures, LORA_MODULES, type LoraModule } from './lora.ts';

export const EMBEDDING = 'model.embed_tokens.weight';
export const FINAL_NORM = 'model.norm.weight';

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

/** The weights of every block. */
export function blockShapes(config: DecoderConfig): NamedShape[] {
  const norm = (name: string): NamedShape => ({ name: `${name}.weight`, shape: [config.hiddenSize] });
  const linears = LORA_MODULES.map((module): NamedShape => {
    const { inputs, outputs } = linearFeatures(config, module);
    return { name: `${modulePath(module)}.weight`, shape: [outputs, inputs] };
  });
  return [norm('input_layernorm'), ...linears.slice(0, 4), norm('post_attention_layernorm'), ...linears.slice(4)];
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
