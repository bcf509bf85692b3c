/** Asks reward functions what completions are worth, and bears with those that fail, hang or answer nonsense. */

import { UserError } from '../errors.ts';
import type { ChatMessage } from '../text/chat.ts';

/** What a reward function is shown. */
export interface JudgedRollout<Item> {
  readonly prompt: readonly ChatMessage[];
  readonly completion: string;
  /** the row of the dataset that the prompt is from */
  readonly item: Item;
}

export interface RewardResult {
  /** any finite number; null when this completion cannot be judged */
  readonly reward: number | null;
}

/** @param signal aborted when the time limit is over or the run is stopped */
export type RewardFunction<Item> = (rollout: JudgedRollout<Item>, signal: AbortSignal) => Promise<RewardResult> | RewardResult;

export interface WeightedReward<Item> {
  /** as it appears in metrics: `rewards/<name>/mean` */
  readonly name: string;
  readonly weight: number;
  readonly judge: RewardFunction<Item>;
}

export interface Score {
  /** what each reward function said, in their order; NaN is unscored */
  readonly parts: readonly number[];
  /** Σ weight · part; NaN, which is unscored, as soon as one part is: a sum without it would look like a bad completion */
  readonly total: number;
  /** the first thing that went wrong, in words */
  readonly problem: string | undefined;
}

export interface ScoringLimits {
  /** of one call */
  readonly seconds: number;
  /** calls under way at a time */
  readonly concurrency: number;
}

/**
 * Scores all rollouts with all reward functions. A call that throws, takes too long or gives anything but a finite
 * number leaves its rollout unscored; it is never taken for a reward of 0.
 *
 * A call that never returns control to the event loop cannot be timed: untrusted code belongs in a process of its own.
 *
 * @returns one score a rollout, in their order, which does not depend on the order in which calls end
 * @throws the signal's reason when it is aborted
 */
export async function scoreRollouts<Item>(
  rollouts: readonly JudgedRollout<Item>[], rewards: readonly WeightedReward<Item>[], limits: ScoringLimits, signal: AbortSignal,
): Promise<Score[]> {
  const calls = rollouts.flatMap((rollout) => rewards.map((reward) => ({ rollout, reward })));
  const answers: Answer[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < calls.length) {
      signal.throwIfAborted();
      const index = next++;
      answers[index] = await ask(calls[index].reward, calls[index].rollout, limits.seconds, signal);
    }
  };
  await Promise.all(Array.from({ length: Math.min(limits.concurrency, calls.length) }, worker));
  signal.throwIfAborted();
  return rollouts.map((_, row) => {
    const own = answers.slice(row * rewards.length, (row + 1) * rewards.length);
    const total = own.reduce((sum, { value }, index) => sum + rewards[index].weight * value, 0);
    return {
      parts: own.map(({ value }) => value),
      // Finite parts can still add up to infinity.
      total: Number.isFinite(total) ? total : NaN,
      problem: own.find(({ problem }) => problem !== undefined)?.problem,
    };
  });
}

interface Answer {
  readonly value: number;
  readonly problem: string | undefined;
}

async function ask<Item>(reward: WeightedReward<Item>, rollout: JudgedRollout<Item>, seconds: number, signal: AbortSignal): Promise<Answer> {
  const unscored = (problem: string): Answer => ({ value: NaN, problem: `reward "${reward.name}" ${problem}` });
  const limit = new AbortController();
  const stop = (): void => limit.abort(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  const timer = setTimeout(() => limit.abort(new Error('time limit')), seconds * 1000);
  try {
    const aborted = new Promise<Answer>((resolve) => {
      limit.signal.addEventListener('abort', () => resolve(unscored(`took longer than ${seconds} s`)), { once: true });
    });
    return await Promise.race([aborted, judged(reward, rollout, limit.signal, unscored)]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  }
}

async function judged<Item>(
  reward: WeightedReward<Item>, rollout: JudgedRollout<Item>, signal: AbortSignal, unscored: (problem: string) => Answer,
): Promise<Answer> {
  let result: unknown;
  try {
    result = await reward.judge(rollout, signal);
  } catch (cause) {
    return unscored(`failed: ${cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause)}`);
  }
  // Reward functions are the user's own code: what they return is not what their type says.
  const value = (result as Partial<RewardResult> | null | undefined)?.reward;
  if (value === null) return unscored('could not judge the completion');
  if (typeof value !== 'number') return unscored(`did not return { reward: number }`);
  return Number.isFinite(value) ? { value, problem: undefined } : unscored(`returned ${value}`);
}

/** @throws UserError "rft.reward.invalid" */
export function checkRewards(rewards: readonly Pick<WeightedReward<never>, 'name' | 'weight'>[]): void {
  const fault = (message: string, remedy: string): UserError => new UserError('rft.reward.invalid', message, remedy, { place: { field: 'rewards' } });
  if (rewards.length === 0) throw fault('There is no reward function.', 'Add one: it says what a completion is worth.');
  rewards.forEach(({ name, weight }, index) => {
    if (rewards.findIndex((other) => other.name === name) < index) throw fault(`Two reward functions are called "${name}".`, 'Give each a name of its own.');
    if (!Number.isFinite(weight)) throw fault(`The weight of the reward "${name}" is ${weight}.`, 'Give a number.');
  });
}

const UNSCORED_STEPS = 3;

/** Ends a run whose rewards no longer work, before it burns the night on nothing. */
export class ScoringGuard {
  private steps = 0;
  private rollouts = 0;
  private firstProblem: string | undefined;

  /** @throws UserError "rft.rewards.failing" after three steps in a row in which nothing could be scored */
  check(step: number, scores: readonly Score[]): void {
    if (scores.some(({ total }) => !Number.isNaN(total))) {
      this.steps = 0;
      this.rollouts = 0;
      this.firstProblem = undefined;
      return;
    }
    this.steps += 1;
    this.rollouts += scores.length;
    this.firstProblem ??= scores.find(({ problem }) => problem !== undefined)?.problem ?? 'the weighted sum of the rewards is no finite number';
    if (this.steps < UNSCORED_STEPS) return;
    throw new UserError('rft.rewards.failing',
      `None of the ${this.rollouts} completions of the last ${this.steps} steps (up to step ${step}) could be scored. The first time, ${this.firstProblem}.`,
      'Try the reward on one completion, mend it, and resume from the last checkpoint.');
  }
}
