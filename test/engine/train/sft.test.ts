/** Supervised fine-tuning from end to end: resuming, learning by heart, refusing. */

import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Generator } from '../../../src/engine/generate/generator.ts';
import { initializeDecoder } from '../../../src/engine/model/initialize.ts';
import type { Weights } from '../../../src/engine/model/weights.ts';
import type { TokenizedExample } from '../../../src/engine/text/chat.ts';
import { findLatestCheckpoint } from '../../../src/engine/train/checkpoint.ts';
import { trainSft, type SftRun } from '../../../src/engine/train/sft.ts';
import type { StepMetrics, Trained, TrainEvent, TrainingSettings } from '../../../src/engine/train/training.ts';
import { livelyWeights, QUICK, randomRows, TINY } from '../tiny.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sft-'));
});
afterEach(() => rm(folder, { recursive: true }));

const ROWS = randomRows(TINY, [9, 14, 5, 20, 11, 7, 16, 12, 8, 10, 6], 21);
const VALIDATION = randomRows(TINY, [9, 13, 6], 22);

function runOf(settings: Partial<TrainingSettings>, more: Partial<SftRun> = {}): SftRun {
  return {
    config: TINY, weights: livelyWeights(TINY, 3), data: { train: ROWS, validation: VALIDATION }, settings: { ...QUICK, ...settings },
    checkpointFolder: folder, signal: new AbortController().signal, onEvent: () => undefined, ...more,
  };
}

function tensorsOf(trained: Trained): Weights {
  return 'adapter' in trained ? trained.adapter.tensors : trained.weights;
}

function bytesOf(trained: Trained): Map<string, Buffer> {
  return new Map([...tensorsOf(trained)].map(([name, { data }]) => [name, Buffer.from(data.slice().buffer)]));
}

function stepsOf(events: readonly TrainEvent[]): StepMetrics[] {
  return events.flatMap((event) => (event.kind === 'step' ? [event.metrics] : []));
}

describe.each(['lora', 'full'] as const)('%s training', (method) => {
  const peft: TrainingSettings['peft'] = method === 'lora' ? { method, rank: 4, alpha: 8 } : { method };

  it('is the same byte for byte when it is stopped and resumed', async () => {
    const settings = { peft, epochs: 3, evalEverySteps: 4 };
    const straight = await trainSft(runOf(settings));
    await rm(folder, { recursive: true });

    const controller = new AbortController();
    const first = await trainSft(runOf(settings, {
      signal: controller.signal,
      onEvent: (event) => {
        if (event.kind === 'step' && event.metrics.step === 5) controller.abort();
      },
    }));
    expect(first.result).toMatchObject({ outcome: 'stopped', step: 5, totalSteps: 9 });

    const events: TrainEvent[] = [];
    const latest = await findLatestCheckpoint(folder);
    const second = await trainSft(runOf(settings, { resumeFrom: latest, onEvent: (event) => events.push(event) }));
    expect(events[0]).toMatchObject({ kind: 'start', totalSteps: 9, resumedFromStep: 5 });
    expect(stepsOf(events).map(({ step }) => step)).toEqual([6, 7, 8, 9]);
    expect(second.result).toEqual(straight.result);
    expect(bytesOf(second.trained)).toEqual(bytesOf(straight.trained));
  });

  it('does not care into how many passes a step is split', async () => {
    const whole = await trainSft(runOf({ peft, batchSize: 4, maxSteps: 3, maxGradNorm: 0 }));
    const split = await trainSft(runOf({ peft, batchSize: 1, gradientAccumulation: 4, maxSteps: 3, maxGradNorm: 0 }));
    expect(split.result.trainLoss).toBeCloseTo(whole.result.trainLoss, 5);
  });

  it('learns a few rows by heart and says them again', async () => {
    const rows: TokenizedExample[] = [[1, 5, 2, 11, 12, 13, 14, 0], [1, 6, 2, 21, 22, 23, 0], [1, 7, 2, 9, 8, 7, 6, 5, 0]].map((ids, index) => ({
      row: index + 1, ids: Int32Array.from(ids), trained: Uint8Array.from(ids, (_, position) => (position > 2 ? 1 : 0)),
    }));
    const weights = livelyWeights(TINY, 8);
    // A small random head cannot be sure of anything unless its logits are spread wider, and an adapter cannot do that.
    weights.get('model.norm.weight')!.data.fill(5);
    const { result, trained } = await trainSft(runOf(
      { peft: method === 'lora' ? { method, rank: 8, alpha: 16 } : { method }, epochs: 100, batchSize: 3, learningRate: 2e-2 },
      { weights, data: { train: rows, validation: rows } }));
    expect(result.outcome).toBe('finished');
    expect(result.evalLoss).toBeLessThan(0.05);
    const generator = await Generator.open({ config: TINY, weights, threads: 1, ...trained });
    const answers = await generator.generate(rows.map(({ ids }) => [...ids.subarray(0, 3)]), { temperature: 0, seed: 0, maxNewTokens: 10, endIds: [0] });
    expect(answers).toEqual(rows.map(({ ids }) => ({ ids: [...ids.subarray(3, -1)], finish: 'end' })));
    await generator.dispose();
  });
});

