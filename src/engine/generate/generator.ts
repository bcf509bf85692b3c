/** Batched text generation: prompts in, completions out, token by token over a cache of keys and values. */

import { UserError } from '../errors.ts';
import { GraphSession, type ArrayTensor } from '../graph/executor.ts';
import { Workspace } from '../graph/workspace.ts';
import type { DecoderConfig } from '../model/decoder.ts';
import { embedTokens } from '../model/embedding.ts';
import { decodeGraph, logitsGraph, prefillGraph, type GraphOptions } from '../model/graphs.ts';
import { blockPrefix, blockShapes, EMBEDDING, FINAL_NORM, headName, precisionOf } from '../model/layout.ts';
import { loraTensorName, type LoraAdapter } from '../model/lora.ts';
import { causalMask, LayerPositions, positionIds } from '../model/positions.ts';
import type { FrozenWeights, HalfTensor, WeightTensor } from '../model/weights.ts';
import { RandomGenerator } from '../random.ts';
import { KeyValueCache } from './cache.ts';
import { sampleToken, type Sampling } from './sampling.ts';

export interface Completion {
  /** without the token that ended it */
  readonly ids: number[];
  readonly finish: 'end' | 'length' | 'aborted';
}

export interface GenerateOptions {
  /** called with the index of the prompt, as soon as a token is chosen; not for the token that ends a sequence */
  readonly onToken?: (sequence: number, id: number) => void;
  /**
   * called with every token that was drawn, the one that ends a sequence too, and the logits that it was drawn from,
   * which are valid during the call only
   */
  readonly onDraw?: (sequence: number, id: number, logits: Float32Array) => void;
  /** checked between layers; what was generated so far is returned */
  readonly signal?: AbortSignal;
}

/** Prompts are read in groups of at most so many tokens, padding included, which bounds the memory. */
const PREFILL_TOKENS = 4096;

interface Sessions {
  readonly prefill: GraphSession;
  /** for a single sequence, and for several */
  readonly decode: { readonly one: GraphSession; readonly few: GraphSession };
  readonly logits: { readonly one: GraphSession; readonly few: GraphSession };
}

/** One answer under way. */
interface Sequence {
  readonly index: number;
  readonly random: RandomGenerator;
  readonly ids: number[];
  readonly limit: number;
  finish: Completion['finish'] | undefined;
}

/**
 * A model that is ready to answer. Weights are read in place and an adapter is applied beside them, so a base model
 * and its tuned forms share one copy.
 */
export class Generator {
  private readonly config: DecoderConfig;
  private readonly weights: FrozenWeights;
  private readonly layers: readonly Readonly<Record<string, ArrayTensor>>[];
  private readonly sessions: Sessions;
  private readonly positions: LayerPositions;
  private readonly workspace = new Workspace();
  /** settles when the call before is done: calls share the buffers, so they take turns */
  private turn: Promise<unknown> = Promise.resolve();

  private constructor(options: { config: DecoderConfig; weights: FrozenWeights; adapter?: LoraAdapter | undefined }, sessions: Sessions) {
    this.config = options.config;
    this.weights = options.weights;
    this.sessions = sessions;
    this.positions = new LayerPositions(options.config, 'float32');
    this.layers = Array.from({ length: options.config.layers }, (_, layer) => layerFeeds(options, layer));
  }

  /** @param options.threads 0: one a physical core */
  static async open(options: { config: DecoderConfig; weights: FrozenWeights; adapter?: LoraAdapter | undefined; threads: number }): Promise<Generator> {
    const { config, adapter, threads } = options;
    const graphs: GraphOptions = { config, dtype: 'float32', matrices: precisionOf(options.weights), lora: adapter, trainable: 'nothing' };
    return new Generator(options, {
      prefill: await GraphSession.open(prefillGraph(graphs), { threads }),
      decode: {
        one: await GraphSession.open(decodeGraph(graphs, 'one'), { threads }),
        few: await GraphSession.open(decodeGraph(graphs, 'few'), { threads }),
      },
      logits: {
        one: await GraphSession.open(logitsGraph(config, graphs, 'one'), { threads }),
        few: await GraphSession.open(logitsGraph(config, graphs, 'few'), { threads }),
      },
    });
  }

  async dispose(): Promise<void> {
    const { prefill, decode, logits } = this.sessions;
    for (const session of [prefill, decode.one, decode.few, logits.one, logits.few]) await session.dispose();
  }

