/** The page draws what a job measures, whatever its technique, each chart with a title and a word of help. */

import { expect, it } from 'vitest';
import { curveGroups } from '../../../webview/job/curves.ts';

const EVERY_JOB = ['loss', 'learning_rate', 'grad_norm', 'tokens_per_second'];
const titles = (...names: string[]): string[] => curveGroups(new Set(names)).map(({ title }) => title);

it('draws loss, learning rate and speed of every job', () => {
  expect(titles(...EVERY_JOB)).toEqual(['Loss', 'Learning rate', 'Tokens per second']);
  const [loss] = curveGroups(new Set([...EVERY_JOB, 'eval_loss']));
  expect(loss?.curves.map(({ label }) => label)).toEqual(['loss', 'held-out loss']);
});

it('draws what preferences measure', () => {
  const found = ['chosen', 'rejected', 'accuracies', 'margins'].map((name) => `rewards/${name}`);
  expect(titles(...EVERY_JOB, ...found, 'logps/chosen', 'logps/rejected', ...found.map((name) => `eval_${name}`))).toEqual(
    ['Loss', 'Rewards of both answers', 'Margin', 'Accuracy', 'Likelihood of both answers', 'Learning rate', 'Tokens per second']);
});

it('draws what reinforcement measures, with a curve a reward function', () => {
  const groups = curveGroups(new Set([
    ...EVERY_JOB, 'reward', 'reward_min', 'reward_max', 'rewards/correct/mean', 'rewards/correct/std', 'rewards/short/mean', 'reward_std', 'frac_reward_zero_std',
    'unscored', 'completions/mean_length', 'completions/clipped_ratio', 'entropy', 'kl', 'clip_ratio/low_mean', 'clip_ratio/high_mean', 'skipped',
  ]));
  expect(groups.map(({ title }) => title)).toEqual([
    'Loss', 'Reward', 'Rewards by function', 'Spread of rewards', 'Length of answers', 'Answers cut off', 'Entropy', 'Divergence', 'Clipped updates', 'Learning rate', 'Tokens per second',
  ]);
  expect(groups.find(({ title }) => title === 'Rewards by function')?.curves.map(({ label }) => label)).toEqual(['correct', 'short']);
});

it('tells the curves of a chart apart by name and by look, and explains each chart', () => {
  const all = curveGroups({ has: () => true, [Symbol.iterator]: () => ['rewards/a/mean', 'rewards/b/mean'][Symbol.iterator]() } as unknown as ReadonlySet<string>);
  for (const { title, help, curves } of all) {
    expect(new Set(curves.map(({ color, isSparse }) => `${color} ${isSparse}`)).size, title).toBe(curves.length);
    if (title !== 'Loss') expect(help, title).not.toBe('');
  }
  const labels = all.flatMap(({ curves }) => curves.map(({ label }) => label));
  expect(new Set(labels).size).toBe(labels.length);
});

it('draws nothing that it does not know', () => {
  expect(titles('something_else')).toEqual([]);
});
