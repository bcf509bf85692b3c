/** Low-rank adapters in memory, under the names that PEFT gives them. */

import { RandomGenerator } from '../random.ts';
import type { DecoderConfig } from './decoder.ts';
import type { WeightTensor, Weights } from './weights.ts';

/** The linear layers of a decoder block that can carry an adapter, in the order in which a block uses them. */
export const LORA_MODULES = ['q_proj', 'k_proj', 'v_proj', 'o_proj', 'gate_proj', 'up_proj', 'down_proj'] as const;

export type LoraModule = (typeof LORA_MODULES)[number];

/** The update of a linear layer W is (alpha / rank) B A. */
export interface LoraAdapter {
  readonly rank: number;
  readonly alpha: number;
  readonly targetModules: readonly LoraModule[];
  /** PEFT names; `lora_A.weight` is [rank, in], `lora_B.weight` is [out, rank] */
  readonly tensors: Weights;
}

/** What PEFT puts before the name of a module of the base model. */
export const ADAPTER_PREFIX = 'base_model.model.';

/** The PEFT name of one half of an adapter, for example `base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight`. */
export function loraTensorName(layer: number, module: LoraModule, half: 'A' | 'B'): string {
  const block = module === 'q_proj' || module === 'k_proj' || module === 'v_proj' || module === 'o_proj' ? 'self_attn' : 'mlp';
  return `${ADAPTER_PREFIX}model.layers.${layer}.${block}.${module}.lora_${half}.weight`;
}

/** Input and output features of a linear layer of a block. */
export function linearFeatures(config: DecoderConfig, module: LoraModule): { readonly inputs: number; readonly outputs: number } {
  const { hiddenSize, intermediateSize } = config;
  const queries = config.heads * config.headDim;
  const keys = config.kvHeads * config.headDim;
  switch (module) {
    case 'q_proj': return { inputs: hiddenSize, outputs: queries };
    case 'k_proj':
    case 'v_proj': return { inputs: hiddenSize, outputs: keys };
    case 'o_proj': return { inputs: queries, outputs: hiddenSize };
    case 'gate_proj':
    case 'up_proj': return { inputs: hiddenSize, outputs: intermediateSize };
    case 'down_proj': return { inputs: intermediateSize, outputs: hiddenSize };
  }
}

/**
 * A fresh adapter that changes nothing yet: A uniform in ±1/sqrt(in) (Kaiming with a = sqrt 5), B zero.
 *
 * @see Hu et al. 2021, "LoRA", section 4.1; PEFT `LoraLayer.reset_lora_parameters`
 */
export function createLoraAdapter(
  config: DecoderConfig, options: { rank: number; alpha: number; seed: number; targetModules?: readonly LoraModule[] },
): LoraAdapter {
  const targetModules = options.targetModules ?? LORA_MODULES;
  const random = new RandomGenerator(options.seed);
  const tensors = new Map<string, WeightTensor>();
  for (let layer = 0; layer < config.layers; layer++) {
    for (const module of targetModules) {
      const { inputs, outputs } = linearFeatures(config, module);
      const bound = 1 / Math.sqrt(inputs);
      const down = new Float32Array(options.rank * inputs);
      for (let i = 0; i < down.length; i++) down[i] = (2 * random.uniform() - 1) * bound;
      tensors.set(loraTensorName(layer, module, 'A'), { shape: [options.rank, inputs], data: down });
      tensors.set(loraTensorName(layer, module, 'B'), { shape: [outputs, options.rank], data: new Float32Array(outputs * options.rank) });
    }
  }
  return { rank: options.rank, alpha: options.alpha, targetModules, tensors };
}