  /**
   * Answers all prompts together. Each prompt has random numbers of its own, so an answer does not depend on its neighbours
   * beyond rounding. Calls to one generator are answered one after the other.
   *
   * @param prompts token ids, each of at least one token
   * @returns one completion a prompt, in their order; 'length' also when the model's context is full
   * @throws UserError "generate.prompt.empty", "generate.prompt.too-long", "generate.token.unknown"
   */
  async generate(prompts: readonly (readonly number[])[], sampling: Sampling, options: GenerateOptions = {}): Promise<Completion[]> {
    prompts.forEach((prompt, index) => this.refuse(prompt, index));
    const sequences = prompts.map((prompt, index): Sequence => ({
      index, ids: [], finish: undefined,
      random: new RandomGenerator(sampling.seed, index),
      limit: Math.min(sampling.maxNewTokens, this.config.maxPositions - prompt.length),
    }));
    try {
      if (prompts.length > 0) await this.inTurn(() => this.run(prompts, sequences, sampling, options));
    } catch (fault) {
      if (!options.signal?.aborted || fault !== options.signal.reason) throw fault;
    }
    return sequences.map(({ ids, finish }) => ({ ids, finish: finish ?? 'aborted' }));
  }

  private inTurn(work: () => Promise<void>): Promise<void> {
    const result = this.turn.then(work);
    this.turn = result.catch(() => undefined);
    return result;
  }

  private async run(prompts: readonly (readonly number[])[], sequences: readonly Sequence[], sampling: Sampling, options: GenerateOptions): Promise<void> {
    const cache = new KeyValueCache(this.config, prompts.length, Math.max(...prompts.map((prompt) => prompt.length)) + 1);
    const last = await this.readPrompts(prompts, cache, options.signal);
    let active = [...sequences];
    let hidden = last;
    for (;;) {
      const logits = await this.logits(hidden, active.length);
      active.forEach((sequence, row) =>
        choose(sequence, logits.subarray(row * this.config.vocabSize, (row + 1) * this.config.vocabSize), sampling, options));
      const kept = active.flatMap((sequence, row) => (sequence.finish === undefined ? [row] : []));
      if (kept.length === 0) return;
      if (kept.length < active.length) {
        cache.keepRows(kept);
        active = kept.map((row) => active[row]);
      }
      hidden = await this.advance(active.map(({ ids }) => ids.at(-1) as number), cache, options.signal);
    }
  }

  /** Fills the cache with all prompts. @returns the hidden state of each prompt's last token, [prompts, hidden] */
  private async readPrompts(prompts: readonly (readonly number[])[], cache: KeyValueCache, signal: AbortSignal | undefined): Promise<Float32Array> {
    const { hiddenSize } = this.config;
    const last = new Float32Array(prompts.length * hiddenSize);
    for (const group of groupByLength(prompts)) {
      const length = Math.max(...group.map((row) => (prompts[row]).length));
      const ids = new Int32Array(group.length * length);
      group.forEach((row, index) => ids.set(prompts[row], index * length));
      // Padding is on the right, where the causal mask alone hides it.
      const positions = positionIds(group.length, length);
      const feeds = this.positions.upTo(length, (window) => causalMask(length, 'float32', window));
      let hidden = this.embed(ids);
      for (let layer = 0; layer < this.config.layers; layer++) {
        signal?.throwIfAborted();
        const output = await this.block(this.sessions.prefill, layer, { ...feeds[layer], positions, x: { shape: [ids.length, hiddenSize], data: hidden } });
        group.forEach((row, index) => cache.append(layer, { ...output, row: index, tokens: length }, row, (prompts[row]).length));
        hidden = output.y;
      }
      group.forEach((row, index) => {
        const count = (prompts[row]).length;
        cache.setLength(row, count);
        const from = (index * length + count - 1) * hiddenSize;
        last.set(hidden.subarray(from, from + hiddenSize), row * hiddenSize);
      });
    }
    return last;
  }

  /** Reads one more token a row. @returns its hidden state, [rows, hidden] */
  private async advance(tokens: readonly number[], cache: KeyValueCache, signal: AbortSignal | undefined): Promise<Float32Array> {
    const rows = tokens.length;
    cache.reserve();
    const longest = Math.max(...tokens.map((_, row) => cache.lengthOf(row)));
    const positions = { shape: [rows, 1], data: BigInt64Array.from(tokens, (_, row) => BigInt(cache.lengthOf(row))) };
    const feeds = this.positions.upTo(longest + 1, (window) => cache.mask(window));
    const session = rows === 1 ? this.sessions.decode.one : this.sessions.decode.few;
    let hidden = this.embed(Int32Array.from(tokens));
    for (let layer = 0; layer < this.config.layers; layer++) {
      signal?.throwIfAborted();
      const output = await this.block(session, layer, { ...feeds[layer], ...cache.feeds(layer), positions, x: { shape: [rows, this.config.hiddenSize], data: hidden } });
      for (let row = 0; row < rows; row++) cache.append(layer, { ...output, row, tokens: 1 }, row, 1);
      hidden = output.y;
    }
    for (let row = 0; row < rows; row++) cache.setLength(row, cache.lengthOf(row) + 1);
    return hidden;
  }

