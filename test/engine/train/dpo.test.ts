/** Direct preference optimization from end to end: what it measures, its gradients, learning, resuming, refusing. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FloatArray } from '../../../src/engine/graph/executor.ts';
import { createLoraAdapter, type LoraAdapter } from '../../../src/engine/model/lora.ts';
import { saveAdapter } from '../../../src/engine/model/adapter.ts';
import { DecoderRuntime } from '../../../src/engine/model/runtime.ts';
import { RandomGenerator } from '../../../src/engine/random.ts';
import type { TokenizedExample } from '../../../src/engine/text/chat.ts';
import { findLatestCheckpoint } from '../../../src/engine/train/checkpoint.ts';
import { directPreference, trainDpo, type DpoRun } from '../../../src/engine/train/dpo.ts';
import type { PreferencePair } from '../../../src/engine/train/pairs.ts';
import type { StepMetrics, Trained, TrainEvent, TrainingSettings } from '../../../src/engine/train/training.ts';
import { mergedWeights, referenceLogProbabilities, type ReferenceWeights } from '../reference/decoder.ts';
import { livelyWeights, QUICK, TINY } from '../tiny.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dpo-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** Pairs of random tokens with a prompt in common; a chosen answer begins with an even token, a rejected one with an odd one. */
function randomPairs(count: number, seed: number): PreferencePair[] {
  const random = new RandomGenerator(seed);
  const tokens = (length: number): number[] => Array.from({ length }, () => random.below(TINY.vocabSize));
  return Array.from({ length: count }, (_, index) => {
    const prompt = tokens(3 + random.below(5));
    const answer = (parity: number): TokenizedExample => {
      const ids = [...prompt, 2 * random.below(14) + parity, ...tokens(random.below(4))];
      return { row: index + 1, ids: Int32Array.from(ids), trained: Uint8Array.from(ids, (_, position) => (position < prompt.length ? 0 : 1)) };
    };
    return { chosen: answer(0), rejected: answer(1) };
  });
}

const PAIRS = randomPairs(10, 31);
const VALIDATION = randomPairs(5, 32);
const WEIGHTS = livelyWeights(TINY, 3);

function runOf(settings: Partial<TrainingSettings>, more: Partial<DpoRun> = {}): DpoRun {
  return {
    config: TINY, weights: WEIGHTS, data: { train: PAIRS, validation: VALIDATION }, settings: { ...QUICK, ...settings },
    checkpointFolder: join(folder, 'checkpoints'), signal: new AbortController().signal, onEvent: () => undefined, ...more,
  };
}

function stepsOf(events: readonly TrainEvent[]): StepMetrics[] {
  return events.flatMap((event) => (event.kind === 'step' ? [event.metrics] : []));
}

function bytesOf(trained: Trained): Map<string, Buffer> {
  return new Map([...('adapter' in trained ? trained.adapter.tensors : trained.weights)].map(([name, { data }]) => [name, Buffer.from(data.slice().buffer)]));
}

/** The log-probability of an answer, by loops over numbers. */
function plainly(weights: ReferenceWeights, { ids, trained }: TokenizedExample): number {
  const predictions = referenceLogProbabilities(TINY, weights, ids);
  return ids.reduce((sum, id, position) => (trained[position] === 1 ? sum + predictions[position - 1][id] : sum), 0);
}

function livelyAdapter(): LoraAdapter {
  const adapter = createLoraAdapter(TINY, { rank: 3, alpha: 6, seed: 4 });
  const random = new RandomGenerator(11);
  for (const { data } of adapter.tensors.values()) for (let i = 0; i < data.length; i++) data[i] = 0.2 * random.normal();
  return adapter;
}

