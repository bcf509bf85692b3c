/** How much better a completion is than its siblings: advantages within a group of completions of one prompt. */

import { UserError } from '../errors.ts';

/** 'deviation' divides by the group's standard deviation as well, 'none' only takes the mean away. */
export type AdvantageScale = 'deviation' | 'none';

export interface GroupAdvantages {
  /** one a rollout; NaN for an unscored rollout, 0 throughout a group of zero variance */
  readonly advantages: Float64Array;
  /** sample standard deviation of each group's scored rewards; NaN where none is scored */
  readonly deviations: Float64Array;
  /** one a group; false where nothing can be learned: nothing scored, or the same reward for everything that is */
  readonly learnable: readonly boolean[];
}

/** TRL's guard against a tiny deviation (GRPOTrainer, `std_rewards + 1e-4`). */
const DEVIATION_FLOOR = 1e-4;

/** Rewards this close to one another, relative to their size, differ by rounding alone. */
const RELATIVE_NOISE = 1e-12;

/**
 * Group-relative advantages: reward minus the group's mean, over its standard deviation or not.
 *
 * @param rewards one scalar per rollout, shape [groups, groupSize]; NaN marks an unscored rollout, which has no part
 *   in the mean or the deviation of its group
 * @throws UserError "rft.group-too-small" when groupSize < 2
 * @see Shao et al. 2024, "DeepSeekMath", section 4.1.2, for mean and deviation; Liu et al. 2025, "Understanding
 *   R1-Zero-Like Training", eq. 3 (Dr. GRPO), for the mean alone. The deviation has n - 1 below, as TRL's.
 */
export function groupAdvantages(rewards: Float64Array, groupSize: number, scale: AdvantageScale): GroupAdvantages {
  requireGroup(groupSize);
  if (rewards.length % groupSize !== 0) throw new Error(`${rewards.length} rewards are no whole number of groups of ${groupSize}`);
  const groups = rewards.length / groupSize;
  const advantages = new Float64Array(rewards.length).fill(NaN);
  const deviations = new Float64Array(groups);
  const learnable: boolean[] = [];
  for (let group = 0; group < groups; group++) {
    const start = group * groupSize;
    const scored = rewards.subarray(start, start + groupSize).filter((reward) => !Number.isNaN(reward));
    const { mean, deviation } = spread(scored);
    const isLearnable = deviation > RELATIVE_NOISE * Math.abs(mean);
    const divisor = scale === 'deviation' ? deviation + DEVIATION_FLOOR : 1;
    for (let i = start; i < start + groupSize; i++) {
      if (!Number.isNaN(rewards[i])) advantages[i] = isLearnable ? (rewards[i] - mean) / divisor : 0;
    }
    deviations[group] = isLearnable || scored.length === 0 ? deviation : 0;
    learnable.push(isLearnable);
  }
  return { advantages, deviations, learnable };
}

/** @throws UserError "rft.group-too-small" */
export function requireGroup(groupSize: number): void {
  if (Number.isSafeInteger(groupSize) && groupSize >= 2) return;
  throw new UserError('rft.group-too-small',
    `The group size is ${groupSize}: a completion is judged against the others of its prompt, so there must be at least 2.`,
    'Set the group size to 4 or more; 8 is usual.', { place: { field: 'groupSize' } });
}

/** Mean and sample standard deviation; 0 for a single value, NaN for none. */
export function spread(values: ArrayLike<number>): { readonly mean: number; readonly deviation: number } {
  const list = Array.from(values);
  if (list.length === 0) return { mean: NaN, deviation: NaN };
  const mean = list.reduce((sum, value) => sum + value, 0) / list.length;
  if (list.length === 1) return { mean, deviation: 0 };
  const squares = list.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / (list.length - 1)) };
}
