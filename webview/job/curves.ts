/** The measured values that are drawn: which belong into one chart, and what they say. Pure. */

import type { Curve } from '../shared/chartData.ts';

export interface MetricCurve extends Curve {
  /** as the job measures it, under TRL's name where it has one */
  readonly name: string;
}

export interface CurveGroup {
  readonly title: string;
  readonly help: string;
  readonly curves: readonly MetricCurve[];
}

const measured = (name: string, label: string, color: Curve['color']): MetricCurve => ({ name, label, color });
/** On held-out rows: now and then. */
const heldOut = (name: string, label: string, color: Curve['color'] = 'orange'): MetricCurve => ({ name, label, color, isSparse: true });

export const LOSS = 'Loss';

const BEFORE: readonly CurveGroup[] = [
  { title: LOSS, help: '', curves: [measured('loss', 'loss', 'blue'), heldOut('eval_loss', 'held-out loss')] },
  {
    title: 'Reward',
    help: 'What the sampled answers are worth, from the worst to the best of a step. Higher is better.',
    curves: [measured('reward', 'reward', 'green'), measured('reward_min', 'worst', 'purple'), measured('reward_max', 'best', 'blue'), heldOut('eval_reward', 'held-out reward')],
  },
];

const AFTER: readonly CurveGroup[] = [
  {
    title: 'Spread of rewards',
    help: 'Only answers to one prompt that differ in reward teach anything.',
    curves: [measured('reward_std', 'spread', 'green'), measured('frac_reward_zero_std', 'share of prompts without any', 'purple'), measured('unscored', 'share of answers without a reward', 'blue')],
  },
  {
    title: 'Rewards of both answers',
    help: 'How much likelier than at the start the model finds the better answer, and the worse one.',
    curves: [
      measured('rewards/chosen', 'better', 'green'), measured('rewards/rejected', 'worse', 'purple'),
      heldOut('eval_rewards/chosen', 'held-out better', 'green'), heldOut('eval_rewards/rejected', 'held-out worse', 'purple'),
    ],
  },
  {
    title: 'Margin',
    help: 'By how much the better answer is ahead of the worse. Higher is better.',
    curves: [measured('rewards/margins', 'margin', 'blue'), heldOut('eval_rewards/margins', 'held-out margin')],
  },
  {
    title: 'Accuracy',
    help: 'Share of pairs in which the better answer is ahead. 0.5 is chance.',
    curves: [measured('rewards/accuracies', 'accuracy', 'blue'), heldOut('eval_rewards/accuracies', 'held-out accuracy')],
  },
  {
    title: 'Likelihood of both answers',
    help: 'Logarithm of the probability of each answer as a whole. Closer to 0 is likelier.',
    curves: [measured('logps/chosen', 'log p, better', 'green'), measured('logps/rejected', 'log p, worse', 'purple')],
  },
  {
    title: 'Length of answers',
    help: 'Tokens of the sampled answers, from the shortest to the longest.',
    curves: [
      measured('completions/mean_length', 'length', 'green'), measured('completions/min_length', 'shortest', 'purple'), measured('completions/max_length', 'longest', 'blue'),
      heldOut('eval_completions/mean_length', 'held-out length'),
    ],
  },
  { title: 'Answers cut off', help: 'Share of answers that reached the longest length before their end.', curves: [measured('completions/clipped_ratio', 'cut off', 'blue')] },
  { title: 'Entropy', help: 'How much the sampled words vary. Near 0 the model always says the same.', curves: [measured('entropy', 'entropy', 'blue')] },
  { title: 'Divergence', help: 'How far the model has moved from what it was (KL).', curves: [measured('kl', 'divergence', 'blue')] },
  {
    title: 'Clipped updates',
    help: 'Share of tokens whose change was held back because it was large.',
    curves: [measured('clip_ratio/low_mean', 'made less likely', 'purple'), measured('clip_ratio/high_mean', 'made likelier', 'green')],
  },
  { title: 'Learning rate', help: 'How large a change each step makes.', curves: [measured('learning_rate', 'learning rate', 'purple')] },
  { title: 'Tokens per second', help: 'How fast this machine trains.', curves: [measured('tokens_per_second', 'tokens/s', 'green')] },
];

const COLORS: readonly Curve['color'][] = ['green', 'blue', 'purple', 'orange'];
const REWARD_PART = /^rewards\/(.+)\/mean$/;

/** The charts for what a job has measured; what is not known here is not drawn. */
export function curveGroups(names: ReadonlySet<string>): readonly CurveGroup[] {
  const parts = [...names].sort().flatMap((name) => {
    const part = REWARD_PART.exec(name)?.[1];
    return part === undefined ? [] : [{ name, part }];
  });
  const ofParts: CurveGroup = {
    title: 'Rewards by function',
    help: 'What each reward function gives on average, before its weight.',
    curves: parts.map(({ name, part }, index) => measured(name, part, COLORS[index % COLORS.length] ?? 'green')),
  };
  return [...BEFORE, ...(parts.length > 1 ? [ofParts] : []), ...AFTER]
    .map((group) => ({ ...group, curves: group.curves.filter(({ name }) => names.has(name)) }))
    .filter(({ curves }) => curves.length > 0);
}