it.each(['lora', 'full'] as const)('measures what a plain float64 decoder measures (%s)', async (method) => {
  const events: TrainEvent[] = [];
  const peft: TrainingSettings['peft'] = method === 'lora' ? { method, rank: 4, alpha: 8 } : { method };
  const { trained } = await trainDpo(runOf({ peft, epochs: 4, beta: 0.3 }, { onEvent: (event) => events.push(event) }));
  const policy = 'adapter' in trained ? mergedWeights(WEIGHTS, trained.adapter) : trained.weights;
  const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
  const measured = VALIDATION.map(({ chosen, rejected }) => {
    const [c, r] = [plainly(policy, chosen), plainly(policy, rejected)];
    const rewards = { chosen: 0.3 * (c - plainly(WEIGHTS, chosen)), rejected: 0.3 * (r - plainly(WEIGHTS, rejected)) };
    return { c, r, ...rewards, margin: rewards.chosen - rewards.rejected };
  });
  const found = events.filter((event) => event.kind === 'eval').at(-1)!;
  const wanted = {
    'logps/chosen': mean(measured.map(({ c }) => c)), 'logps/rejected': mean(measured.map(({ r }) => r)),
    'rewards/chosen': mean(measured.map(({ chosen }) => chosen)), 'rewards/rejected': mean(measured.map(({ rejected }) => rejected)),
    'rewards/margins': mean(measured.map(({ margin }) => margin)), 'rewards/accuracies': mean(measured.map(({ margin }) => (margin > 0 ? 1 : 0))),
  };
  expect(found.loss).toBeCloseTo(mean(measured.map(({ margin }) => Math.log(1 + Math.exp(-margin)))), 4);
  expect(Object.keys(found.more).sort()).toEqual(Object.keys(wanted).sort());
  for (const [name, value] of Object.entries(wanted)) expect(found.more[name], name).toBeCloseTo(value, 4);
});

it('has gradients that agree with central differences of its loss', async () => {
  const adapter = livelyAdapter();
  const tensors = new Map([...adapter.tensors].map(([name, { shape, data }]) => [name, { shape, data: Float64Array.from(data) }]));
  const weights = new Map([...WEIGHTS].map(([name, { shape, data }]) => [name, { shape, data: Float64Array.from(data) }]));
  const runtime = await DecoderRuntime.open({ config: TINY, weights, adapter: { ...adapter, tensors }, trainable: 'adapter', threads: 1, dtype: 'float64' });
  const { signal } = new AbortController();
  const pairs = PAIRS.slice(0, 4);
  const objective = await directPreference(runOf({ batchSize: 2, beta: 0.5 }, { data: { train: pairs, validation: pairs } })).open({
    config: TINY, runtime, base: WEIGHTS, trained: { adapter }, start: { adapter: createLoraAdapter(TINY, { rank: 1, alpha: 1, seed: 1 }) }, emit: () => undefined,
  }, signal);
  const sums = new Map<string, FloatArray>([...tensors].map(([name, { data }]) => [name, new Float64Array(data.length)]));
  const step = await objective.accumulate({ step: 1, totalSteps: 1, batches: [[0, 1], [2, 3]], seed: 0, update: () => undefined }, sums, signal);
  const loss = async (): Promise<number> => (await objective.evaluate(signal))!.loss;
  expect(step.loss).toBeCloseTo(await loss(), 12);
  const random = new RandomGenerator(17);
  for (const [name, { data }] of tensors) {
    const index = random.below(data.length);
    const [value, change] = [data[index], 1e-5];
    data[index] = value + change;
    const above = await loss();
    data[index] = value - change;
    const below = await loss();
    data[index] = value;
    const [found, wanted] = [sums.get(name)![index], (above - below) / (2 * change)];
    expect(Math.abs(found - wanted), name).toBeLessThan(1e-6 * Math.max(1e-2, Math.abs(wanted)) + 1e-9);
  }
  await runtime.dispose();
});

