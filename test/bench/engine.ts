/**
 * Measures the engine on a model of the starter's size and prints one line of JSON:
 * node src/cli/node24.mjs test/bench/engine.ts [full|lora] [rows] [length] [steps]
 */

import { parseArgs } from 'node:util';
import { Generator } from '../../src/engine/generate/generator.ts';
import { compileGraph } from '../../src/engine/graph/emitter.ts';
import { GraphSession, physicalCores, type ArrayTensor } from '../../src/engine/graph/executor.ts';
import { matmul } from '../../src/engine/graph/ops/matmul.ts';
import { Graph } from '../../src/engine/graph/tape.ts';
import type { DecoderConfig } from '../../src/engine/model/decoder.ts';
import { initializeDecoder } from '../../src/engine/model/initialize.ts';
import { createLoraAdapter, linearFeatures, LORA_MODULES } from '../../src/engine/model/lora.ts';
import { DecoderRuntime } from '../../src/engine/model/runtime.ts';
import { RandomGenerator } from '../../src/engine/random.ts';
import { lossAndGradients } from '../../src/engine/train/loss.ts';
import { globalNorm, initAdamw, updateAdamw } from '../../src/engine/train/optimizer.ts';
import { flattenParameters, viewsOf } from '../../src/engine/train/parameters.ts';

const CONFIG: DecoderConfig = {
  family: 'llama', vocabSize: 4096, hiddenSize: 192, intermediateSize: 512, layers: 6, heads: 6, kvHeads: 2, headDim: 32,
  maxPositions: 512, normEpsilon: 1e-5, normOffset: 0, postNorms: false, qkNorm: false, biases: [], activation: 'silu',
  embeddingScale: 1, attentionScale: 1 / Math.sqrt(32), attention: [{ window: undefined, rope: { theta: 10_000, scaling: undefined } }], tiedHead: true,
};
const WARM_UP = 2;

const { positionals } = parseArgs({ allowPositionals: true });
const method = positionals[0] === 'lora' ? 'lora' : 'full';
const [rows = 16, length = 128, steps = 5] = positionals.slice(1).map(Number);
const threads = physicalCores();

/** One matrix product as a layer makes it: [M, K] times [K, N], either operand stored transposed. */
interface Product {
  readonly M: number;
  readonly N: number;
  readonly K: number;
  readonly transA?: boolean;
  readonly transB?: boolean;
  readonly count: number;
}

/** The products of the linear layers and the head in one step; attention's own are left out, so the share is a lower bound. */
function productsOf(config: DecoderConfig): Product[] {
  const tokens = rows * length;
  const products: Product[] = [];
  const linear = (inputs: number, outputs: number, count: number, isTrained: boolean): void => {
    products.push({ M: tokens, N: outputs, K: inputs, transB: true, count }, { M: tokens, N: inputs, K: outputs, count });
    if (isTrained) products.push({ M: outputs, N: inputs, K: tokens, transA: true, count });
  };
  for (const module of LORA_MODULES) {
    const { inputs, outputs } = linearFeatures(config, module);
    linear(inputs, outputs, config.layers, method === 'full');
  }
  linear(config.hiddenSize, config.vocabSize, 1, method === 'full');
  return products;
}

interface TimedProduct {
  readonly session: GraphSession;
  readonly feeds: Record<string, ArrayTensor>;
  readonly result: Float32Array;
  readonly count: number;
}

async function openProduct({ M, N, K, transA = false, transB = false, count }: Product): Promise<TimedProduct> {
  const shapes = { a: transA ? [K, M] : [M, K], b: transB ? [N, K] : [K, N] };
  const graph = new Graph();
  const product = matmul(graph.input('a', 'float32', shapes.a), graph.input('b', 'float32', shapes.b), { transA, transB });
  const filled = (shape: readonly number[]): ArrayTensor => ({ shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(0.5) });
  return {
    session: await GraphSession.open(compileGraph('product', new Map([['c', product]])), { threads }),
    feeds: { a: filled(shapes.a), b: filled(shapes.b) }, result: new Float32Array(M * N), count,
  };
}

/** @returns seconds of all products of one step */
async function timeProducts(products: readonly TimedProduct[]): Promise<number> {
  let seconds = 0;
  for (const { session, feeds, result, count } of products) {
    const started = performance.now();
    await session.run(feeds, () => result);
    seconds += (count * (performance.now() - started)) / 1000;
  }
  return seconds;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}

const random = new RandomGenerator(1);
const weights = initializeDecoder(CONFIG, 1);
const adapter = method === 'lora' ? createLoraAdapter(CONFIG, { rank: 16, alpha: 32, seed: 1 }) : undefined;
const parameters = flattenParameters(adapter?.tensors ?? weights);
const gradients = new Float32Array(parameters.values.length);
const sums = new Map([...viewsOf(parameters.segments, gradients)].map(([name, { data }]) => [name, data]));
const examples = Array.from({ length: rows }, (_, index) => ({
  row: index + 1, ids: Int32Array.from({ length }, () => random.below(CONFIG.vocabSize)), trained: new Uint8Array(length).fill(1, 1),
}));
const runtime = await DecoderRuntime.open({
  config: CONFIG, weights: adapter ? weights : parameters.tensors, adapter: adapter && { ...adapter, tensors: parameters.tensors },
  trainable: adapter ? 'adapter' : 'weights', threads,
});
const products = await Promise.all(productsOf(CONFIG).map(openProduct));

const stepSeconds: number[] = [];
const stepCpuSeconds: number[] = [];
const productSeconds: number[] = [];
let adamw = initAdamw(gradients.length);
for (let step = 0; step < WARM_UP + steps; step++) {
  const [started, before] = [performance.now(), process.cpuUsage()];
  gradients.fill(0);
  await lossAndGradients(runtime, [examples], sums);
  globalNorm(gradients);
  adamw = updateAdamw(parameters.values, gradients, adamw, parameters.segments, { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01, learningRate: 1e-4 });
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(before);
  // Measured in turns with the steps, so that a noisy machine disturbs both alike.
  const ofProducts = await timeProducts(products);
  if (step < WARM_UP) continue;
  stepSeconds.push(seconds);
  stepCpuSeconds.push((user + system) / 1e6);
  productSeconds.push(ofProducts);
}
await runtime.dispose();

const generator = await Generator.open({ config: CONFIG, weights, adapter, threads });
const prompts = examples.map(({ ids }) => [...ids.subarray(0, 32)]);
const sampling = { temperature: 0, seed: 1, maxNewTokens: 1, endIds: [] };
await generator.generate(prompts, sampling);
const promptStart = performance.now();
await generator.generate(prompts, sampling);
const promptSeconds = (performance.now() - promptStart) / 1000;
const decodeStart = performance.now();
await generator.generate(prompts, { ...sampling, maxNewTokens: 33 });
const decodeSeconds = (performance.now() - decodeStart) / 1000 - promptSeconds;
await generator.dispose();

const tokens = rows * length;
console.log(JSON.stringify({
  method, rows, length, threads, parameters: parameters.values.length,
  tokensPerSecond: Math.round(tokens / median(stepSeconds)),
  bestTokensPerSecond: Math.round(tokens / Math.min(...stepSeconds)),
  stepSeconds: median(stepSeconds), stepCpuSeconds: median(stepCpuSeconds),
  gemmFraction: median(productSeconds.map((seconds, index) => seconds / (stepSeconds[index] ?? NaN))),
  generatedTokensPerSecond: Math.round((rows * 32) / decodeSeconds),
  residentMegabytes: Math.round(process.memoryUsage().rss / 2 ** 20),
}));
