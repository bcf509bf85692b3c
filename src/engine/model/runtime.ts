/** Drives a decoder through its graphs, layer by layer: hidden states, log-probabilities, gradients. */

import { GraphSession, type Allocate, type ArrayTensor, type FloatArray } from '../graph/executor.ts';
import { Workspace } from '../graph/workspace.ts';
import { headRows, type Activations } from './activations.ts';
import type { TokenBatch } from './batch.ts';
import type { DecoderConfig } from './decoder.ts';
import { addEmbeddingGradient, embedTokens } from './embedding.ts';
import { backwardGraphs, forwardGraph, GRADIENT, headGraphs, SAVED, type GraphOptions, type Trainable } from './graphs.ts';
import type { LoraShape } from './layers.ts';
import { blockPrefix, blockShapes, EMBEDDING, FINAL_NORM, headName, precisionOf } from './layout.ts';
import { loraTensorName } from './lora.ts';
import { causalMask, LayerPositions, packedMask, positionIds, type PositionFeeds } from './positions.ts';
import { TARGET_PARTS } from './stepGraph.ts';
import { EMBEDDED, WholeStep } from './wholeStep.ts';

/** Named tensors of either precision; float64 serves only to check the engine against itself. */
export type Parameters = ReadonlyMap<string, { readonly shape: readonly number[]; readonly data: FloatArray }>;

interface FrozenTensor {
  readonly shape: readonly number[];
  readonly data: FloatArray | Uint16Array;
}

export interface RuntimeOptions {
  readonly config: DecoderConfig;
  /** read in place and never copied; matrices may be in float16 where only an adapter or nothing is trained */
  readonly weights: ReadonlyMap<string, FrozenTensor>;
  readonly adapter?: (LoraShape & { readonly tensors: Parameters }) | undefined;
  readonly trainable: Trainable;
  /** 0: one a physical core */
  readonly threads: number;
  readonly dtype?: 'float32' | 'float64';
  readonly activations?: Activations;
  /** Log-probabilities are those of sampling at this temperature; 1 unless given. */
  readonly temperature?: number | undefined;
}

/** A batch on its way through the layers. Valid until the next forward pass of the same runtime. */
export interface Pass {
  readonly batch: TokenBatch;
  /** after the last layer, before the final norm: [rows * length, hidden] */
  readonly hidden: FloatArray;
  readonly layerInputs: readonly FloatArray[];
  /** one record a layer; empty when activations are computed again */
  readonly saved: readonly Readonly<Record<string, ArrayTensor>>[];
}

interface Sessions {
  readonly forward: GraphSession;
  readonly score: GraphSession;
  readonly training: { readonly forward: GraphSession; readonly backward: GraphSession; readonly head: GraphSession } | undefined;
}

/** Adds what a backward pass finds to the array of each trained tensor, under its full name. */
export type GradientSums = ReadonlyMap<string, FloatArray>;

/** The graph of a whole step holds the logits of all targets at once; this many are 0.27 GB. */
const WHOLE_STEP_LOGITS = 2 ** 26;

type Feeds = Readonly<Record<string, ArrayTensor>>;

export class DecoderRuntime {
  readonly config: DecoderConfig;
  private readonly options: RuntimeOptions;
  private readonly sessions: Sessions;
  private readonly dtype: 'float32' | 'float64';
  private readonly activations: Activations;
  /** A whole step would hold every widened matrix from its forward to its backward pass. */
  private readonly isHalf: boolean;
  private readonly workspace = new Workspace();
  private readonly reused: Allocate = (name, length, dtype) => this.workspace.take(name, length, dtype);
  private readonly positions: LayerPositions;
  /** the weights of every layer, by their names within the block */
  private readonly layerFeeds: readonly Feeds[];
  /** full name of a trained tensor by layer and name within the block */
  private readonly trainedNames: readonly ReadonlyMap<string, string>[];
  /** Logits of one chunk of rows exist at a time. */
  private readonly headRows: number;
  /** opened on first use: only losses that are known beforehand need it */
  private whole: Promise<WholeStep> | undefined;

