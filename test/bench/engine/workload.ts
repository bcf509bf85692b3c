/** What the benchmarks of the engine run: the shape of SmolLM2-135M with random weights, and the work that one step of it is. */

import { cpus } from 'node:os';
import { physicalCores } from '../../../src/engine/graph/executor.ts';
import type { TokenBatch } from '../../../src/engine/model/batch.ts';
import { makeBatch } from '../../../src/engine/model/batch.ts';
import type { DecoderConfig } from '../../../src/engine/model/decoder.ts';
import { parseDecoderConfig } from '../../../src/engine/model/config.ts';
import { decoderShapes } from '../../../src/engine/model/layout.ts';
import { linearFeatures, LORA_MODULES } from '../../../src/engine/model/lora.ts';
import { floatToHalf } from '../../../src/engine/model/numberFormats.ts';
import type { FrozenWeights, HalfTensor, WeightTensor } from '../../../src/engine/model/weights.ts';
import { RandomGenerator } from '../../../src/engine/random.ts';

/** https://huggingface.co/HuggingFaceTB/SmolLM2-135M/blob/main/config.json */
export const SMOLLM2_135M: DecoderConfig = parseDecoderConfig({
  model_type: 'llama', vocab_size: 49_152, hidden_size: 576, intermediate_size: 1536, num_hidden_layers: 30, num_attention_heads: 9,
  num_key_value_heads: 3, max_position_embeddings: 8192, rms_norm_eps: 1e-5, rope_theta: 100_000, tie_word_embeddings: true, hidden_act: 'silu',
}, 'SmolLM2-135M');

export const RANK = 16;
export const ROWS = 4;
export const LENGTH = 256;
export const THREADS = physicalCores();

/** Every position of the batch but the first of each row is a target. */
export function fullBatch(config: DecoderConfig, rows: number, length: number): TokenBatch {
  const random = new RandomGenerator(1);
  return makeBatch(Array.from({ length: rows }, (_, index) => ({
    row: index + 1, ids: Int32Array.from({ length }, () => random.below(config.vocabSize)), trained: new Uint8Array(length).fill(1, 1),
  })));
}

/** Random weights in half precision, which are never all in float32 first. */
export function halfDecoder(config: DecoderConfig): FrozenWeights {
  const random = new RandomGenerator(1);
  return new Map(decoderShapes(config).map(({ name, shape }): [string, WeightTensor | HalfTensor] => {
    const values = new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(1);
    if (shape.length === 1) return [name, { shape, data: values }];
    const halves = new Uint16Array(values.length);
    for (let i = 0; i < values.length; i++) values[i] = 0.02 * random.normal();
    floatToHalf(values, halves);
    return [name, { shape, data: halves }];
  }));
}

/** One matrix product, [M, K] times [K, N], and how often a step makes it. */
export interface Product {
  readonly M: number;
  readonly N: number;
  readonly K: number;
  readonly transB: boolean;
  readonly count: number;
}

export function flops({ M, N, K, count }: Product): number {
  return 2 * M * N * K * count;
}

/** The products of the frozen linear layers and of the head: x Wᵀ forward and dy W backward. */
export function frozenProducts(config: DecoderConfig, tokens: number, targets: number): Product[] {
  const both = (M: number, inputs: number, outputs: number, count: number): Product[] => [
    { M, N: outputs, K: inputs, transB: true, count }, { M, N: inputs, K: outputs, transB: false, count },
  ];
  return [
    ...LORA_MODULES.flatMap((module) => {
      const { inputs, outputs } = linearFeatures(config, module);
      return both(tokens, inputs, outputs, config.layers);
    }),
    ...both(targets, config.hiddenSize, config.vocabSize, 1),
  ];
}

/**
 * Floating-point operations that one LoRA step asks for: the products of the frozen layers and the head, those of the
 * adapter (two forward, four backward), and attention's (two forward, four backward). Nothing computed twice counts.
 */
export function loraStepFlops(config: DecoderConfig, rows: number, length: number): number {
  const tokens = rows * length;
  const frozen = frozenProducts(config, tokens, rows * (length - 1)).reduce((sum, product) => sum + flops(product), 0);
  const adapter = LORA_MODULES.reduce((sum, module) => {
    const { inputs, outputs } = linearFeatures(config, module);
    return sum + 6 * tokens * RANK * (inputs + outputs) * config.layers;
  }, 0);
  const attention = config.layers * rows * config.heads * 6 * 2 * length * length * config.headDim;
  return frozen + adapter + attention;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? (sorted[middle] ?? NaN) : ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2;
}

/** Most memory that this process ever held, in gigabytes (10⁹ bytes). */
export function peakMemoryGB(): number {
  return (process.resourceUsage().maxRSS * 1024) / 1e9;
}

export function machine(): { processor: string; threads: number } {
  return { processor: cpus()[0]?.model ?? 'unknown', threads: THREADS };
}
