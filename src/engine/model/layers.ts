/** One block of a decoder, written on the tape. */

import { multiplyDims, type Dim } from '../graph/dims.ts';
import { attention } from '../graph/ops/attention.ts';
import { add } from '../graph/ops/elementwise.ts';
import { concat, reshape, split, transpose } from '../graph/ops/layout.ts';
import { linear, matmul } from '../graph/ops/matmul.ts';
import { rmsNorm } from '../graph/ops/norm.ts';
import { rotary } from '../graph/ops/rotary.ts';
import { softmax } from '../graph/ops/softmax.ts';
import { swiglu } from '../graph/ops/swiglu.ts';
import { at, type DType, type Graph, type Tensor } from '../graph/tape.ts';
import type { DecoderConfig } from './decoder.ts';
import { blockShapes, modulePath } from './layout.ts';
import { linearFeatures, type LoraModule } from './lora.ts';

/** What an adapter adds to the graph of a block. */
export interface LoraShape {
  readonly rank: number;
  readonly alpha: number;
  readonly targetModules: readonly LoraModule[];
}

/** x Wᵀ · alpha (+ addend), in the form that suits the number of rows. */
export type Linear = typeof linear;

/** Turns queries, keys and values into what each query gathered: [B, heads, T, d] in and out. */
type Attend = (q: Tensor, k: Tensor, v: Tensor) => Tensor;

export interface Block {
  /** hidden states after the block, [B*T, hidden] */
  readonly output: Tensor;
  /** rotated keys [B, kvHeads, T, d], as a cache keeps them */
  readonly keys: Tensor;
  /** values [B, kvHeads, T, d] */
  readonly values: Tensor;
}

/** The inputs that every graph of a block has, apart from weights. */
export interface BlockInputs {
  /** hidden states, [B*T, hidden] */
  readonly x: Tensor;
  /** position ids, [B, T] */
  readonly positions: Tensor;
  /** [L, d/2] for L positions */
  readonly cos: Tensor;
  readonly sin: Tensor;
}

export function blockInputs(graph: Graph, config: DecoderConfig, dtype: DType, T: Dim = 'T'): BlockInputs {
  return {
    x: graph.input('x', dtype, [multiplyDims('B', T), config.hiddenSize]),
    positions: graph.input('positions', 'int64', ['B', T]),
    cos: graph.input('cos', dtype, ['L', config.headDim / 2]),
    sin: graph.input('sin', dtype, ['L', config.headDim / 2]),
  };
}

/** Declares the weights of a block as inputs, under their names within the block. */
export function blockWeights(graph: Graph, config: DecoderConfig, dtype: DType): Map<string, Tensor> {
  return new Map(blockShapes(config).map(({ name, shape }) => [name, graph.input(name, dtype, shape)]));
}

/** Declares the adapter of a block as inputs, for example `self_attn.q_proj.lora_A.weight`. */
export function blockAdapter(graph: Graph, config: DecoderConfig, lora: LoraShape, dtype: DType): Map<string, Tensor> {
  const inputs = new Map<string, Tensor>();
  for (const module of lora.targetModules) {
    const features = linearFeatures(config, module);
    const shapes = { A: [lora.rank, features.inputs], B: [features.outputs, lora.rank] };
    for (const half of ['A', 'B'] as const) {
      const name = `${modulePath(module)}.lora_${half}.weight`;
      inputs.set(name, graph.input(name, dtype, shapes[half]));
    }
  }
  return inputs;
}

/**
 * A pre-norm block: x + attention(norm x), then that + feed-forward(norm of it).
 *
 * @see Touvron et al. 2023, "LLaMA", section 2.2
 */
export function decoderBlock(
  config: DecoderConfig, inputs: BlockInputs, weights: ReadonlyMap<string, Tensor>,
  adapter: { readonly lora: LoraShape; readonly tensors: ReadonlyMap<string, Tensor> } | undefined, attend: Attend, apply: Linear = linear,
): Block {
  const weight = (name: string): Tensor => {
    const tensor = weights.get(name) ?? adapter?.tensors.get(name);
    if (tensor === undefined) throw new Error(`the block has no ${name}`);
    return tensor;
  };
  /** W x + (alpha / rank) B A x, on top of `addend`. */
  const project = (x: Tensor, module: LoraModule, addend?: Tensor): Tensor => {
    const path = modulePath(module);
    let onto = addend;
    if (adapter?.lora.targetModules.includes(module)) {
      const inner = apply(x, weight(`${path}.lora_A.weight`));
      onto = apply(inner, weight(`${path}.lora_B.weight`), { alpha: adapter.lora.alpha / adapter.lora.rank, addend });
    }
    return apply(x, weight(`${path}.weight`), { addend: onto });
  };
  const [B, T] = [at(inputs.positions.shape, 0), at(inputs.positions.shape, 1)];
  const toHeads = (x: Tensor, heads: number): Tensor => transpose(reshape(x, [B, T, heads, config.headDim]), [0, 2, 1, 3]);
  const turn = (x: Tensor): Tensor => rotary(x, inputs.cos, inputs.sin, inputs.positions);

  const normalized = rmsNorm(inputs.x, weight('input_layernorm.weight'), config.normEpsilon);
  const queries = turn(toHeads(project(normalized, 'q_proj'), config.heads));
  const keys = turn(toHeads(project(normalized, 'k_proj'), config.kvHeads));
  const values = toHeads(project(normalized, 'v_proj'), config.kvHeads);
  const gathered = reshape(transpose(attend(queries, keys, values), [0, 2, 1, 3]), [at(inputs.x.shape, 0), config.heads * config.headDim]);
  const afterAttention = project(gathered, 'o_proj', inputs.x);

  const normalizedAgain = rmsNorm(afterAttention, weight('post_attention_layernorm.weight'), config.normEpsilon);
  const activated = swiglu(project(normalizedAgain, 'gate_proj'), project(normalizedAgain, 'up_proj'));
  return { output: project(activated, 'down_proj', afterAttention), keys, values };
}

export function attentionScale(config: DecoderConfig): number {
  return 1 / Math.sqrt(config.headDim);
}

/** Attention within the batch alone. The mask is [M, 1, 1, T, T]. */
export function attendWithin(config: DecoderConfig, mask: Tensor): Attend {
  return (q, k, v) => attention(q, k, v, mask, attentionScale(config));
}

/**
 * Attention over a cache and the new tokens. The cache is never joined with the new keys, which would copy it;
 * only the scores are joined.
 *
 * @param cachedKeys [B, kvHeads, C, d], of which the mask hides what is not yet filled
 * @param mask [B, 1, 1, C+1]: one new token a row
 */
export function attendToCache(config: DecoderConfig, cachedKeys: Tensor, cachedValues: Tensor, mask: Tensor): Attend {
  const alpha = attentionScale(config);
  const group: Dim = config.heads / config.kvHeads;
  return (q, k, v) => {
    const [B, C] = [at(cachedKeys.shape, 0), at(cachedKeys.shape, 2)];
    const queries = reshape(q, [B, config.kvHeads, group, config.headDim]);
    const scores = concat([matmul(queries, cachedKeys, { transB: true, alpha }), matmul(queries, k, { transB: true, alpha })], 3);
    const parts = split(softmax(add(scores, mask)), 3, [C, 1]);
    return reshape(add(matmul(at(parts, 0), cachedValues), matmul(at(parts, 1), v)), q.shape);
  };
}
