/** Reinforcement fine-tuning from end to end: it learns what is rewarded, resumes to the byte, and bears with bad rewards. */

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UserError } from '../../../src/engine/errors.ts';
import { trainGrpo, type GrpoRun } from '../../../src/engine/rl/grpo.ts';
import type { RewardFunction } from '../../../src/engine/rl/rewards.ts';
import { RolloutLog, type RolloutRecord } from '../../../src/engine/rl/rolloutLog.ts';
import { usualGrpoSettings, type GrpoSettings } from '../../../src/engine/rl/settings.ts';
import { findLatestCheckpoint } from '../../../src/engine/train/checkpoint.ts';
import type { StepMetrics, Trained, TrainEvent, TrainingSettings } from '../../../src/engine/train/training.ts';
import { livelyWeights, QUICK, TINY } from '../tiny.ts';

interface Item {
  /** tokens up to this one are worth something */
  readonly most: number;
}

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'grpo-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** Words are numbers, and each is the token of that number. */
const NUMBERS: GrpoRun<Item>['tokenizer'] = {
  endIds: [0],
  tokenizePrompt: (messages) => messages.flatMap(({ content }) => content.split(' ').map(Number)),
  decode: (ids) => [...ids].join(' '),
};

const PROMPTS = ['3 1 4', '1', '5 9 2 6', '2 7', '1 8 2 8', '4 5'].map((content, index) => (
  { messages: [{ role: 'user' as const, content }], item: { most: 9 }, row: index + 1 }));

/** Of the longest completion, so that ending early is worth nothing. */
const shareOfSmall: RewardFunction<Item> = ({ completion, item }) => (
  { reward: completion.split(' ').filter((word) => word !== '' && Number(word) <= item.most).length / 6 });

function runOf(grpo: Partial<GrpoSettings>, settings: Partial<TrainingSettings> = {}, more: Partial<GrpoRun<Item>> = {}): GrpoRun<Item> {
  return {
    config: TINY, weights: livelyWeights(TINY, 3), tokenizer: NUMBERS, data: { train: PROMPTS, validation: [] },
    rewards: [{ name: 'share', weight: 1, judge: shareOfSmall }],
    settings: { ...QUICK, batchSize: 3, epochs: 2, schedule: 'constant', warmupRatio: 0, ...settings },
    grpo: { ...usualGrpoSettings('grpo'), groupSize: 6, maxCompletionLength: 6, rewardSeconds: 0.02, ...grpo },
    checkpointFolder: join(folder, 'checkpoints'), signal: new AbortController().signal, onEvent: () => undefined, ...more,
  };
}

function judgedBy(judge: RewardFunction<Item>): Partial<GrpoRun<Item>> {
  return { rewards: [{ name: 'share', weight: 1, judge }] };
}

async function train(run: GrpoRun<Item>): Promise<{ steps: StepMetrics[]; events: TrainEvent[]; bytes: Map<string, Buffer>; result: Awaited<ReturnType<typeof trainGrpo>>['result'] }> {
  const events: TrainEvent[] = [];
  const { result, trained } = await trainGrpo({ ...run, onEvent: (event) => {
    events.push(event);
    run.onEvent(event);
  } });
  return { result, events, bytes: bytesOf(trained), steps: events.flatMap((event) => (event.kind === 'step' ? [event.metrics] : [])) };
}

