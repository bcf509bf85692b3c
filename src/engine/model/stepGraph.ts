/** A whole training step as one graph: every layer forward, the head, every layer backward. */

import { compileGraph, type CompiledGraph } from '../graph/emitter.ts';
import { gradients } from '../graph/gradient.ts';
import { takeRows } from '../graph/ops/rows.ts';
import { Graph, type Tensor } from '../graph/tape.ts';
import { layerAttention, type LayerAttention } from './decoder.ts';
import { GRADIENT, type GraphOptions } from './graphs.ts';
import { attendWithin, blockAdapter, blockWeights, decoderBlock, scoreLabels } from './layers.ts';
import { blockPrefix, FINAL_NORM, headName } from './layout.ts';
import { ADAPTER_PREFIX } from './lora.ts';

/** Targets are scored in so many parts, so that fewer logits exist at a time; each part has at least one target. */
export const TARGET_PARTS = 4;

/** The name of one of several like inputs or outputs. */
export function numbered(name: string, index: number): string {
  return `${name} ${index}`;
}

/**
 * Activations stay inside the runtime, which saves copying them out and in again between graphs; the price is that the
 * loss must depend on the log-probabilities in a way that is known before they are, and that nothing can be
 * interrupted within a step.
 *
 * Inputs: x [B*T, hidden] (the embedded tokens), positions [B, T], all weights and the adapter by their full names; numbered
 * by the kind of layer cos, sin and mask; numbered by part targets [R] (different rows of x), labels [R] and
 * weight [R] = dLoss / dlogProbability. Outputs: logProbability [R] of each part and, under `d:` and its input's name, the
 * gradient of whatever is trained; with weights also that of x.
 */
export function stepGraph({ config, dtype, lora, trainable, temperature }: GraphOptions): CompiledGraph {
  const graph = new Graph();
  const embedded = graph.input('x', dtype, ['B*T', config.hiddenSize]);
  const positions = graph.input('positions', 'int64', ['B', 'T']);
  const kinds = attentionKinds(config.attention).map((_, kind) => ({
    cos: graph.input(numbered('cos', kind), dtype, ['L', config.headDim / 2]),
    sin: graph.input(numbered('sin', kind), dtype, ['L', config.headDim / 2]),
    mask: graph.input(numbered('mask', kind), dtype, ['M', 1, 1, 'T', 'T']),
  }));
  const trained: Tensor[] = [];
  let x = embedded;
  for (let layer = 0; layer < config.layers; layer++) {
    const { mask, ...angles } = kinds[kindOf(config.attention, layerAttention(config, layer))];
    const weights = blockWeights(graph, config, { dtype }, blockPrefix(layer));
    const adapter = lora && { lora, tensors: blockAdapter(graph, config, lora, dtype, ADAPTER_PREFIX + blockPrefix(layer)) };
    x = decoderBlock(config, { x, positions, ...angles }, weights, adapter, attendWithin(config, mask)).output;
    trained.push(...(trainable === 'weights' ? weights : adapter?.tensors ?? []).values());
  }
  const norm = graph.input(FINAL_NORM, dtype, [config.hiddenSize]);
  const head = graph.input(headName(config), dtype, [config.vocabSize, config.hiddenSize]);
  if (trainable === 'weights') trained.push(embedded, norm, head);
  const parts = Array.from({ length: TARGET_PARTS }, (_, part) => {
    const rows = `R${part}`;
    const hidden = takeRows(x, graph.input(numbered('targets', part), 'int64', [rows]));
    const logProbability = scoreLabels(config, { hidden, norm, head, labels: graph.input(numbered('labels', part), 'int64', [rows]) }, temperature);
    return { logProbability, seed: { of: logProbability, gradient: graph.input(numbered('weight', part), dtype, [rows]) } };
  });
  const found = gradients(parts.map(({ seed }) => seed), trained);
  return compileGraph('step', new Map([
    ...parts.map(({ logProbability }, part): [string, Tensor] => [numbered('logProbability', part), logProbability]),
    ...found.map((gradient, index): [string, Tensor] => [GRADIENT + (trained[index].name ?? ''), gradient]),
  ]));
}

/** The different ways in which layers see positions, in the order of their first layers. */
export function attentionKinds(attention: readonly LayerAttention[]): LayerAttention[] {
  return [...new Set(attention)];
}

function kindOf(attention: readonly LayerAttention[], one: LayerAttention): number {
  return attentionKinds(attention).indexOf(one);
}
