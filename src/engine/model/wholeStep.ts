/** Runs training steps on the graph of a whole step. */

import { GraphSession, type ArrayTensor, type FloatArray } from '../graph/executor.ts';
import { Workspace } from '../graph/workspace.ts';
import type { TokenBatch } from './batch.ts';
import type { DecoderConfig } from './decoder.ts';
import { GRADIENT, type GraphOptions } from './graphs.ts';
import type { PositionFeeds } from './positions.ts';
import { attentionKinds, numbered, stepGraph, TARGET_PARTS } from './stepGraph.ts';

type Feeds = Readonly<Record<string, ArrayTensor>>;

/** The input of the graph for the embedded tokens, whose gradient the caller adds to the embedding's. */
export const EMBEDDED = 'x';

/** What a step computes with, beside the weights. */
export interface StepInputs {
  readonly batch: TokenBatch;
  /** the embedded tokens, [rows * length, hidden] */
  readonly embedded: FloatArray;
  readonly positions: ArrayTensor;
  /** one record a layer */
  readonly layers: readonly PositionFeeds[];
  /** dLoss / dlogProbability of every target */
  readonly weights: Float64Array;
}

export class WholeStep {
  private readonly config: DecoderConfig;
  private readonly dtype: 'float32' | 'float64';
  private readonly session: GraphSession;
  private readonly tensors: Feeds;
  private readonly workspace = new Workspace();

  private constructor(config: DecoderConfig, dtype: 'float32' | 'float64', session: GraphSession, tensors: Feeds) {
    this.config = config;
    this.dtype = dtype;
    this.session = session;
    this.tensors = tensors;
  }

  /** @param tensors weights and adapter by their full names */
  static async open(graphs: GraphOptions, tensors: Feeds, threads: number): Promise<WholeStep> {
    const session = await GraphSession.open(stepGraph(graphs), { threads });
    return new WholeStep(graphs.config, graphs.dtype === 'float64' ? 'float64' : 'float32', session, tensors);
  }

  async dispose(): Promise<void> {
    await this.session.dispose();
  }

  /**
   * @param inputs of at least TARGET_PARTS targets
   * @param take is given the gradient of every trained tensor under its full name, and that of EMBEDDED
   * @returns nats, one for each of the batch's targets
   */
  async run(inputs: StepInputs, take: (name: string, gradient: FloatArray) => void): Promise<Float64Array> {
    const { batch, embedded, positions, layers, weights } = inputs;
    const results = await this.session.run({
      ...this.tensors, ...this.kindFeeds(layers), ...this.targetFeeds(batch, weights), positions,
      [EMBEDDED]: { shape: [batch.rows * batch.length, this.config.hiddenSize], data: embedded },
    }, (output, length, dtype) => this.workspace.take(output, length, dtype));
    for (const [output, { data }] of Object.entries(results)) {
      if (output.startsWith(GRADIENT)) take(output.slice(GRADIENT.length), data as FloatArray);
    }
    const logProbabilities = new Float64Array(weights.length);
    partsOf(weights.length).forEach(([start], part) => logProbabilities.set(results[numbered('logProbability', part)].data as FloatArray, start));
    return logProbabilities;
  }

  private targetFeeds({ targetPositions, targetIds }: TokenBatch, weights: Float64Array): Feeds {
    return Object.fromEntries(partsOf(weights.length).flatMap(([start, end], part): [string, ArrayTensor][] => {
      const weight = this.workspace.takeFloats(numbered('weight', part), end - start, this.dtype);
      weight.set(weights.subarray(start, end));
      return [
        [numbered('targets', part), this.workspace.integers(numbered('targets', part), targetPositions.subarray(start, end))],
        [numbered('labels', part), this.workspace.integers(numbered('labels', part), targetIds.subarray(start, end))],
        [numbered('weight', part), { shape: [end - start], data: weight }],
      ];
    }));
  }

  private kindFeeds(layers: readonly PositionFeeds[]): Feeds {
    const { attention } = this.config;
    return Object.fromEntries(attentionKinds(attention).flatMap((one, kind) => {
      const { mask, cos, sin } = layers[attention.indexOf(one)];
      return [[numbered('mask', kind), mask], [numbered('cos', kind), cos], [numbered('sin', kind), sin]];
    }));
  }
}

/** Where each part of so many targets starts and ends. */
function partsOf(targets: number): [start: number, end: number][] {
  const bound = (part: number): number => Math.floor((part * targets) / TARGET_PARTS);
  return Array.from({ length: TARGET_PARTS }, (_, part) => [bound(part), bound(part + 1)]);
}
