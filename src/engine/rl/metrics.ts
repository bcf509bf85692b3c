/** What is reported of the rollouts of a step, under TRL's names where TRL has one. */

import { spread, type GroupAdvantages } from './advantages.ts';
import type { Score } from './rewards.ts';
import type { SampledRollout } from './rollouts.ts';

/**
 * Rewards are over scored rollouts only, and their names are left out when there is none.
 *
 * - `reward`, `reward_min`, `reward_max`, and `rewards/<name>/mean`, `/std`, `/min`, `/max`
 * - `unscored`: share of rollouts without a score
 * - `completions/mean_length`, `/min_length`, `/max_length` in tokens, `/clipped_ratio`: share without an end token
 *
 * @param rewardNames in the order of the parts of a score
 * @see TRL's GRPOTrainer, "Logged metrics"; least and greatest rewards and `unscored` are ours
 */
export function rolloutMetrics(
  rollouts: readonly Pick<SampledRollout, 'tokens' | 'finish'>[], scores: readonly Score[], rewardNames: readonly string[],
): Record<string, number> {
  const totals = scored(scores.map(({ total }) => total));
  const lengths = rollouts.map(({ tokens }) => tokens);
  const metrics: Record<string, number> = {
    unscored: 1 - totals.length / scores.length,
    'completions/mean_length': spread(lengths).mean,
    'completions/min_length': Math.min(...lengths),
    'completions/max_length': Math.max(...lengths),
    'completions/clipped_ratio': rollouts.filter(({ finish }) => finish !== 'end').length / rollouts.length,
  };
  if (totals.length > 0) {
    metrics['reward'] = spread(totals).mean;
    metrics['reward_min'] = Math.min(...totals);
    metrics['reward_max'] = Math.max(...totals);
  }
  rewardNames.forEach((name, index) => {
    const parts = scored(scores.map(({ parts }) => parts[index]));
    if (parts.length === 0) return;
    const { mean, deviation } = spread(parts);
    metrics[`rewards/${name}/mean`] = mean;
    metrics[`rewards/${name}/std`] = deviation;
    metrics[`rewards/${name}/min`] = Math.min(...parts);
    metrics[`rewards/${name}/max`] = Math.max(...parts);
  });
  return metrics;
}

/**
 * `reward_std`: mean of the groups' standard deviations; `frac_reward_zero_std`: share of the groups with a score in
 * which all scores are the same. Nothing when no group has a score.
 */
export function groupMetrics({ deviations, learnable }: Pick<GroupAdvantages, 'deviations' | 'learnable'>): Record<string, number> {
  const found = scored([...deviations]);
  if (found.length === 0) return {};
  return { reward_std: spread(found).mean, frac_reward_zero_std: 1 - learnable.filter(Boolean).length / found.length };
}

function scored(values: readonly number[]): number[] {
  return values.filter((value) => !Number.isNaN(value));
}
