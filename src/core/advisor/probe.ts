/** Sums up a baseline probe: several answers of the base model to each of some prompts, graded. */

import type { BaselineProbe } from './facts.ts';

/** Scores that count as solved; a grader with parts gives less for a part. */
const SOLVED = 0.999;
/** Scores that differ by less come from rounding. */
const SAME_SCORE = 1e-6;

/**
 * @param scores of each prompt the scores of its answers, 0 to 1; equally many each, at least one
 * @returns zeros for no prompts
 * @throws RangeError when the prompts have different numbers of answers, or none
 */
export function summarizeProbe(scores: readonly (readonly number[])[]): BaselineProbe {
  const samples = scores[0]?.length ?? 0;
  if (scores.some((group) => group.length !== samples || samples === 0)) throw new RangeError('every prompt needs the same number of scores, at least one');
  const share = (holds: (group: readonly number[]) => boolean): number => (scores.length === 0 ? 0 : scores.filter(holds).length / scores.length);
  const all = scores.flat();
  return {
    prompts: scores.length,
    samples,
    meanScore: all.length === 0 ? 0 : all.reduce((sum, score) => sum + score, 0) / all.length,
    passAtK: share((group) => group.some((score) => score >= SOLVED)),
    mixedShare: share((group) => Math.max(...group) - Math.min(...group) > SAME_SCORE),
  };
}

/**
 * How likely at least one of `k` answers solves a prompt, estimated without bias from more answers than that.
 *
 * @param solved of the `samples` answers, 0 to `samples`
 * @param k 1 to `samples`
 * @see Chen et al. 2021, "Evaluating Large Language Models Trained on Code", equation 1
 */
export function passAtK(samples: number, solved: number, k: number): number {
  if (samples - solved < k) return 1;
  let missAll = 1;
  for (let i = samples - solved + 1; i <= samples; i++) missAll *= 1 - k / i;
  return 1 - missAll;
}
