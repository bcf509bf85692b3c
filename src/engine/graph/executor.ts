/** Runs compiled graphs on onnxruntime: binds symbols, feeds dimensions, and writes results where the caller wants them. */

import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type * as OrtModule from 'onnxruntime-node';
import type { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { evaluateDim, isSymbol, type Shape } from './dims.ts';
import type { CompiledGraph } from './emitter.ts';
import type { DType } from './tape.ts';

export type FloatArray = Float32Array | Float64Array;
/** A Uint16Array holds the bits of float16. */
export type TensorData = FloatArray | BigInt64Array | Uint16Array;

/** A tensor in memory. The data is read in place and never copied. */
export interface ArrayTensor {
  readonly shape: readonly number[];
  readonly data: TensorData;
}

/** Says where an output goes; the array must have exactly `length` elements. */
export type Allocate = (output: string, length: number, dtype: DType) => TensorData;

type Ort = typeof OrtModule;

/** A compiled graph that is ready to run. */
export class GraphSession {
  readonly graph: CompiledGraph;
  private readonly ort: Ort;
  private readonly session: InferenceSession;
  /** Wrapping an array for the runtime costs more than looking it up; weights are the same arrays in every step. */
  private readonly wrapped = new WeakMap<TensorData, OrtTensor>();
  private readonly dimVectors = new Map<string, OrtTensor>();
  private readonly runOptions: InferenceSession.RunOptions;

  private constructor(ort: Ort, graph: CompiledGraph, session: InferenceSession, runOptions: InferenceSession.RunOptions) {
    this.runOptions = runOptions;
    this.ort = ort;
    this.graph = graph;
    this.session = session;
  }

  /**
   * @param options.threads 0 is one a physical core
   * @param options.releasesMemory gives working memory back after every run: slower, for large graphs that run seldom
   */
  static async open(graph: CompiledGraph, options: { threads: number; releasesMemory?: boolean }): Promise<GraphSession> {
    const ort = await import('onnxruntime-node');
    const session = await ort.InferenceSession.create(graph.bytes, {
      executionProviders: ['cpu'],
      // Memory patterns plan for one shape and cost gigabytes when lengths vary; higher levels gain nothing here.
      enableMemPattern: false,
      enableCpuMemArena: true,
      graphOptimizationLevel: 'basic',
      executionMode: 'sequential',
      interOpNumThreads: 1,
      intraOpNumThreads: options.threads > 0 ? options.threads : physicalCores(),
      logSeverityLevel: 3,
      // Spinning would burn the cores that the editor needs.
      extra: { session: { intra_op: { allow_spinning: '0' } } },
    });
    return new GraphSession(ort, graph, session, options.releasesMemory ? { extra: { memory: { enable_memory_arena_shrinkage: 'cpu:0' } } } : {});
  }

  /**
   * Runs the graph once. Blocks the thread while it computes, after yielding to the event loop.
   *
   * @param feeds one tensor for every input of the graph; others are ignored
   * @param allocate where results go; without it they are new arrays
   * @throws Error when a shape contradicts the graph
   */
  async run(feeds: Readonly<Record<string, ArrayTensor>>, allocate: Allocate = newArray): Promise<Record<string, ArrayTensor>> {
    const bindings = this.bind(feeds);
    const inputs: Record<string, OrtTensor> = {};
    for (const { name, dtype } of this.graph.inputs) {
      const feed = feeds[name];
      inputs[name] = this.wrap(dtype, feed.data, feed.shape);
    }
    for (const { name, dims } of this.graph.dimInputs) inputs[name] = this.dimVector(name, evaluate(dims, bindings));
    const fetches: Record<string, OrtTensor> = {};
    const results: Record<string, ArrayTensor> = {};
    for (const { name, dtype, shape } of this.graph.outputs) {
      const sizes = evaluate(shape, bindings);
      const data = allocate(name, sizes.reduce((a, b) => a * b, 1), dtype);
      fetches[name] = new this.ort.Tensor(dtype, data, sizes);
      results[name] = { shape: sizes, data };
    }
    await this.session.run(inputs, fetches, this.runOptions);
    return results;
  }

  async dispose(): Promise<void> {
    await this.session.release();
  }

  private bind(feeds: Readonly<Record<string, ArrayTensor>>): Map<string, number> {
    const bindings = new Map<string, number>();
    const fault = (name: string, declared: Shape, found: readonly number[]): Error =>
      new Error(`${this.graph.name}: ${name} is [${found.join(', ')}], the graph says [${declared.join(', ')}] with ${[...bindings].map(([key, value]) => `${key}=${value}`).join(' ')}`);
    for (const { name, shape } of [...this.graph.inputs, ...this.graph.unusedInputs]) {
      const feed = feeds[name];
      if (feed === undefined) continue;
      if (feed.shape.length !== shape.length) throw fault(name, shape, feed.shape);
      shape.forEach((dim, axis) => {
        if (isSymbol(dim) && !bindings.has(dim)) bindings.set(dim, feed.shape[axis]);
      });
    }
    for (const { name, dtype, shape } of this.graph.inputs) {
      const feed = feeds[name];
      if (feed === undefined) throw new Error(`${this.graph.name}: the input ${name} is missing`);
      const size = feed.shape.reduce((a, b) => a * b, 1);
      if (shape.some((dim, axis) => evaluateDim(dim, bindings) !== feed.shape[axis]) || size !== feed.data.length || dtypeOf(feed.data) !== dtype) {
        throw fault(name, shape, feed.shape);
      }
    }
    return bindings;
  }

  private wrap(dtype: DType, data: TensorData, shape: readonly number[]): OrtTensor {
    const known = this.wrapped.get(data);
    if (known !== undefined && known.dims.length === shape.length && known.dims.every((dim, axis) => dim === shape[axis])) return known;
    const tensor = dtype === 'float16' ? this.halfTensor(data, shape) : new this.ort.Tensor(dtype, data, shape);
    this.wrapped.set(data, tensor);
    return tensor;
  }

  /** The runtime's own constructor makes a Float16Array where the language has one, which its native part cannot read. */
  private halfTensor(data: TensorData, shape: readonly number[]): OrtTensor {
    const tensor = new this.ort.Tensor('uint16', data as Uint16Array, shape);
    return Object.assign(tensor, { type: 'float16' as const });
  }

  private dimVector(name: string, sizes: readonly number[]): OrtTensor {
    const known = this.dimVectors.get(name);
    if (known !== undefined && sizes.every((size, index) => (known.data as BigInt64Array)[index] === BigInt(size))) return known;
    const tensor = new this.ort.Tensor('int64', BigInt64Array.from(sizes, (size) => BigInt(size)), [sizes.length]);
    this.dimVectors.set(name, tensor);
    return tensor;
  }
}

/** Hyper-threads share the units that matrix products need, so only cores count. */
export function physicalCores(): number {
  try {
    const cores = new Set<string>();
    let socket = '0';
    for (const line of readFileSync('/proc/cpuinfo', 'utf8').split('\n')) {
      const [key, value] = line.split(':').map((part) => part.trim());
      if (key === 'physical id') socket = value ?? '0';
      if (key === 'core id') cores.add(`${socket}/${value}`);
    }
    // A container may be allowed fewer cores than the machine has.
    if (cores.size > 0) return Math.min(cores.size, availableParallelism());
  } catch {
    // Not Linux: there is no such file, and the estimate below serves.
  }
  return process.arch === 'x64' ? Math.max(1, Math.floor(availableParallelism() / 2)) : availableParallelism();
}

export function newArray(_output: string, length: number, dtype: DType): TensorData {
  switch (dtype) {
    case 'float16': return new Uint16Array(length);
    case 'float32': return new Float32Array(length);
    case 'float64': return new Float64Array(length);
    case 'int64': return new BigInt64Array(length);
  }
}

function dtypeOf(data: TensorData): DType {
  return data instanceof Float32Array ? 'float32' : data instanceof Float64Array ? 'float64' : data instanceof Uint16Array ? 'float16' : 'int64';
}

function evaluate(shape: Shape, bindings: ReadonlyMap<string, number>): number[] {
  return shape.map((dim) => evaluateDim(dim, bindings));
}
