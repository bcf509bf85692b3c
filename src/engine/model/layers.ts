/** One block of a decoder, written on the tape. */

import { multiplyDims, type Dim } from '../graph/dims.ts';
import { attention } from '../graph/ops/attention.ts';
import { add, scale, shift } from '../graph/ops/elementwise.ts';
import { geglu } from '../graph/ops/geglu.ts';
import { labelLogProbability } from '../graph/ops/labels.ts';
import { beforeTransposes, concat, reshape, split, transpose } from '../graph/ops/layout.ts';
import { linear, matmul } from '../graph/ops/matmul.ts';
import { rmsNorm } from '../graph/ops/norm.ts';
import { rotary } from '../graph/ops/rotary.ts';
import { softmax } from '../graph/ops/softmax.ts';
import { swiglu } from '../graph/ops/swiglu.ts';
import { widen } from '../graph/ops/widen.ts';
import { at, type FloatType, type Graph, type Tensor } from '../graph/tape.ts';
import type { Activation, DecoderConfig } from './decoder.ts';
import { blockNorms, blockShapes, modulePath } from './layout.ts';
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

export function blockInputs(graph: Graph, config: DecoderConfig, dtype: FloatType, T: Dim = 'T'): BlockInputs {
  return {
    x: graph.input('x', dtype, [multiplyDims('B', T), config.hiddenSize]),
    positions: graph.input('positions', 'int64', ['B', T]),
    cos: graph.input('cos', dtype, ['L', config.headDim / 2]),
    sin: graph.input('sin', dtype, ['L', config.headDim / 2]),
  };
}

/** The numbers that a graph computes with, and those that it is given. */
export interface NumberFormat {
  readonly dtype: FloatType;
  /** what the matrices of the model are held in; `dtype` unless given. Vectors are too small to be worth it. */
  readonly matrices?: FloatType | 'float16' | undefined;
}

/** Declares the weights of a block as inputs. @param prefix of the inputs' names; the keys are the names within the block */
export function blockWeights(graph: Graph, config: DecoderConfig, format: NumberFormat, prefix = ''): Map<string, Tensor> {
  return new Map(blockShapes(config).map(({ name, shape }) =>
    [name, shape.length === 2 ? matrixInput(graph, prefix + name, shape, format) : graph.input(prefix + name, format.dtype, shape)]));
}

/** Declares a matrix of the model as an input. @returns it as it is computed with */
export function matrixInput(graph: Graph, name: string, shape: readonly number[], { dtype, matrices = dtype }: NumberFormat): Tensor {
  return widen(graph.input(name, matrices, shape), dtype);
}

/** Declares the adapter of a block as inputs, for example `self_attn.q_proj.lora_A.weight`. @param prefix as for weights */
export function blockAdapter(graph: Graph, config: DecoderConfig, lora: LoraShape, dtype: FloatType, prefix = ''): Map<string, Tensor> {
  const inputs = new Map<string, Tensor>();
  for (const module of lora.targetModules) {
    const features = linearFeatures(config, module);
    const shapes = { A: [lora.rank, features.inputs], B: [features.outputs, lora.rank] };
    for (const half of ['A', 'B'] as const) {
      const name = `${modulePath(module)}.lora_${half}.weight`;
      inputs.set(name, graph.input(prefix + name, dtype, shapes[half]));
    }
  }
  return inputs;
}

const GATED: Readonly<Record<Activation, (gate: Tensor, up: Tensor) => Tensor>> = { silu: swiglu, 'gelu-tanh': geglu };

/** Root mean square normalization of rows, with the model's way to store the weight. */
export function normalize({ normOffset, normEpsilon }: DecoderConfig, x: Tensor, weight: Tensor): Tensor {
  return rmsNorm(x, normOffset === 0 ? weight : shift(weight, normOffset), normEpsilon);
}

/** log softmax(logits / temperature)[label] for hidden states [R, hidden] after all layers and labels [R]; [R]. */
export function scoreLabels(
  config: DecoderConfig, { hidden, norm, head, labels }: { hidden: Tensor; norm: Tensor; head: Tensor; labels: Tensor }, temperature = 1,
): Tensor {
  const normalized = normalize(config, hidden, norm);
  return labelLogProbability(temperature === 1 ? normalized : scale(normalized, 1 / temperature), head, labels);
}

