/** Measures how fast this machine multiplies matrices with the engine: most of a training step is that. */

import { performance } from 'node:perf_hooks';

import { compileGraph } from '../engine/graph/emitter.ts';
import { GraphSession } from '../engine/graph/executor.ts';
import { matmul } from '../engine/graph/ops/matmul.ts';
import { Graph } from '../engine/graph/tape.ts';

/** One linear layer of a model of half a billion parameters on 512 tokens. */
const SIZE = { tokens: 512, inputs: 1024, outputs: 3072 };
const MEASURE_MS = 400;
const LEAST_RUNS = 3;

/** @returns float32 operations a second with one thread a core; the best of some runs, since other programs only slow it down */
export async function measureRate(): Promise<number> {
  const { tokens, inputs, outputs } = SIZE;
  const graph = new Graph();
  const x = graph.input('x', 'float32', [tokens, inputs]);
  const weight = graph.input('weight', 'float32', [outputs, inputs]);
  const session = await GraphSession.open(compileGraph('rate', new Map([['y', matmul(x, weight, { transB: true })]])), { threads: 0 });
  try {
    const feeds = {
      x: { shape: [tokens, inputs], data: new Float32Array(tokens * inputs).fill(0.5) },
      weight: { shape: [outputs, inputs], data: new Float32Array(outputs * inputs).fill(0.5) },
    };
    const result = new Float32Array(tokens * outputs);
    const run = async (): Promise<number> => {
      const started = performance.now();
      await session.run(feeds, () => result);
      return performance.now() - started;
    };
    await run();
    let best = Infinity;
    let spent = 0;
    for (let runs = 0; spent < MEASURE_MS || runs < LEAST_RUNS; runs++) {
      const took = await run();
      best = Math.min(best, took);
      spent += took;
    }
    return (2 * tokens * inputs * outputs * 1000) / best;
  } finally {
    await session.dispose();
  }
}
