/** What onnxruntime itself reaches on this machine: the rate of matrix products, and of reading weights from memory. */

import { compileGraph } from '../../../src/engine/graph/emitter.ts';
import { GraphSession, type ArrayTensor } from '../../../src/engine/graph/executor.ts';
import { matmul } from '../../../src/engine/graph/ops/matmul.ts';
import { sum } from '../../../src/engine/graph/ops/reduce.ts';
import { Graph } from '../../../src/engine/graph/tape.ts';
import { median, THREADS, type Product } from './workload.ts';

/** Products that are ready to be timed, over buffers of their own. */
export class ProductTimer {
  private readonly runs: readonly { readonly product: Product; readonly session: GraphSession; readonly feeds: Readonly<Record<string, ArrayTensor>>; readonly result: Float32Array }[];

  private constructor(runs: ProductTimer['runs']) {
    this.runs = runs;
  }

  static async open(products: readonly Product[]): Promise<ProductTimer> {
    return new ProductTimer(await Promise.all(products.map(async (product) => {
      const { M, N, K, transB } = product;
      const shapes = { a: [M, K], b: transB ? [N, K] : [K, N] };
      const graph = new Graph();
      const result = matmul(graph.input('a', 'float32', shapes.a), graph.input('b', 'float32', shapes.b), { transB });
      const filled = (shape: readonly number[]): ArrayTensor => ({ shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(0.5) });
      return {
        product, session: await GraphSession.open(compileGraph('product', new Map([['c', result]])), { threads: THREADS }),
        feeds: { a: filled(shapes.a), b: filled(shapes.b) }, result: new Float32Array(M * N),
      };
    })));
  }

  /** @returns seconds that all products take, each as often as it is counted; each is run three times */
  async seconds(): Promise<number> {
    let seconds = 0;
    for (const { product, session, feeds, result } of this.runs) {
      const times: number[] = [];
      for (let i = 0; i < 3; i++) {
        const started = performance.now();
        await session.run(feeds, () => result);
        times.push((performance.now() - started) / 1000);
      }
      seconds += product.count * median(times);
    }
    return seconds;
  }

  async dispose(): Promise<void> {
    for (const { session } of this.runs) await session.dispose();
  }
}

/** Reads every weight once, with all threads, and does next to nothing with it. */
export class WeightReader {
  readonly bytes: number;
  private readonly runs: readonly { readonly session: GraphSession; readonly feeds: Readonly<Record<string, ArrayTensor>> }[];

  private constructor(runs: WeightReader['runs'], bytes: number) {
    this.runs = runs;
    this.bytes = bytes;
  }

  static async open(weights: readonly ArrayTensor[]): Promise<WeightReader> {
    const matrices = weights.filter(({ shape }) => shape.length === 2);
    const runs = await Promise.all(matrices.map(async ({ shape, data }) => {
      const graph = new Graph();
      const total = sum(graph.input('w', 'float32', shape), [1]);
      return { session: await GraphSession.open(compileGraph('read', new Map([['total', total]])), { threads: THREADS }), feeds: { w: { shape, data } } };
    }));
    return new WeightReader(runs, matrices.reduce((bytes, { data }) => bytes + data.byteLength, 0));
  }

  /** @returns seconds */
  async read(): Promise<number> {
    const started = performance.now();
    for (const { session, feeds } of this.runs) await session.run(feeds);
    return (performance.now() - started) / 1000;
  }

  async dispose(): Promise<void> {
    for (const { session } of this.runs) await session.dispose();
  }
}
