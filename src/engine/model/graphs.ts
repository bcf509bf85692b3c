/** The graphs of a decoder: one block forward and backward, and the head, each compiled once for all layers. */

import { elements, evaluateDim } from '../graph/dims.ts';
import { compileGraph, savedActivations, type CompiledGraph } from '../graph/emitter.ts';
import { gradients } from '../graph/gradient.ts';
import { linear, linearForFewRows } from '../graph/ops/matmul.ts';
import { Graph, type Tensor } from '../graph/tape.ts';
import type { DecoderConfig } from './decoder.ts';
import {
  attendToCache, attendWithin, blockAdapter, blockInputs, blockWeights, decoderBlock, matrixInput, normalize, scoreLabels,
  type Linear, type LoraShape, type NumberFormat,
} from './layers.ts';

/** What receives gradients. */
export type Trainable = 'weights' | 'adapter' | 'nothing';

export interface GraphOptions extends NumberFormat {
  readonly config: DecoderConfig;
  readonly lora: LoraShape | undefined;
  readonly trainable: Trainable;
  /** The logits of the heads with labels are divided by it; 1 unless given. */
  readonly temperature?: number | undefined;
}

/** Prefix of the gradient of an input in the outputs of a backward graph. */
export const GRADIENT = 'd:';

/** Prefix of the activations that a forward graph saves for its backward graph. */
export const SAVED = 'saved:';

/** Inputs: x, positions, cos, sin, mask [M,1,1,T,T] and the weights. Output: y. */
export function forwardGraph(options: GraphOptions): CompiledGraph {
  return compileGraph('block', new Map([['y', trainingBlock(options).output]]));
}

/**
 * The block and its backward pass, as two graphs that hand over activations or as one that computes them again.
 *
 * Backward inputs: those of the block and `dy`. Outputs: `d:x`, and `d:` with the name of every trained tensor.
 */
export function backwardGraphs(options: GraphOptions): { forward: CompiledGraph; backward: CompiledGraph; recomputing: CompiledGraph } {
  const { outputs, kept, saved } = differentiatedBlock(options);
  return {
    forward: compileGraph('block keeping activations', kept),
    backward: compileGraph('block backward', outputs, saved),
    recomputing: compileGraph('block backward with recomputation', outputs),
  };
}

interface DifferentiatedBlock {
  /** of the backward pass */
  readonly outputs: ReadonlyMap<string, Tensor>;
  /** of the forward pass: `y` and what is saved */
  readonly kept: ReadonlyMap<string, Tensor>;
  readonly saved: ReadonlyMap<string, Tensor>;
}

function differentiatedBlock(options: GraphOptions): DifferentiatedBlock {
  const block = trainingBlock(options);
  const boundary = block.graph.calls.length;
  const dy = block.graph.input('dy', options.dtype, block.output.shape);
  const wrt: [string, Tensor][] = [['x', block.x], ...block.trained];
  const found = gradients([{ of: block.output, gradient: dy }], wrt.map(([, tensor]) => tensor));
  const outputs = new Map(wrt.map(([name], index) => [GRADIENT + name, found[index]]));
  const saved = new Map(savedActivations(found, boundary).map((tensor, index) => [SAVED + index, tensor]));
  return { outputs, kept: new Map([['y', block.output], ...saved]), saved };
}

/**
 * Memory that the activations of one pass take, when they are saved for the backward graph.
 *
 * @returns bytes for all layers of a batch of `rows` rows of `length` tokens
 */
export function activationBytes(options: GraphOptions, rows: number, length: number): number {
  const sizes = new Map([['B', rows], ['T', length]]);
  const values = [...differentiatedBlock(options).kept.values()].reduce((sum, { shape }) => sum + evaluateDim(elements(shape), sizes), 0);
  return values * options.config.layers * (options.dtype === 'float64' ? 8 : 4);
}

interface TrainingBlock {
  readonly graph: Graph;
  readonly x: Tensor;
  readonly output: Tensor;
  readonly keys: Tensor;
  readonly values: Tensor;
  /** by name within the block */
  readonly trained: readonly [string, Tensor][];
}