  private constructor(options: RuntimeOptions, sessions: Sessions) {
    this.options = options;
    this.config = options.config;
    this.sessions = sessions;
    this.dtype = options.dtype ?? 'float32';
    this.isHalf = precisionOf(options.weights) === 'float16';
    this.positions = new LayerPositions(options.config, this.dtype);
    this.activations = options.activations ?? 'whole-step';
    this.headRows = headRows(options.config.vocabSize, this.activations === 'recomputed');
    const layers = Array.from({ length: options.config.layers }, (_, layer) => layerNames(options, layer));
    this.layerFeeds = layers.map((names) => Object.fromEntries([...names.weights, ...names.adapter]
      .map(([name, full]) => [name, find(options, full)])));
    this.trainedNames = layers.map(({ weights, adapter }) =>
      (options.trainable === 'weights' ? weights : options.trainable === 'adapter' ? adapter : new Map()));
  }

  static async open(options: RuntimeOptions): Promise<DecoderRuntime> {
    const matrices = precisionOf(options.weights) === 'float16' ? 'float16' : undefined;
    const graphs: GraphOptions = { config: options.config, dtype: options.dtype ?? 'float32', matrices, lora: options.adapter, trainable: options.trainable, temperature: options.temperature };
    const { threads } = options;
    const heads = headGraphs(graphs);
    const forward = await GraphSession.open(forwardGraph(graphs), { threads });
    const score = await GraphSession.open(heads.score, { threads });
    if (options.trainable === 'nothing') return new DecoderRuntime(options, { forward, score, training: undefined });
    const blocks = backwardGraphs(graphs);
    const recompute = options.activations === 'recomputed';
    const training = {
      forward: recompute ? forward : await GraphSession.open(blocks.forward, { threads }),
      backward: await GraphSession.open(recompute ? blocks.recomputing : blocks.backward, { threads }),
      head: await GraphSession.open(heads.backward, { threads, releasesMemory: recompute }),
    };
    return new DecoderRuntime(options, { forward, score, training });
  }

  async dispose(): Promise<void> {
    const { forward, score, training } = this.sessions;
    for (const session of new Set([forward, score, ...Object.values(training ?? {})])) await session.dispose();
    await (await this.whole)?.dispose();
  }

  /**
   * Adds the gradients of a loss that is a known weighted sum of the log-probabilities. The fastest way to train: the
   * whole step is one graph where memory allows, and `forward` and `backward` else.
   *
   * @param weights dLoss / dlogProbability, one for each of the batch's targets
   * @returns the log-probabilities, as `score` does
   * @throws the signal's reason when it is aborted, at the latest after the batch; `sums` is then incomplete
   */
  async step(batch: TokenBatch, weights: Float64Array, sums: GradientSums, signal?: AbortSignal): Promise<Float64Array> {
    const targets = batch.targetIds.length;
    if (this.activations !== 'whole-step' || this.isHalf || targets < TARGET_PARTS || targets * this.config.vocabSize > WHOLE_STEP_LOGITS) {
      return await this.backward(await this.forward(batch, { forBackward: true, signal }), weights, sums, signal);
    }
    signal?.throwIfAborted();
    const whole = await (this.whole ??= this.openWholeStep());
    const logProbabilities = await whole.run({
      batch, weights, embedded: this.embed(batch), positions: this.positionIds(batch), layers: this.layerPositions(batch),
    }, (name, gradient) => (name === EMBEDDED ? this.embedBackward(batch, gradient, sums) : addTo(sums, name, gradient)));
    signal?.throwIfAborted();
    return logProbabilities;
  }

  private async openWholeStep(): Promise<WholeStep> {
    const { config, adapter, trainable, weights, threads, temperature } = this.options;
    const tensors = Object.fromEntries([...weights, ...(adapter?.tensors ?? [])]);
    return await WholeStep.open({ config, dtype: this.dtype, lora: adapter, trainable, temperature }, tensors, threads);
  }