it('does not resume on other rows', async () => {
  await trainSft(runOf({ maxSteps: 1 }));
  const resumeFrom = await findLatestCheckpoint(folder);
  const otherRows = { train: [...ROWS.slice(1), ROWS[0]], validation: [] };
  await expect(trainSft(runOf({ maxSteps: 1 }, { resumeFrom, data: otherRows })))
    .rejects.toMatchObject({ code: 'checkpoint.mismatch', message: expect.stringContaining('other rows') as string });
});

it('leaves the base weights as they are', async () => {
  const weights = livelyWeights(TINY, 3);
  const before = new Map([...weights].map(([name, { data }]) => [name, data.slice()]));
  await trainSft(runOf({ peft: { method: 'full' } }, { weights }));
  expect(new Map([...weights].map(([name, { data }]) => [name, data]))).toEqual(before);
});

it('reports every step, evaluations and checkpoints', async () => {
  const events: TrainEvent[] = [];
  const { result } = await trainSft(runOf({ epochs: 2, evalEverySteps: 2 }, { onEvent: (event) => events.push(event) }));
  expect(events[0]).toMatchObject({ kind: 'start', totalSteps: 6, truncatedRows: 0, resumedFromStep: 0 });
  expect(events.map(({ kind }) => kind)).toEqual([
    'start', 'step', 'step', 'eval', 'checkpoint', 'step', 'step', 'eval', 'checkpoint', 'step', 'step', 'eval', 'checkpoint',
  ]);
  const steps = stepsOf(events);
  expect(steps.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6]);
  expect(steps.at(-1)).toMatchObject({ totalSteps: 6, epoch: 2 });
  expect(steps[0].trainedTokens).toBeGreaterThan(0.5);
  expect(result.trainLoss).toBeCloseTo(steps.reduce((sum, { loss }) => sum + loss, 0) / 6, 12);
  expect((await readdir(folder)).sort()).toEqual(['step-00000004', 'step-00000006']);
});

it('lets timers of the process run between steps', async () => {
  let ticks = 0;
  let ticksDuringSteps = 0;
  const timer = setInterval(() => ticks++, 1);
  await trainSft(runOf({ epochs: 20 }, { onEvent: (event) => {
    if (event.kind === 'step') ticksDuringSteps = ticks;
  } }));
  clearInterval(timer);
  expect(ticksDuringSteps).toBeGreaterThan(0);
});

it('cuts rows that are longer than the longest length and counts them', async () => {
  const events: TrainEvent[] = [];
  await trainSft(runOf({ maxLength: 12 }, { onEvent: (event) => events.push(event) }));
  expect(events[0]).toMatchObject({ truncatedRows: 4, untrainedRows: 0 });
});

it('leaves out rows without a trained token, and counts them', async () => {
  const events: TrainEvent[] = [];
  const run = runOf({}, { onEvent: (event) => events.push(event) });
  const [first, ...others] = run.data.train;
  const silent = { ...first, trained: new Uint8Array(first.ids.length) };
  await trainSft({ ...run, data: { ...run.data, train: [silent, ...others] } });
  expect(events[0]).toMatchObject({ untrainedRows: 1 });
});

it('refuses rows without anything to learn, and says when cutting is to blame', async () => {
  const untrained = ROWS.map((row) => ({ ...row, trained: new Uint8Array(row.ids.length) }));
  await expect(trainSft(runOf({}, { data: { train: untrained, validation: [] } })))
    .rejects.toMatchObject({ code: 'training.nothing-to-learn', message: 'None of the 11 rows has a token to train on.' });
  await expect(trainSft(runOf({ maxLength: 2 }))).rejects.toMatchObject({ code: 'training.nothing-to-learn', message: expect.stringContaining('were cut') as string });
  await expect(trainSft(runOf({}, { data: { train: [], validation: [] } }))).rejects.toMatchObject({ code: 'training.nothing-to-learn' });
});

it('refuses tokens that the model does not know', async () => {
  const rows = [...ROWS, { row: 77, ids: Int32Array.from([1, 29]), trained: Uint8Array.from([0, 1]) }];
  await expect(trainSft(runOf({}, { data: { train: rows, validation: [] } }))).rejects.toMatchObject({ code: 'training.token.unknown', place: { row: 77 } });
});

it('stops when training diverges, names the step and the rows, and keeps the last good checkpoint', async () => {
  const weights = new Map(initializeDecoder(TINY, 1));
  const events: TrainEvent[] = [];
  const diverging = trainSft(runOf(
    { peft: { method: 'full' }, learningRate: 1e30, maxGradNorm: 0, epochs: 3, evalEverySteps: 1, weightDecay: 0, warmupRatio: 0, schedule: 'constant' },
    { weights, data: { train: ROWS, validation: [] }, onEvent: (event) => events.push(event) }));
  await expect(diverging).rejects.toMatchObject({ code: 'training.diverged', message: expect.stringMatching(/step \d+: .*rows \d+, \d+/) as string });
  const lastGood = events.filter(({ kind }) => kind === 'checkpoint').at(-1);
  expect(lastGood).toBeDefined();
  expect(await findLatestCheckpoint(folder)).toBe((lastGood as Extract<TrainEvent, { kind: 'checkpoint' }>).folder);
});