function trainingBlock({ config, dtype, matrices, lora, trainable }: GraphOptions): TrainingBlock {
  const graph = new Graph();
  const inputs = blockInputs(graph, config, dtype);
  const mask = graph.input('mask', dtype, ['M', 1, 1, 'T', 'T']);
  const weights = blockWeights(graph, config, { dtype, matrices });
  const adapter = lora && { lora, tensors: blockAdapter(graph, config, lora, dtype) };
  const block = decoderBlock(config, inputs, weights, adapter, attendWithin(config, mask));
  const trained = trainable === 'weights' ? [...weights] : trainable === 'adapter' ? [...(adapter?.tensors ?? [])] : [];
  return { graph, x: inputs.x, ...block, trained };
}

/**
 * The head over rows gathered from the hidden states.
 *
 * Inputs: x [R, hidden], labels [R], weight [R] = dLoss / dlogProbability, norm, head. Outputs: logProbability [R] and,
 * unless only scoring, d:x and, when weights are trained, d:norm and d:head.
 */
export function headGraphs({ config, dtype, matrices, trainable, temperature }: GraphOptions): { score: CompiledGraph; backward: CompiledGraph } {
  const graph = new Graph();
  const { x, norm, head } = headInputs(graph, config, { dtype, matrices });
  const logProbability = scoreLabels(config, { hidden: x, norm, head, labels: graph.input('labels', 'int64', ['R']) }, temperature);
  const weight = graph.input('weight', dtype, ['R']);
  const wrt: [string, Tensor][] = [['x', x]];
  if (trainable === 'weights') wrt.push(['norm', norm], ['head', head]);
  const found = gradients([{ of: logProbability, gradient: weight }], wrt.map(([, tensor]) => tensor));
  const outputs = new Map(wrt.map(([name], index) => [GRADIENT + name, found[index]]));
  return {
    score: compileGraph('head', new Map([['logProbability', logProbability]])),
    backward: compileGraph('head backward', new Map([['logProbability', logProbability], ...outputs])),
  };
}

/** How many rows a graph is meant for; any graph works for any number, but not as fast. */
export type RowCount = 'one' | 'few' | 'many';

/** Inputs: x [R, hidden], norm, head. Output: logits [R, vocabulary]. */
export function logitsGraph(config: DecoderConfig, format: NumberFormat, rows: RowCount): CompiledGraph {
  const { x, norm, head } = headInputs(new Graph(), config, format);
  return compileGraph('logits', new Map([['logits', linearFor(rows)(normalize(config, x, norm), head)]]));
}

/** A single row is a matrix-vector product, for which the kernel has a way of its own. */
function linearFor(rows: RowCount): Linear {
  return rows === 'few' ? linearForFewRows : linear;
}

function headInputs(graph: Graph, config: DecoderConfig, format: NumberFormat): { x: Tensor; norm: Tensor; head: Tensor } {
  return {
    x: graph.input('x', format.dtype, ['R', config.hiddenSize]),
    norm: graph.input('norm', format.dtype, [config.hiddenSize]),
    head: matrixInput(graph, 'head', [config.vocabSize, config.hiddenSize], format),
  };
}

/** The block over whole prompts; outputs y, keys and values [B, kvHeads, T, d]. */
export function prefillGraph(options: GraphOptions): CompiledGraph {
  const { output, keys, values } = trainingBlock(options);
  return compileGraph('block for prompts', new Map([['y', output], ['keys', keys], ['values', values]]));
}

/**
 * The block for one new token a row. Inputs beside the weights: x [B, hidden], positions [B, 1], cachedKeys and
 * cachedValues [B, kvHeads, C, d], mask [B, 1, 1, C+1]. Outputs: y, and the new keys and values [B, kvHeads, 1, d].
 */
export function decodeGraph({ config, dtype, matrices, lora }: GraphOptions, rows: RowCount): CompiledGraph {
  const graph = new Graph();
  const inputs = blockInputs(graph, config, dtype, 1);
  const cache = (name: string): Tensor => graph.input(name, dtype, ['B', config.kvHeads, 'C', config.headDim]);
  const [cachedKeys, cachedValues] = [cache('cachedKeys'), cache('cachedValues')];
  const mask = graph.input('mask', dtype, ['B', 1, 1, 'C+1']);
  const weights = blockWeights(graph, config, { dtype, matrices });
  const adapter = lora && { lora, tensors: blockAdapter(graph, config, lora, dtype) };
  const { output, keys, values } = decoderBlock(config, inputs, weights, adapter, attendToCache(config, cachedKeys, cachedValues, mask), linearFor(rows));
  return compileGraph('block for one token', new Map([['y', output], ['keys', keys], ['values', values]]));
}