function bytesOf(trained: Trained): Map<string, Buffer> {
  const tensors = 'adapter' in trained ? trained.adapter.tensors : trained.weights;
  return new Map([...tensors].map(([name, { data }]) => [name, Buffer.from(data.slice().buffer)]));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

describe.each<[string, Partial<GrpoSettings>, TrainingSettings['peft']]>([
  ['grpo', usualGrpoSettings('grpo'), { method: 'lora', rank: 4, alpha: 8 }],
  ['dr_grpo with a divergence', { ...usualGrpoSettings('dr_grpo'), beta: 0.01 }, { method: 'lora', rank: 4, alpha: 8 }],
  ['dapo with two updates a step', { ...usualGrpoSettings('dapo'), maskTruncated: false, numIterations: 2 }, { method: 'full' }],
])('%s', (_, variant, peft) => {
  const grpo = { ...variant, groupSize: 6, maxCompletionLength: 6, rewardSeconds: 5 };

  it('raises a reward that can be learned', async () => {
    const weights = livelyWeights(TINY, 3);
    // A small random head cannot be sure of anything unless its logits are spread wider, and an adapter cannot do that.
    weights.get('model.norm.weight')!.data.fill(3);
    const { steps } = await train(runOf(grpo, { peft, epochs: 15, learningRate: peft.method === 'lora' ? 1e-2 : 3e-3 }, { weights }));
    const rewards = steps.map(({ more }) => more['reward']);
    expect(rewards[0]).toBeLessThan(0.5);
    expect(mean(rewards.slice(-5))).toBeGreaterThan(0.9);
  });

  it('is the same byte for byte when it is stopped and resumed, rollouts too', async () => {
    const settings = { peft, epochs: 3 };
    const straightLog = await RolloutLog.open(join(folder, 'straight.jsonl'));
    const straight = await train(runOf(grpo, settings, { rolloutWriter: straightLog, checkpointFolder: join(folder, 'straight') }));
    await straightLog.close();

    const controller = new AbortController();
    const log = await RolloutLog.open(join(folder, 'resumed.jsonl'));
    const first = await train(runOf(grpo, settings, {
      signal: controller.signal, rolloutWriter: log,
      onEvent: (event) => { if (event.kind === 'step' && event.metrics.step === 4) controller.abort(); },
    }));
    expect(first.result).toMatchObject({ outcome: 'stopped', step: 4, totalSteps: 6 });
    const second = await train(runOf(grpo, settings, { rolloutWriter: log, resumeFrom: await findLatestCheckpoint(join(folder, 'checkpoints')) }));
    await log.close();
    expect(second.steps.map(({ step }) => step)).toEqual([5, 6]);
    expect(second.bytes).toEqual(straight.bytes);
    expect(await readFile(join(folder, 'resumed.jsonl'), 'utf8')).toBe(await readFile(join(folder, 'straight.jsonl'), 'utf8'));
  });
});

it('finishes the updates of a step when it is stopped between them, and resumes to the same bytes', async () => {
  const grpo = { numIterations: 3, rewardSeconds: 5, beta: 0.01 };
  const straight = await train(runOf(grpo, {}, { checkpointFolder: join(folder, 'straight') }));
  const controller = new AbortController();
  let judged = 0;
  // The last completion of step 2 is judged: what follows is the learning of that step.
  const stopping: RewardFunction<Item> = (rollout, signal) => {
    if (++judged === 36) setImmediate(() => controller.abort());
    return shareOfSmall(rollout, signal);
  };
  const first = await train(runOf(grpo, {}, { ...judgedBy(stopping), signal: controller.signal }));
  expect(first.result.outcome).toBe('stopped');
  const second = await train(runOf(grpo, {}, { resumeFrom: await findLatestCheckpoint(join(folder, 'checkpoints')) }));
  expect(second.bytes).toEqual(straight.bytes);
});

it('stores every rollout with its rewards, its advantage and why it has none', async () => {
  const written: RolloutRecord[] = [];
  await train(runOf({}, { maxSteps: 1 }, {
    rolloutWriter: { write: async (step, records) => { written.push(...records.map((record) => ({ ...record, step }))); } },
    rewards: [
      { name: 'share', weight: 1, judge: shareOfSmall },
      { name: 'short', weight: 0.5, judge: ({ prompt, completion }) => {
        if (prompt[0].content === '1') throw new Error('no');
        return { reward: -completion.length };
      } },
    ],
  }));
  expect(written).toHaveLength(18);
  for (const { prompt, rewards, reward, advantage, problem, completion } of written) {
    if (prompt[0].content === '1') expect({ rewards, reward, advantage, problem }).toMatchObject({ rewards: { short: null }, reward: null, advantage: null, problem: 'reward "short" failed: Error: no' });
    else {
      expect(rewards['short']).toBe(-completion.length);
      expect(reward).toBeCloseTo((rewards['share'] as number) - 0.5 * completion.length, 12);
      expect(problem).toBeUndefined();
    }
  }
  expect(written.map(({ sample }) => sample)).toEqual([0, 1, 2].flatMap(() => [0, 1, 2, 3, 4, 5]));
});

it('reports rewards, lengths, clipping and entropy under the names of the field', async () => {
  const { steps } = await train(runOf({ beta: 0.1, numIterations: 2 }, { maxSteps: 2, learningRate: 0.1 }));
  expect(Object.keys(steps[1].more).sort()).toEqual([
    'clip_ratio/high_mean', 'clip_ratio/low_mean', 'completions/clipped_ratio', 'completions/max_length', 'completions/mean_length', 'completions/min_length',
    'entropy', 'frac_reward_zero_std', 'kl', 'reward', 'reward_max', 'reward_min', 'reward_std', 'rewards/share/max', 'rewards/share/mean', 'rewards/share/min', 'rewards/share/std', 'skipped', 'unscored',
  ]);
  expect(steps[1].more['rewards/share/min']).toBe(steps[1].more['reward_min']);
  expect(steps[1].more['rewards/share/max']).toBe(steps[1].more['reward_max']);
  expect(steps[1].more['kl']).toBeGreaterThan(0);
  expect(steps[1].more['entropy']).toBeGreaterThan(0);
  expect(steps[1].more['entropy']).toBeLessThan(Math.log(TINY.vocabSize));
});

it('evaluates on held-out prompts by their mean reward', async () => {
  const { events, result } = await train(runOf({}, { maxSteps: 2 }, { data: { train: PROMPTS, validation: PROMPTS.slice(0, 2) } }));
  const evaluation = events.find(({ kind }) => kind === 'eval');
  expect(evaluation).toMatchObject({ step: 2, loss: result.evalLoss, more: { reward: -(result.evalLoss as number), unscored: 0 } });
});

describe('a reward that', () => {
  it('is the same for everything changes nothing, and says so', async () => {
    const { steps, bytes } = await train(runOf({}, {}, judgedBy(() => ({ reward: 0.3 }))));
    const fresh = await train(runOf({}, { learningRate: 0, weightDecay: 0 }, judgedBy(shareOfSmall)));
    expect(steps.map(({ more }) => [more['frac_reward_zero_std'], more['skipped'], more['reward_std']])).toEqual(steps.map(() => [1, 1, 0]));
    expect(steps.map(({ loss, gradNorm }) => [loss, gradNorm])).toEqual(steps.map(() => [0, 0]));
    expect(bytes).toEqual(fresh.bytes);
  });

  it.each<[string, RewardFunction<Item>]>([
    ['throws', () => { throw new Error('fault 1'); }],
    ['hangs', () => new Promise(() => undefined)],
    ['is not a number', () => ({ reward: NaN })],
  ])('%s now and then costs its rollouts alone', async (_, judge) => {
    let calls = 0;
    const { steps } = await train(runOf({}, { maxSteps: 2 }, judgedBy((rollout, signal) => (calls++ % 6 === 0 ? judge(rollout, signal) : shareOfSmall(rollout, signal)))));
    expect(steps.map(({ more }) => more['unscored'])).toEqual([expect.closeTo(1 / 6, 9), expect.closeTo(1 / 6, 9)]);
    expect(steps.every(({ more }) => more['skipped'] === 0)).toBe(true);
  });

  it('always fails ends the run after three steps with the first error', async () => {
    let calls = 0;
    const run = runOf({}, { epochs: 10 }, judgedBy(() => { throw new Error(`fault ${++calls}`); }));
    await expect(train(run)).rejects.toMatchObject({ code: 'rft.rewards.failing', message: expect.stringMatching(/54 completions.*fault 1\./) as string });
  });

  it('fails for two steps leaves the model as it was until it works', async () => {
    let calls = 0;
    const { steps } = await train(runOf({}, { maxSteps: 3 }, judgedBy((rollout, signal) => (++calls <= 36 ? { reward: NaN } : shareOfSmall(rollout, signal)))));
    expect(steps.map(({ more }) => [more['unscored'], more['skipped'], 'reward' in more])).toEqual([[1, 1, false], [1, 1, false], [0, 0, true]]);
  });
});

it('leaves completions without an end out of the loss when asked to, and not out of the statistics', async () => {
  const { steps } = await train(runOf({ maskTruncated: true, maxCompletionLength: 2 }, { maxSteps: 1 }));
  const [{ more, tokensPerSecond, trainedTokens, seconds }] = steps;
  const [counted, sampled] = [trainedTokens * tokensPerSecond * seconds, 18 * more['completions/mean_length']];
  expect(more['completions/clipped_ratio']).toBeGreaterThan(0.5);
  expect(counted).toBeLessThan(sampled / 2);
});

it('refuses settings that cannot work, and prompts that leave no room', async () => {
  await expect(trainGrpo(runOf({ groupSize: 1 }))).rejects.toMatchObject({ code: 'rft.group-too-small' });
  await expect(trainGrpo(runOf({ temperature: 0 }))).rejects.toMatchObject({ code: 'rft.setting.invalid', place: { field: 'temperature' } });
  await expect(trainGrpo(runOf({ temperature: Infinity }))).rejects.toMatchObject({ code: 'rft.setting.invalid', place: { field: 'temperature' } });
  // A timer of more than 24.8 days ends at once.
  for (const rewardSeconds of [0, NaN, Infinity, 2 ** 31 / 1000]) {
    await expect(trainGrpo(runOf({ rewardSeconds }))).rejects.toMatchObject({ code: 'rft.setting.invalid', message: expect.stringContaining('at most 86400') as string, place: { field: 'rewardSeconds' } });
  }
  await expect(trainGrpo(runOf({ minCompletionLength: 6 }))).rejects.toMatchObject({ code: 'rft.setting.invalid' });
  await expect(trainGrpo(runOf({}, {}, { rewards: [] }))).rejects.toMatchObject({ code: 'rft.reward.invalid' });
  await expect(trainGrpo(runOf({ maxCompletionLength: 64 }))).rejects.toMatchObject({ code: 'training.nothing-to-learn' });
  await expect(trainGrpo(runOf({}, { earlyStoppingPatience: 2, evalEverySteps: 1 }))).rejects.toMatchObject({
    code: 'training.early-stopping.no-evaluation', message: expect.stringContaining('no held-out rows') as string, place: { field: 'training.earlyStoppingPatience' },
  });
  await expect(trainGrpo(runOf({}, {}, { data: { train: [], validation: [] } }))).rejects.toMatchObject({ code: 'training.nothing-to-learn' });
});

it('plans for the memory of the completions of a step, of which at most 64 are under way', async () => {
  const { layers, kvHeads, headDim, vocabSize } = TINY;
  const ofRow = 1.25 * (4 + 6) * layers * 2 * kvHeads * headDim * 4 + vocabSize * 4;
  const memoryOf = async (settings: Partial<TrainingSettings>): Promise<number> => {
    const { events: [start] } = await train(runOf({}, { maxSteps: 1, ...settings }));
    return start.kind === 'start' ? start.memoryBytes : NaN;
  };
  const eighteen = await memoryOf({});
  expect(await memoryOf({ gradientAccumulation: 2 }) - eighteen).toBeCloseTo(18 * ofRow, 3);
  expect(await memoryOf({ gradientAccumulation: 9 }) - eighteen).toBeCloseTo(46 * ofRow, 3);
});

it('leaves out prompts that are too long, and counts them', async () => {
  const { events } = await train(runOf({}, { maxLength: 9, maxSteps: 1 }));
  expect(events[0]).toMatchObject({ kind: 'start', rows: { truncated: 0, dropped: 2, untrained: 0 } });
});

describe('a prompt is refused with its row', () => {
  const onlyRow7 = (content: string): Partial<GrpoRun<Item>> => ({ data: { train: [...PROMPTS, { messages: [{ role: 'user', content }], item: { most: 9 }, row: 7 }], validation: [] } });

  it('when its tokenizer knows more tokens than the model', async () => {
    await expect(trainGrpo(runOf({}, {}, onlyRow7('1 29')))).rejects.toMatchObject({
      code: 'training.token.unknown', message: expect.stringMatching(/^Row 7 has the token 29/) as string, remedy: expect.stringContaining('tokenizer') as string, place: { row: 7 },
    });
  });

  it('when the chat template does not accept it', async () => {
    const strict: GrpoRun<Item>['tokenizer'] = { ...NUMBERS, tokenizePrompt: (messages) => {
      if (messages[0].content === '8') throw new UserError('chat.template.refused', 'No eights.', 'Change the roles.');
      return NUMBERS.tokenizePrompt(messages);
    } };
    await expect(trainGrpo(runOf({}, {}, { ...onlyRow7('8'), tokenizer: strict }))).rejects.toMatchObject({
      code: 'chat.template.refused', message: 'Row 7: No eights.', remedy: 'Change the roles.', place: { row: 7 },
    });
  });
});