describe.each(['lora', 'full'] as const)('%s training', (method) => {
  const peft: TrainingSettings['peft'] = method === 'lora' ? { method, rank: 4, alpha: 8 } : { method };

  it('tells chosen from rejected answers in the end', async () => {
    const events: TrainEvent[] = [];
    await trainDpo(runOf({ peft, epochs: 60, batchSize: 5, learningRate: method === 'lora' ? 2e-2 : 3e-3 }, { onEvent: (event) => events.push(event) }));
    const steps = stepsOf(events);
    expect(steps[0].loss).toBeCloseTo(Math.LN2, 4);
    expect(steps[0].more).toMatchObject({ 'rewards/chosen': expect.closeTo(0, 4) as number, 'rewards/margins': expect.closeTo(0, 4) as number });
    expect(steps.slice(-2).map(({ more }) => more['rewards/accuracies'])).toEqual([1, 1]);
    expect(steps.at(-1)!.more['rewards/margins']).toBeGreaterThan(2);
    expect(steps.at(-1)!.loss).toBeLessThan(0.2);
  });

  it('is the same byte for byte when it is stopped and resumed', async () => {
    const settings = { peft, epochs: 3, evalEverySteps: 4 };
    const straight = await trainDpo(runOf(settings));
    await rm(join(folder, 'checkpoints'), { recursive: true });
    const controller = new AbortController();
    const first = await trainDpo(runOf(settings, { signal: controller.signal, onEvent: (event) => {
      if (event.kind === 'step' && event.metrics.step === 5) controller.abort();
    } }));
    expect(first.result).toMatchObject({ outcome: 'stopped', step: 5, totalSteps: 9 });
    const second = await trainDpo(runOf(settings, { resumeFrom: await findLatestCheckpoint(join(folder, 'checkpoints')) }));
    expect(second.result).toEqual(straight.result);
    expect(bytesOf(second.trained)).toEqual(bytesOf(straight.trained));
  });
});

it('does not care into how many passes a step is split', async () => {
  const whole = await trainDpo(runOf({ batchSize: 4, maxSteps: 3, maxGradNorm: 0 }));
  await rm(join(folder, 'checkpoints'), { recursive: true });
  const split = await trainDpo(runOf({ batchSize: 1, gradientAccumulation: 4, maxSteps: 3, maxGradNorm: 0 }));
  expect(split.result.trainLoss).toBeCloseTo(whole.result.trainLoss, 5);
});

it('takes the adapter that it goes on from as its reference', async () => {
  await saveAdapter(join(folder, 'adapter'), livelyAdapter(), 'tiny');
  const events: TrainEvent[] = [];
  await trainDpo(runOf({ maxSteps: 1 }, { startFrom: join(folder, 'adapter'), onEvent: (event) => events.push(event) }));
  expect(stepsOf(events)[0].loss).toBeCloseTo(Math.LN2, 4);
  const plain = PAIRS.map(({ chosen }) => plainly(mergedWeights(WEIGHTS, livelyAdapter()), chosen));
  expect(stepsOf(events)[0].more['logps/chosen']).toBeGreaterThanOrEqual(Math.min(...plain));
  expect(stepsOf(events)[0].more['logps/chosen']).toBeLessThanOrEqual(Math.max(...plain));
});

it('reports how far the reference is, and can be stopped there', async () => {
  const events: TrainEvent[] = [];
  const controller = new AbortController();
  const { result } = await trainDpo(runOf({ batchSize: 4 }, { signal: controller.signal, onEvent: (event) => {
    events.push(event);
    if (event.kind === 'progress' && event.done === 8) controller.abort();
  } }));
  expect(events.filter(({ kind }) => kind === 'progress')).toEqual([4, 8].map((done) => ({ kind: 'progress', what: 'Reference log-probabilities', done, total: 15 })));
  expect(result).toMatchObject({ outcome: 'stopped', step: 0 });
});

it('leaves out pairs of which a side has nothing to train on or is too long, and counts them', async () => {
  const [first, second, ...others] = PAIRS;
  const silent = { ...first, rejected: { ...first.rejected, trained: new Uint8Array(first.rejected.ids.length) } };
  const long = { ...second, chosen: { ...second.chosen, ids: new Int32Array(20), trained: new Uint8Array(20).fill(1, 1) } };
  const events: TrainEvent[] = [];
  await trainDpo(runOf({ maxSteps: 1, maxLength: 16, truncation: 'drop' }, { data: { train: [silent, long, ...others], validation: [] }, onEvent: (event) => events.push(event) }));
  expect(events[0]).toMatchObject({ rows: { truncated: 0, dropped: 1, untrained: 1 } });
});

it('refuses a beta that is none, and data without pairs', async () => {
  for (const beta of [0, -1, NaN, Infinity]) await expect(trainDpo(runOf({ beta }))).rejects.toMatchObject({ code: 'training.beta.invalid' });
  await expect(trainDpo(runOf({}, { data: { train: [], validation: [] } }))).rejects.toMatchObject({ code: 'training.nothing-to-learn' });
});
