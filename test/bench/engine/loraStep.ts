/**
 * One LoRA step of the SmolLM2-135M shape, timed whenever a line arrives on standard input. A process of its own, so that
 * its peak memory is that of training alone.
 *
 * Usage: loraStep.ts [--low-memory]: activations are computed again, and the base model is held in float16
 */

import { parseArgs } from 'node:util';
import { initializeDecoder } from '../../../src/engine/model/initialize.ts';
import { createLoraAdapter, LORA_MODULES } from '../../../src/engine/model/lora.ts';
import { DecoderRuntime } from '../../../src/engine/model/runtime.ts';
import { clipFactor, globalNorm, initAdamw, updateAdamw } from '../../../src/engine/train/optimizer.ts';
import { flattenParameters, viewsOf } from '../../../src/engine/train/parameters.ts';
import { answerTurns } from './turns.ts';
import { fullBatch, halfDecoder, LENGTH, RANK, ROWS, SMOLLM2_135M, THREADS } from './workload.ts';

const { values: flags } = parseArgs({ options: { 'low-memory': { type: 'boolean', default: false } } });

const parameters = flattenParameters(createLoraAdapter(SMOLLM2_135M, { rank: RANK, alpha: 2 * RANK, seed: 1 }).tensors);
const gradients = new Float32Array(parameters.values.length);
const sums = new Map([...viewsOf(parameters.segments, gradients)].map(([name, { data }]) => [name, data]));
const runtime = await DecoderRuntime.open({
  config: SMOLLM2_135M, weights: flags['low-memory'] ? halfDecoder(SMOLLM2_135M) : initializeDecoder(SMOLLM2_135M, 1),
  adapter: { rank: RANK, alpha: 2 * RANK, targetModules: LORA_MODULES, tensors: parameters.tensors },
  trainable: 'adapter', threads: THREADS, activations: flags['low-memory'] ? 'recomputed' : 'whole-step',
});
const batch = fullBatch(SMOLLM2_135M, ROWS, LENGTH);
const lossWeights = new Float64Array(batch.targetIds.length).fill(-1 / batch.targetIds.length);
let adamw = initAdamw(gradients.length);

await answerTurns(async () => {
  const started = performance.now();
  gradients.fill(0);
  await runtime.step(batch, lossWeights, sums);
  adamw = updateAdamw(parameters.values, gradients, adamw, parameters.segments, {
    beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01, learningRate: 1e-4, gradientScale: clipFactor(globalNorm(gradients), 1),
  });
  return (performance.now() - started) / 1000;
});
await runtime.dispose();
