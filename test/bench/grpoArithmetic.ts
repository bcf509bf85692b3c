/**
 * Reinforcement fine-tuning of the starter model on small sums, by a rule: the answer is the right number or not.
 * Prints one line of JSON a step and a last one of the whole run:
 * node src/cli/node24.mjs test/bench/grpoArithmetic.ts [--model FOLDER] [--steps N] [--seed N]
 */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openPretrained } from '../../src/engine/model/pretrained.ts';
import { RandomGenerator } from '../../src/engine/random.ts';
import { trainGrpo } from '../../src/engine/rl/grpo.ts';
import type { RlPrompt } from '../../src/engine/rl/prompts.ts';
import type { RewardFunction } from '../../src/engine/rl/rewards.ts';
import { usualGrpoSettings } from '../../src/engine/rl/settings.ts';
import type { TrainingSettings } from '../../src/engine/train/training.ts';

/** The largest number of a question or its answer: the starter gets about two fifths of these right. */
const LARGEST = 9;
/** share of the sums that is kept for evaluation */
const HELD_OUT = 0.1;
/** Sampled mean rewards at both ends of the run are means over so many steps. */
const ENDS = 5;

const { values: flags } = parseArgs({
  options: {
    model: { type: 'string', default: fileURLToPath(new URL('../../media/starter', import.meta.url)) }, steps: { type: 'string', default: '150' },
    seed: { type: 'string', default: '1' }, rate: { type: 'string', default: '1e-3' }, rank: { type: 'string', default: '16' },
    prompts: { type: 'string', default: '16' }, group: { type: 'string', default: '8' }, variant: { type: 'string', default: 'grpo' },
  },
});

interface Sum {
  readonly answer: number;
}

/** All sums and differences of whole numbers from 0 on in which nothing is larger than `LARGEST`. */
function sums(): RlPrompt<Sum>[] {
  const prompts: RlPrompt<Sum>[] = [];
  for (let whole = 0; whole <= LARGEST; whole++) {
    for (let part = 0; part <= whole; part++) {
      for (const [question, answer] of [[`${part} + ${whole - part}`, whole], [`${whole} - ${part}`, whole - part]] as const) {
        prompts.push({ messages: [{ role: 'user', content: `What is ${question}?` }], item: { answer }, row: prompts.length + 1 });
      }
    }
  }
  return prompts;
}

const isRight: RewardFunction<Sum> = ({ completion, item }) => ({ reward: completion.trim() === String(item.answer) ? 1 : 0 });

const seed = Number(flags.seed);
const { config, weights, tokenizer } = await openPretrained(flags.model);
const shuffled = new RandomGenerator(seed).shuffle(sums());
const heldOut = Math.round(shuffled.length * HELD_OUT);
const settings: TrainingSettings = {
  peft: flags.rank === '0' ? { method: 'full' } : { method: 'lora', rank: Number(flags.rank), alpha: 2 * Number(flags.rank) }, epochs: 10_000, maxSteps: Number(flags.steps), batchSize: Number(flags.prompts), gradientAccumulation: 1, learningRate: Number(flags.rate),
  schedule: 'constant', warmupRatio: 0, weightDecay: 0, maxGradNorm: 1, maxLength: 64, evalEverySteps: 25, checkpointEverySeconds: 0, seed, threads: 0,
};
const checkpointFolder = await mkdtemp(join(tmpdir(), 'grpo-arithmetic-'));
const started = performance.now();
const curve: number[] = [];
await trainGrpo<Sum>({
  config, weights, tokenizer, settings, checkpointFolder, signal: new AbortController().signal,
  data: { train: shuffled.slice(heldOut), validation: shuffled.slice(0, heldOut) },
  rewards: [{ name: 'right', weight: 1, judge: isRight }],
  grpo: { ...usualGrpoSettings(flags.variant as 'grpo'), groupSize: Number(flags.group), maxCompletionLength: 6 },
  onEvent: (event) => {
    if (event.kind === 'step') {
      const { step, gradNorm, tokensPerSecond, seconds, more } = event.metrics;
      curve.push(more['reward']);
      console.log(JSON.stringify({ step, reward: round(more['reward']), zeroVariance: round(more['frac_reward_zero_std']), entropy: round(more['entropy']), gradNorm: round(gradNorm), tokensPerSecond: Math.round(tokensPerSecond), seconds: round(seconds) }));
    } else if (event.kind === 'eval') console.log(JSON.stringify({ step: event.step, heldOut: round(event.more['reward']) }));
  },
});
await rm(checkpointFolder, { recursive: true });

const minutes = (performance.now() - started) / 60_000;
console.log(JSON.stringify({ start: round(mean(curve.slice(0, ENDS))), end: round(mean(curve.slice(-ENDS))), steps: curve.length, minutes: round(minutes), curve: curve.map(round) }));

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
