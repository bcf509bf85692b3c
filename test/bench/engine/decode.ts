/**
 * Times the generation of one token for 16 sequences of the SmolLM2-135M shape, in turns with reading all of its
 * weights once, which is the least that a token can take.
 *
 * Usage: decode.ts [--tokens N]
 */

import { parseArgs } from 'node:util';
import { Generator } from '../../../src/engine/generate/generator.ts';
import { initializeDecoder } from '../../../src/engine/model/initialize.ts';
import { RandomGenerator } from '../../../src/engine/random.ts';
import { WeightReader } from './gemm.ts';
import { median, peakMemoryGB, SMOLLM2_135M, THREADS } from './workload.ts';

const SEQUENCES = 16;
const PROMPT = 32;
const WARM_UP = 8;

const { values: flags } = parseArgs({ options: { tokens: { type: 'string', default: '48' } } });

const weights = initializeDecoder(SMOLLM2_135M, 1);
const generator = await Generator.open({ config: SMOLLM2_135M, weights, threads: THREADS });
const reader = await WeightReader.open([...weights.values()]);
const random = new RandomGenerator(3);
const prompts = Array.from({ length: SEQUENCES }, () => Array.from({ length: PROMPT }, () => random.below(SMOLLM2_135M.vocabSize)));

const stamps: number[] = [];
await generator.generate(prompts, { temperature: 0, seed: 1, maxNewTokens: Number(flags.tokens) + WARM_UP, endIds: [] }, {
  onToken: (sequence) => {
    if (sequence === 0) stamps.push(performance.now());
  },
});
const tokenSeconds = stamps.slice(WARM_UP).map((stamp, index) => (stamp - (stamps[WARM_UP + index - 1] ?? NaN)) / 1000);
const readSeconds: number[] = [];
for (let i = 0; i < 12; i++) readSeconds.push(await reader.read());
await reader.dispose();
await generator.dispose();

const tokensPerSecond = SEQUENCES / median(tokenSeconds);
console.log(JSON.stringify({
  tokensPerSecond, streamFraction: median(readSeconds) / median(tokenSeconds), readGBPerSecond: reader.bytes / median(readSeconds) / 1e9, peakMemoryGB: peakMemoryGB(),
}));
