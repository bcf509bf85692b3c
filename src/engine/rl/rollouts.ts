/** Completions sampled from the policy as it is now, ready to be judged and to be trained on. */

import type { Completion, Generator } from '../generate/generator.ts';
import { RandomGenerator } from '../random.ts';
import type { TokenizedExample } from '../text/chat.ts';
import type { GrpoSettings } from './settings.ts';

export interface SampledRollout {
  /** prompt and completion; the completion with the token that ended it is what is trained on */
  readonly example: TokenizedExample;
  /** without the token that ended it */
  readonly completionIds: readonly number[];
  /** with it */
  readonly tokens: number;
  readonly finish: Completion['finish'];
}

export interface Samples {
  /** in the order of the prompts */
  readonly rollouts: readonly SampledRollout[];
  /** mean over sampled tokens of the entropy of the distribution they were drawn from, before top-p; nats */
  readonly entropy: number;
}

export interface PromptTokens {
  readonly ids: readonly number[];
  /** 1-based row of the source file */
  readonly row: number;
}

/** Prompts are answered in batches of so many, which bounds the memory of their keys and values. */
export const DECODED_ROWS = 64;

/** A large vocabulary is measured on every nth token, so that entropy costs little beside the logits themselves. */
const ENTROPY_VALUES = 32_768;

/**
 * Answers every prompt, sampled. Random numbers depend on seed, step and the place of the prompt alone.
 *
 * @param prompts a prompt stands here as often as it is to be answered
 * @throws the signal's reason when it is aborted
 */
export async function sampleRollouts(
  generator: Generator, prompts: readonly PromptTokens[],
  sampling: Pick<GrpoSettings, 'temperature' | 'topP' | 'maxCompletionLength' | 'minCompletionLength'> & { endIds: readonly number[]; seed: number; step: number },
  signal: AbortSignal,
): Promise<Samples> {
  const rollouts: SampledRollout[] = [];
  const entropy = new EntropyMeter(sampling.temperature);
  const seeds = new RandomGenerator(sampling.seed, sampling.step);
  for (let start = 0; start < prompts.length; start += DECODED_ROWS) {
    const batch = prompts.slice(start, start + DECODED_ROWS);
    const ends = new Map<number, number>();
    const completions = await generator.generate(batch.map(({ ids }) => ids), {
      temperature: sampling.temperature, topP: sampling.topP, seed: seeds.nextWord(), endIds: sampling.endIds,
      maxNewTokens: sampling.maxCompletionLength, minNewTokens: sampling.minCompletionLength,
    }, {
      signal,
      onDraw: (sequence, id, logits) => {
        if (sampling.endIds.includes(id)) ends.set(sequence, id);
        entropy.add(logits);
      },
    });
    signal.throwIfAborted();
    completions.forEach((completion, index) => rollouts.push(rolloutOf(batch[index], completion, ends.get(index))));
  }
  return { rollouts, entropy: entropy.mean };
}

function rolloutOf(prompt: PromptTokens, { ids, finish }: Completion, end: number | undefined): SampledRollout {
  const completion = finish === 'end' && end !== undefined ? [...ids, end] : ids;
  const all = Int32Array.from([...prompt.ids, ...completion]);
  return {
    example: { ids: all, trained: new Uint8Array(all.length).fill(1, prompt.ids.length), row: prompt.row },
    completionIds: ids, tokens: completion.length, finish,
  };
}

/** Entropy of softmax(logits / temperature), averaged over calls. */
class EntropyMeter {
  private readonly temperature: number;
  private calls = 0;
  private measured = 0;
  private sum = 0;

  constructor(temperature: number) {
    this.temperature = temperature;
  }

  get mean(): number {
    return this.measured === 0 ? 0 : this.sum / this.measured;
  }

  add(logits: Float32Array): void {
    // At temperature 0 nothing is drawn.
    if (this.temperature <= 0 || this.calls++ % Math.ceil(logits.length / ENTROPY_VALUES) !== 0) return;
    this.sum += entropyOf(logits, this.temperature);
    this.measured += 1;
  }
}

/** @returns nats */
export function entropyOf(logits: Float32Array, temperature: number): number {
  let top = -Infinity;
  for (const logit of logits) top = Math.max(top, logit);
  let [total, weighted] = [0, 0];
  for (const logit of logits) {
    if (logit === -Infinity) continue;
    const score = (logit - top) / temperature;
    const weight = Math.exp(score);
    total += weight;
    weighted += weight * score;
  }
  return Math.log(total) - weighted / total;
}