/**
 * A block: x + attention(norm x), then that + feed-forward(norm of it), in some models with norms of both results.
 *
 * @see Touvron et al. 2023, "LLaMA", section 2.2; Gemma Team 2024, "Gemma 2", section 2, for norms of results
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
  /**
   * W x + bias + (alpha / rank) B A x for several layers with the same input, on top of `addend`. Their A x are one product:
   * each alone is so narrow that reading x costs more than multiplying.
   */
  const projectAll = (x: Tensor, modules: readonly LoraModule[], addend?: Tensor): Tensor[] => {
    const adapted = modules.filter((module) => adapter?.lora.targetModules.includes(module));
    const inner = narrowed(x, adapted.map((module) => weight(`${modulePath(module)}.lora_A.weight`)), apply);
    return modules.map((module) => {
      const path = modulePath(module);
      const low = inner[adapted.indexOf(module)];
      const onto = adapter && low ? apply(low, weight(`${path}.lora_B.weight`), { alpha: adapter.lora.alpha / adapter.lora.rank, addend }) : addend;
      const product = apply(x, weight(`${path}.weight`), { addend: onto });
      return config.biases.includes(module) ? add(product, weight(`${path}.bias`)) : product;
    });
  };
  const project = (x: Tensor, module: LoraModule, addend?: Tensor): Tensor => at(projectAll(x, [module], addend), 0);
  const norm = (x: Tensor, name: string): Tensor => normalize(config, x, weight(`${name}.weight`));
  /** A sublayer's last product, added to the stream. */
  const addTo = (stream: Tensor, x: Tensor, module: LoraModule, after: string | undefined): Tensor =>
    (after === undefined ? project(x, module, stream) : add(stream, norm(project(x, module), after)));
  const norms = blockNorms(config);
  const [B, T] = [at(inputs.positions.shape, 0), at(inputs.positions.shape, 1)];
  const tokens = at(inputs.x.shape, 0);
  const toHeads = (x: Tensor, heads: number): Tensor => transpose(reshape(x, [B, T, heads, config.headDim]), [0, 2, 1, 3]);
  const turned = (x: Tensor, heads: number, name: string): Tensor => {
    const each = config.qkNorm ? norm(reshape(x, [multiplyDims(tokens, heads), config.headDim]), name) : x;
    return rotary(toHeads(each, heads), inputs.cos, inputs.sin, inputs.positions);
  };

  const normalized = norm(inputs.x, norms.attention.before);
  const [q, k, v] = projectAll(normalized, ['q_proj', 'k_proj', 'v_proj']);
  const queries = turned(q, config.heads, 'self_attn.q_norm');
  const keys = turned(k, config.kvHeads, 'self_attn.k_norm');
  const values = toHeads(v, config.kvHeads);
  const gathered = reshape(transpose(attend(queries, keys, values), [0, 2, 1, 3]), [tokens, config.heads * config.headDim]);
  const afterAttention = addTo(inputs.x, gathered, 'o_proj', norms.attention.after);

  const normalizedAgain = norm(afterAttention, norms.feedForward.before);
  const [gate, up] = projectAll(normalizedAgain, ['gate_proj', 'up_proj']);
  const activated = beforeTransposes(GATED[config.activation], gate, up);
  return { output: addTo(afterAttention, activated, 'down_proj', norms.feedForward.after), keys, values };
}

/** x Aᵀ for each of some narrow matrices [rank, features]: [rows, rank] each. */
function narrowed(x: Tensor, matrices: readonly Tensor[], apply: Linear): readonly Tensor[] {
  if (matrices.length < 2) return matrices.map((matrix) => apply(x, matrix));
  return split(apply(x, concat(matrices, 0)), 1, matrices.map(({ shape }) => at(shape, 0)));
}

/** Attention within the batch alone. The mask is [M, 1, 1, T, T]. */
export function attendWithin(config: DecoderConfig, mask: Tensor): Attend {
  return (q, k, v) => attention(q, k, v, mask, config.attentionScale);
}

/**
 * Attention over a cache and the new tokens. The cache is never joined with the new keys, which would copy it;
 * only the scores are joined.
 *
 * @param cachedKeys [B, kvHeads, C, d], of which the mask hides what is not yet filled
 * @param mask [B, 1, 1, C+1]: one new token a row
 */
export function attendToCache(config: DecoderConfig, cachedKeys: Tensor, cachedValues: Tensor, mask: Tensor): Attend {
  const alpha = config.attentionScale;
  const group: Dim = config.heads / config.kvHeads;
  return (q, k, v) => {
    const [B, C] = [at(cachedKeys.shape, 0), at(cachedKeys.shape, 2)];
    const queries = reshape(q, [B, config.kvHeads, group, config.headDim]);
    const scores = concat([matmul(queries, cachedKeys, { transB: true, alpha }), matmul(queries, k, { transB: true, alpha })], 3);
    const parts = split(softmax(add(scores, mask)), 3, [C, 1]);
    return reshape(add(matmul(at(parts, 0), cachedValues), matmul(at(parts, 1), v)), q.shape);
  };
}