  private async block(session: GraphSession, layer: number, feeds: Readonly<Record<string, ArrayTensor>>): Promise<{ y: Float32Array; keys: Float32Array; values: Float32Array }> {
    const results = await session.run({ ...feeds, ...this.layers[layer] }, (output, length, dtype) =>
      // The input of a layer is the output of the one before, so two buffers take turns.
      this.workspace.take(output === 'y' ? `y ${layer % 2}` : output, length, dtype));
    return { y: floats(results, 'y'), keys: floats(results, 'keys'), values: floats(results, 'values') };
  }

  private async logits(hidden: Float32Array, rows: number): Promise<Float32Array> {
    const session = rows === 1 ? this.sessions.logits.one : this.sessions.logits.few;
    const feeds = {
      x: { shape: [rows, this.config.hiddenSize], data: hidden },
      norm: find(this.weights, FINAL_NORM), head: find(this.weights, headName(this.config)),
    };
    return floats(await session.run(feeds, (output, length, dtype) => this.workspace.take(output, length, dtype)), 'logits');
  }

  private embed(ids: Int32Array): Float32Array {
    const hidden = this.workspace.takeFloats('embedded', ids.length * this.config.hiddenSize, 'float32');
    embedTokens(this.config, find(this.weights, EMBEDDING).data, ids, hidden);
    return hidden;
  }

  private refuse(prompt: readonly number[], index: number): void {
    const place = { place: { row: index + 1 } };
    if (prompt.length === 0) throw new UserError('generate.prompt.empty', `Prompt ${index + 1} is empty.`, 'Write something for the model to answer.', place);
    if (prompt.length >= this.config.maxPositions) {
      throw new UserError('generate.prompt.too-long',
        `Prompt ${index + 1} has ${prompt.length} tokens; the model reads at most ${this.config.maxPositions}, its answer included.`, 'Shorten the prompt.', place);
    }
    const unknown = prompt.find((id) => id < 0 || id >= this.config.vocabSize);
    if (unknown !== undefined) {
      throw new UserError('generate.token.unknown',
        `Prompt ${index + 1} has the token ${unknown}, but the model knows only the ${this.config.vocabSize} tokens from 0 on.`, 'Use the tokenizer that belongs to the model.', place);
    }
  }
}

/** Draws the next token of a sequence, or ends it. */
function choose(sequence: Sequence, logits: Float32Array, sampling: Sampling, { onToken, onDraw }: GenerateOptions): void {
  if (sequence.limit <= 0) {
    sequence.finish = 'length';
    return;
  }
  if (sequence.ids.length < (sampling.minNewTokens ?? 0)) for (const end of sampling.endIds) logits[end] = -Infinity;
  const id = sampleToken(logits, sampling, sequence.random);
  onDraw?.(sequence.index, id, logits);
  if (sampling.endIds.includes(id)) {
    sequence.finish = 'end';
    return;
  }
  sequence.ids.push(id);
  onToken?.(sequence.index, id);
  if (sequence.ids.length >= sequence.limit) sequence.finish = 'length';
}

/** Prompts of like length side by side, each group within the memory that a forward pass may take. */
function groupByLength(prompts: readonly (readonly number[])[]): number[][] {
  const order = prompts.map((_, row) => row).sort((a, b) => (prompts[a]).length - (prompts[b]).length);
  const groups: number[][] = [];
  for (const row of order) {
    const group = groups.at(-1);
    const length = (prompts[row]).length;
    if (group !== undefined && (group.length + 1) * length <= PREFILL_TOKENS) group.push(row);
    else groups.push([row]);
  }
  return groups;
}

function layerFeeds({ config, weights, adapter }: { config: DecoderConfig; weights: FrozenWeights; adapter?: LoraAdapter | undefined }, layer: number): Record<string, ArrayTensor> {
  const feeds: Record<string, ArrayTensor> = {};
  for (const { name } of blockShapes(config)) feeds[name] = find(weights, blockPrefix(layer) + name);
  for (const module of adapter?.targetModules ?? []) {
    for (const half of ['A', 'B'] as const) {
      const full = loraTensorName(layer, module, half);
      feeds[full.slice(`base_model.model.${blockPrefix(layer)}`.length)] = find((adapter as LoraAdapter).tensors, full);
    }
  }
  return feeds;
}

function find(weights: FrozenWeights, name: string): WeightTensor | HalfTensor {
  const tensor = weights.get(name);
  if (tensor === undefined) throw new Error(`the weights have no ${name}`);
  return tensor;
}

function floats(results: Readonly<Record<string, ArrayTensor>>, name: string): Float32Array {
  const data = results[name]?.data;
  if (!(data instanceof Float32Array)) throw new Error(`the graph gave no ${name}`);
  return data;
}
