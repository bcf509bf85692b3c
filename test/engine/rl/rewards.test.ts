/** Scoring bears with reward functions that fail, hang or answer nonsense, and never takes that for a bad completion. */

import { describe, expect, it } from 'vitest';
import { checkRewards, scoreRollouts, ScoringGuard, type JudgedRollout, type RewardFunction, type Score } from '../../../src/engine/rl/rewards.ts';

const LIMITS = { seconds: 0.02, concurrency: 4 };
const ROLLOUTS: JudgedRollout<{ wanted: string }>[] = ['7', '8', '9'].map((completion) => (
  { prompt: [{ role: 'user', content: '3 + 4' }], completion, item: { wanted: '7' } }));

const isRight: RewardFunction<{ wanted: string }> = ({ completion, item }) => ({ reward: completion === item.wanted ? 1 : 0 });

function never(): AbortSignal {
  return new AbortController().signal;
}

async function scoresOf(judge: RewardFunction<{ wanted: string }>): Promise<Score[]> {
  return await scoreRollouts(ROLLOUTS, [{ name: 'rule', weight: 1, judge }], LIMITS, never());
}

it('adds up the parts by their weights', async () => {
  const scores = await scoreRollouts(ROLLOUTS, [
    { name: 'right', weight: 2, judge: isRight },
    { name: 'value', weight: -0.5, judge: async ({ completion }) => ({ reward: Number(completion) }) },
  ], LIMITS, never());
  expect(scores).toEqual([[1, 7, -1.5], [0, 8, -4], [0, 9, -4.5]].map(([right, value, total]) => ({ parts: [right, value], total, problem: undefined })));
});

describe('a rollout is unscored, not worth nothing, when its reward', () => {
  const bad: [string, RewardFunction<{ wanted: string }>, string][] = [
    ['throws', () => { throw new TypeError('x is undefined'); }, 'reward "rule" failed: TypeError: x is undefined'],
    ['rejects', async () => Promise.reject(new Error('no connection')), 'reward "rule" failed: Error: no connection'],
    ['hangs', () => new Promise(() => undefined), 'reward "rule" took longer than 0.02 s'],
    ['is not a number', () => ({ reward: NaN }), 'reward "rule" returned NaN'],
    ['is infinite', () => ({ reward: -Infinity }), 'reward "rule" returned -Infinity'],
    ['is null', () => ({ reward: null }), 'reward "rule" could not judge the completion'],
    ['is of another type', () => ({ reward: '1' }) as never, 'reward "rule" did not return { reward: number }'],
    ['is missing', () => undefined as never, 'reward "rule" did not return { reward: number }'],
  ];
  it.each(bad)('%s', async (_, judge, problem) => {
    const [first, second] = await scoresOf((rollout, signal) => (rollout.completion === '8' ? judge(rollout, signal) : isRight(rollout, signal)));
    expect(first).toEqual({ parts: [1], total: 1, problem: undefined });
    expect(second).toEqual({ parts: [NaN], total: NaN, problem });
  });
});

it('leaves a rollout unscored when only one of its rewards fails, and keeps the other part', async () => {
  const [score] = await scoreRollouts(ROLLOUTS, [
    { name: 'right', weight: 1, judge: isRight },
    { name: 'broken', weight: 0.1, judge: () => ({ reward: NaN }) },
  ], LIMITS, never());
  expect(score).toEqual({ parts: [1, NaN], total: NaN, problem: 'reward "broken" returned NaN' });
});

it('tells a reward that its time is over', async () => {
  const ended: boolean[] = [];
  await scoresOf((_, signal) => new Promise(() => signal.addEventListener('abort', () => ended.push(true))));
  expect(ended).toEqual([true, true, true]);
});

it('has no more calls under way than it may', async () => {
  let [underWay, most] = [0, 0];
  const many = Array.from({ length: 20 }, () => ROLLOUTS[0]);
  await scoreRollouts(many, [{ name: 'slow', weight: 1, judge: async () => {
    most = Math.max(most, ++underWay);
    await Promise.resolve();
    underWay -= 1;
    return { reward: 1 };
  } }], { seconds: 5, concurrency: 3 }, never());
  expect(most).toBe(3);
});

it('ends with the reason of the signal when the run is stopped, also while a reward hangs', async () => {
  const controller = new AbortController();
  const reason = new Error('stopped');
  const scoring = scoreRollouts(ROLLOUTS, [{ name: 'hanging', weight: 1, judge: () => {
    queueMicrotask(() => controller.abort(reason));
    return new Promise(() => undefined);
  } }], { seconds: 1000, concurrency: 1 }, controller.signal);
  await expect(scoring).rejects.toBe(reason);
});

it('refuses a run without rewards, two of one name, or a weight that is no number', () => {
  const invalid = expect.objectContaining({ code: 'rft.reward.invalid' }) as Error;
  expect(() => checkRewards([])).toThrow(invalid);
  expect(() => checkRewards([{ name: 'a', weight: 1 }, { name: 'a', weight: 2 }])).toThrow(invalid);
  expect(() => checkRewards([{ name: 'a', weight: NaN }])).toThrow(invalid);
});

describe('the guard', () => {
  const unscored: Score = { parts: [NaN], total: NaN, problem: 'reward "rule" failed: Error: first' };
  const other: Score = { ...unscored, problem: 'reward "rule" failed: Error: later' };
  const good: Score = { parts: [0], total: 0, problem: undefined };

  it('ends a run after three steps without a score, and quotes the first problem', () => {
    const guard = new ScoringGuard();
    guard.check(1, [unscored, other]);
    guard.check(2, [other, other]);
    expect(() => guard.check(3, [other, other])).toThrow(expect.objectContaining({
      code: 'rft.rewards.failing', message: expect.stringMatching(/None of the 6 completions .* reward "rule" failed: Error: first\./) as string,
    }) as Error);
  });

  it('is content with a score now and then', () => {
    const guard = new ScoringGuard();
    for (let step = 1; step < 10; step++) guard.check(step, step % 3 === 0 ? [unscored, good] : [unscored, unscored]);
  });
});