  /**
   * Runs a batch through all layers.
   *
   * @param options.forBackward keeps what `backward` needs
   * @throws the signal's reason when it is aborted, between two layers
   */
  async forward(batch: TokenBatch, options: { forBackward: boolean; signal?: AbortSignal | undefined }): Promise<Pass> {
    const { hiddenSize, layers } = this.config;
    const keep = options.forBackward && this.activations !== 'recomputed';
    const session = keep && this.sessions.training ? this.sessions.training.forward : this.sessions.forward;
    const positions = this.positionFeeds(batch);
    const layerInputs: FloatArray[] = [];
    const saved: Record<string, ArrayTensor>[] = [];
    let hidden = this.embed(batch);
    for (let layer = 0; layer < layers; layer++) {
      options.signal?.throwIfAborted();
      layerInputs.push(hidden);
      const slot = options.forBackward ? layer : layer % 2;
      const results = await session.run(
        { ...positions[layer], ...this.layerFeeds[layer], x: { shape: [batch.rows * batch.length, hiddenSize], data: hidden } },
        (output, length, dtype) => this.workspace.take(`${output} of layer ${slot}`, length, dtype),
      );
      hidden = floats(results, 'y');
      saved.push(results);
    }
    return { batch, hidden, layerInputs, saved: keep ? saved : [] };
  }

  /**
   * The log-probability of every trained token.
   *
   * @returns nats, one for each of the batch's targets
   */
  async score(pass: Pass, signal?: AbortSignal): Promise<Float64Array> {
    const { targetIds } = pass.batch;
    const logProbabilities = new Float64Array(targetIds.length);
    for (let start = 0; start < targetIds.length; start += this.headRows) {
      signal?.throwIfAborted();
      const feeds = this.headFeeds(pass, start);
      const results = await this.sessions.score.run(feeds, (output, length, dtype) => this.workspace.take(`head ${output}`, length, dtype));
      logProbabilities.set(floats(results, 'logProbability'), start);
    }
    return logProbabilities;
  }

  /**
   * Adds the gradients of a loss to `sums`, given how the loss depends on the log-probabilities.
   *
   * @param pass made with `forBackward`
   * @param weights dLoss / dlogProbability, one for each of the batch's targets
   * @returns the log-probabilities, as `score` does
   * @throws the signal's reason when it is aborted, between two layers; `sums` is then incomplete
   */
  async backward(pass: Pass, weights: Float64Array, sums: GradientSums, signal?: AbortSignal): Promise<Float64Array> {
    const { training } = this.sessions;
    if (training === undefined) throw new Error('this runtime was opened without anything to train');
    const { batch } = pass;
    const { hiddenSize, layers } = this.config;
    const shape = [batch.rows * batch.length, hiddenSize];
    const { logProbabilities, gradient } = await this.headBackward(training.head, pass, weights, sums, signal);
    const positions = this.positionFeeds(batch);
    let dy = gradient;
    for (let layer = layers - 1; layer >= 0; layer--) {
      signal?.throwIfAborted();
      const results = await training.backward.run(
        { ...positions[layer], ...this.layerFeeds[layer], ...savedOnly(pass.saved[layer]), x: { shape, data: pass.layerInputs[layer] }, dy: { shape, data: dy } },
        (output, length, dtype) => this.workspace.take(output === `${GRADIENT}x` ? `dx ${layer % 2}` : output, length, dtype),
      );
      for (const [name, full] of this.trainedNames[layer] ?? []) addTo(sums, full, floats(results, GRADIENT + name));
      dy = floats(results, `${GRADIENT}x`);
    }
    if (this.options.trainable === 'weights') this.embedBackward(batch, dy, sums);
    return logProbabilities;
  }

  private async headBackward(
    session: GraphSession, pass: Pass, weights: Float64Array, sums: GradientSums, signal: AbortSignal | undefined,
  ): Promise<{ logProbabilities: Float64Array; gradient: FloatArray }> {
    const { targetIds, targetPositions } = pass.batch;
    const { hiddenSize } = this.config;
    const logProbabilities = new Float64Array(targetIds.length);
    const gradient = this.workspace.takeFloats('dx of the head', pass.hidden.length, this.dtype).fill(0);
    for (let start = 0; start < targetIds.length; start += this.headRows) {
      signal?.throwIfAborted();
      const feeds = this.headFeeds(pass, start);
      const rows = (feeds['labels']).data.length;
      const weight = this.workspace.takeFloats('head weight', rows, this.dtype);
      weight.set(weights.subarray(start, start + rows));
      const results = await session.run(
        { ...feeds, weight: { shape: [rows], data: weight } },
        (output, length, dtype) => this.workspace.take(`head ${output}`, length, dtype),
      );
      logProbabilities.set(floats(results, 'logProbability'), start);
      scatterRows(floats(results, `${GRADIENT}x`), targetPositions.subarray(start, start + rows), gradient, hiddenSize);
      if (this.options.trainable !== 'weights') continue;
      addTo(sums, FINAL_NORM, floats(results, `${GRADIENT}norm`));
      addTo(sums, headName(this.config), floats(results, `${GRADIENT}head`));
    }
    return { logProbabilities, gradient };
  }

