/**
 * Trains a small model for 1,000 steps of many lengths and prints by which share resident memory grew after the first 100.
 */

import { parseDecoderConfig } from '../../../src/engine/model/config.ts';
import { initializeDecoder } from '../../../src/engine/model/initialize.ts';
import { createLoraAdapter, LORA_MODULES } from '../../../src/engine/model/lora.ts';
import { DecoderRuntime } from '../../../src/engine/model/runtime.ts';
import { RandomGenerator } from '../../../src/engine/random.ts';
import { initAdamw, updateAdamw } from '../../../src/engine/train/optimizer.ts';
import { flattenParameters, viewsOf } from '../../../src/engine/train/parameters.ts';
import { fullBatch, median, THREADS } from './workload.ts';

const STEPS = 1000;
const SETTLED = 100;
const LONGEST = 96;

const config = parseDecoderConfig({
  model_type: 'llama', vocab_size: 3072, hidden_size: 160, intermediate_size: 432, num_hidden_layers: 4, num_attention_heads: 4,
  num_key_value_heads: 2, head_dim: 40, max_position_embeddings: 512, tie_word_embeddings: true,
}, 'the starter');
const parameters = flattenParameters(createLoraAdapter(config, { rank: 16, alpha: 32, seed: 1 }).tensors);
const gradients = new Float32Array(parameters.values.length);
const sums = new Map([...viewsOf(parameters.segments, gradients)].map(([name, { data }]) => [name, data]));
const runtime = await DecoderRuntime.open({
  config, weights: initializeDecoder(config, 1), adapter: { rank: 16, alpha: 32, targetModules: LORA_MODULES, tensors: parameters.tensors },
  trainable: 'adapter', threads: THREADS,
});
const random = new RandomGenerator(7);
// The longest batch comes first, as buffers grow to it once.
const lengths = Array.from({ length: STEPS }, (_, step) => (step === 0 ? LONGEST : 8 + random.below(LONGEST - 8)));
const resident: number[] = [];
let adamw = initAdamw(gradients.length);
for (const length of lengths) {
  const batch = fullBatch(config, 8, length);
  gradients.fill(0);
  await runtime.step(batch, new Float64Array(batch.targetIds.length).fill(-1 / batch.targetIds.length), sums);
  adamw = updateAdamw(parameters.values, gradients, adamw, parameters.segments, { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0, learningRate: 1e-4 });
  resident.push(process.memoryUsage.rss());
}
await runtime.dispose();
const [early, late] = [median(resident.slice(SETTLED, 2 * SETTLED)), median(resident.slice(-SETTLED))];
console.log(JSON.stringify({ growthFraction: late / early - 1, megabytes: late / 1e6 }));