  /** The inputs of a head graph for one chunk of trained tokens. */
  private headFeeds(pass: Pass, start: number): Record<string, ArrayTensor> {
    const { hiddenSize } = this.config;
    const positions = pass.batch.targetPositions.subarray(start, start + this.headRows);
    const ids = pass.batch.targetIds.subarray(start, start + this.headRows);
    const x = this.workspace.takeFloats('head x', positions.length * hiddenSize, this.dtype);
    positions.forEach((position, row) => x.set(pass.hidden.subarray(position * hiddenSize, (position + 1) * hiddenSize), row * hiddenSize));
    return {
      x: { shape: [positions.length, hiddenSize], data: x },
      labels: this.workspace.integers('head labels', ids),
      norm: find(this.options, FINAL_NORM),
      head: find(this.options, headName(this.config)),
    };
  }

  /** What the layers must know about positions, one record a layer. */
  private positionFeeds(batch: TokenBatch): Feeds[] {
    const positions = this.positionIds(batch);
    return this.layerPositions(batch).map((feeds) => ({ positions, ...feeds }));
  }

  private layerPositions({ length, starts }: TokenBatch): PositionFeeds[] {
    return this.positions.upTo(length, (window) => (starts
      ? packedMask(starts, length, this.dtype, window, this.reused) : causalMask(length, this.dtype, window, this.reused)));
  }

  private positionIds({ rows, length, starts }: TokenBatch): ArrayTensor {
    return positionIds(rows, length, starts, this.reused);
  }

  private embed(batch: TokenBatch): FloatArray {
    const hidden = this.workspace.takeFloats('embedded', batch.ids.length * this.config.hiddenSize, this.dtype);
    embedTokens(this.config, find(this.options, EMBEDDING).data, batch.ids, hidden);
    return hidden;
  }

  private embedBackward(batch: TokenBatch, gradient: FloatArray, sums: GradientSums): void {
    const sum = sums.get(EMBEDDING);
    if (sum === undefined) throw new Error(`no array for the gradient of ${EMBEDDING}`);
    addEmbeddingGradient(this.config, batch.ids, gradient, sum);
  }
}

function layerNames(options: RuntimeOptions, layer: number): { weights: Map<string, string>; adapter: Map<string, string> } {
  const weights = new Map(blockShapes(options.config).map(({ name }) => [name, blockPrefix(layer) + name]));
  const adapter = new Map<string, string>();
  for (const module of options.adapter?.targetModules ?? []) {
    for (const half of ['A', 'B'] as const) {
      const full = loraTensorName(layer, module, half);
      adapter.set(full.slice(`base_model.model.${blockPrefix(layer)}`.length), full);
    }
  }
  return { weights, adapter };
}

function find({ weights, adapter }: Pick<RuntimeOptions, 'weights' | 'adapter'>, name: string): FrozenTensor {
  const tensor = weights.get(name) ?? adapter?.tensors.get(name);
  if (tensor === undefined) throw new Error(`the weights have no ${name}`);
  return tensor;
}

function savedOnly(results: Feeds | undefined): Feeds {
  return Object.fromEntries(Object.entries(results ?? {}).filter(([name]) => name.startsWith(SAVED)));
}

function floats(results: Feeds, name: string): FloatArray {
  const data = results[name]?.data;
  if (data === undefined || data instanceof BigInt64Array || data instanceof Uint16Array) throw new Error(`the graph gave no ${name}`);
  return data;
}

function addTo(sums: GradientSums, name: string, gradient: FloatArray): void {
  const sum = sums.get(name);
  if (sum?.length !== gradient.length) throw new Error(`no array for the gradient of ${name}`);
  for (let i = 0; i < gradient.length; i++) sum[i] += gradient[i];
}

function scatterRows(rows: FloatArray, positions: Int32Array, into: FloatArray, width: number): void {
  positions.forEach((position, row) => into.set(rows.subarray(row * width, (row + 1) * width), position * width));
}
