/** Supervised fine-tuning from end to end: resuming, learning by heart, refusing. */

import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Generator } from '../../../src/engine/generate/generator.ts';
import { saveAdapter } from '../../../src/engine/model/adapter.ts';
import { initializeDecoder } from '../../../src/engine/model/initialize.ts';
import { createLoraAdapter, type LoraAdapter } from '../../../src/engine/model/lora.ts';
import { loadSafetensors } from '../../../src/engine/model/safetensors.ts';
import type { Weights } from '../../../src/engine/model/weights.ts';
import type { TokenizedExample } from '../../../src/engine/text/chat.ts';
import { findLatestCheckpoint } from '../../../src/engine/train/checkpoint.ts';
import { prepareExamples } from '../../../src/engine/train/examples.ts';
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

function adapterOf(trained: Trained): LoraAdapter {
  if (!('adapter' in trained)) throw new Error('all weights were trained');
  return trained.adapter;
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
  expect(events[0]).toMatchObject({ kind: 'start', totalSteps: 6, rows: { truncated: 0, dropped: 0, untrained: 0 }, resumedFromStep: 0, activations: 'whole-step' });
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
  expect(events[0]).toMatchObject({ rows: { truncated: 4, dropped: 0, untrained: 0 } });
});

it('keeps the end of such rows, leaves them out or refuses them, as the settings say', async () => {
  const rows = (truncation: TrainingSettings['truncation'], maxLength = 12) => prepareExamples(ROWS, TINY, { maxLength, truncation });
  const [long, end] = [ROWS[3], rows('keep_end').examples[3]];
  expect([...end.ids]).toEqual([...long.ids.subarray(8)]);
  expect([...end.trained]).toEqual([...long.trained.subarray(8)]);
  expect(rows('keep_end')).toMatchObject({ truncated: 3, dropped: 0 });
  expect(rows('drop')).toMatchObject({ truncated: 0, dropped: 3 });
  expect(rows('drop').examples.map(({ row }) => row)).toEqual([1, 3, 5, 6, 8, 9, 10, 11]);
  await expect(trainSft(runOf({ maxLength: 12, truncation: 'error' }))).rejects.toMatchObject({
    code: 'training.row.too-long', message: 'Row 2 has 14 tokens; the longest length allowed is 12.', place: { row: 2 },
  });
  expect(() => rows('error', 64)).not.toThrow();
  await expect(trainSft(runOf({ maxLength: 4, truncation: 'drop' }))).rejects.toMatchObject({ message: expect.stringContaining('11 rows are longer') as string });
});

it('trains packed rows to the same loss in fewer passes', async () => {
  const events: TrainEvent[] = [];
  const onEvent = (event: TrainEvent): number => events.push(event);
  // All rows in one step, before anything was learned: the mean over all tokens is one number however they lie.
  const apart = await trainSft(runOf({ maxLength: 24, batchSize: 11, maxSteps: 1 }));
  await rm(folder, { recursive: true });
  const packed = await trainSft(runOf({ maxLength: 24, batchSize: 6, maxSteps: 1, packing: true }, { onEvent }));
  expect(stepsOf(events)[0]).toMatchObject({ epoch: 1 });
  expect(packed.result.trainLoss).toBeCloseTo(apart.result.trainLoss, 5);
  const [a, b] = [tensorsOf(apart.trained), tensorsOf(packed.trained)];
  for (const [name, { data }] of a) if (name.includes('lora_B')) data.forEach((value, index) => expect(b.get(name)!.data[index]).toBeCloseTo(value, 4));
});

it('is the same byte for byte with packed rows when it is stopped and resumed', async () => {
  const settings = { packing: true, maxLength: 24, batchSize: 2, epochs: 3 };
  const straight = await trainSft(runOf(settings));
  await rm(folder, { recursive: true });
  const controller = new AbortController();
  await trainSft(runOf(settings, { signal: controller.signal, onEvent: (event) => {
    if (event.kind === 'step' && event.metrics.step === 4) controller.abort();
  } }));
  const resumed = await trainSft(runOf(settings, { resumeFrom: await findLatestCheckpoint(folder) }));
  expect(bytesOf(resumed.trained)).toEqual(bytesOf(straight.trained));
});

describe('early stopping', () => {
  // What is held out contradicts what is trained on, so that it gets worse soon.
  const contrary = ROWS.map((row) => ({ ...row, ids: row.ids.map((id) => TINY.vocabSize - 1 - id) }));
  const settings = { epochs: 30, evalEverySteps: 2, earlyStoppingPatience: 3, learningRate: 3e-2, schedule: 'constant' as const, warmupRatio: 0, keepCheckpoints: 1 };
  const data = { train: ROWS, validation: contrary };

  it('ends when the held-out loss has not fallen for a while, and leaves the best behind', async () => {
    const events: TrainEvent[] = [];
    const { result, trained } = await trainSft(runOf(settings, { data, onEvent: (event) => events.push(event) }));
    const evaluations = events.flatMap((event) => (event.kind === 'eval' ? [event] : []));
    const best = evaluations.reduce((a, b) => (b.loss < a.loss ? b : a));
    expect(evaluations.length).toBeLessThan(30);
    expect(evaluations.at(-1)!.step - best.step).toBe(6);
    expect(result).toMatchObject({ outcome: 'finished', step: best.step + 6, totalSteps: 90, restoredStep: best.step, evalLoss: best.loss });
    expect((await readdir(folder)).length).toBe(2);
    await rm(folder, { recursive: true });
    // Resuming is exact, so a run that ends where the best was must leave the same behind, but for its schedule.
    const short = await trainSft(runOf({ ...settings, earlyStoppingPatience: 0, maxSteps: best.step }, { data }));
    expect(bytesOf(trained)).toEqual(bytesOf(short.trained));
  });

  it('is remembered by a run that is resumed', async () => {
    const straight = await trainSft(runOf(settings, { data }));
    await rm(folder, { recursive: true });
    const controller = new AbortController();
    const stopAt = straight.result.step - 1;
    await trainSft(runOf(settings, { data, signal: controller.signal, onEvent: (event) => {
      if (event.kind === 'step' && event.metrics.step === stopAt) controller.abort();
    } }));
    const resumed = await trainSft(runOf(settings, { data, resumeFrom: await findLatestCheckpoint(folder) }));
    expect(resumed.result).toEqual(straight.result);
    expect(bytesOf(resumed.trained)).toEqual(bytesOf(straight.trained));
    const again = await trainSft(runOf(settings, { data, resumeFrom: await findLatestCheckpoint(folder) }));
    expect(bytesOf(again.trained)).toEqual(bytesOf(straight.trained));
  });

  it('is refused without evaluations', async () => {
    await expect(trainSft(runOf({ earlyStoppingPatience: 2 }))).rejects.toMatchObject({ code: 'training.early-stopping.no-evaluation' });
  });
});

describe('going on from an adapter', () => {
  it('takes its rank, alpha and layers, and begins where it ended', async () => {
    const first = await trainSft(runOf({ epochs: 2 }));
    const adapter = adapterOf(first.trained);
    await saveAdapter(join(folder, 'adapter'), { ...adapter, alpha: 3 }, 'tiny');
    const events: TrainEvent[] = [];
    const second = await trainSft(runOf({ learningRate: 1e-12, maxSteps: 1, weightDecay: 0, peft: { method: 'lora', rank: 9, alpha: 1 } },
      { startFrom: join(folder, 'adapter'), checkpointFolder: join(folder, 'second'), onEvent: (event) => events.push(event) }));
    const result = adapterOf(second.trained);
    expect(result).toMatchObject({ rank: 4, alpha: 3, targetModules: adapter.targetModules });
    for (const [name, { data }] of result.tensors) data.forEach((value, index) => expect(value).toBeCloseTo(adapter.tensors.get(name)!.data[index], 6));
    expect(events[0]).toMatchObject({ trainableParameters: [...adapter.tensors.values()].reduce((sum, { data }) => sum + data.length, 0) });
  });

  it('does not resume from another adapter than before', async () => {
    for (const seed of [1, 2]) await saveAdapter(join(folder, `adapter-${seed}`), createLoraAdapter(TINY, { rank: 2, alpha: 4, seed }), 'tiny');
    const checkpointFolder = join(folder, 'run');
    await trainSft(runOf({ maxSteps: 1 }, { startFrom: join(folder, 'adapter-1'), checkpointFolder }));
    const resumeFrom = await findLatestCheckpoint(checkpointFolder);
    await expect(trainSft(runOf({ maxSteps: 1 }, { startFrom: join(folder, 'adapter-2'), checkpointFolder, resumeFrom })))
      .rejects.toMatchObject({ code: 'checkpoint.mismatch', message: expect.stringContaining('another adapter') as string });
  });

  it('refuses one of another model, and full training', async () => {
    await saveAdapter(join(folder, 'adapter'), createLoraAdapter({ ...TINY, hiddenSize: 20 }, { rank: 4, alpha: 8, seed: 1 }), 'tiny');
    const startFrom = join(folder, 'adapter');
    await expect(trainSft(runOf({}, { startFrom }))).rejects.toMatchObject({ code: 'adapter.weights.mismatch', remedy: 'Choose the base model that the adapter was trained on.' });
    await expect(trainSft(runOf({ peft: { method: 'full' } }, { startFrom }))).rejects.toMatchObject({ code: 'training.start.needs-lora' });
    await expect(trainSft(runOf({}, { startFrom: join(folder, 'nowhere') }))).rejects.toMatchObject({ code: 'adapter.folder.missing' });
  });
});

it('keeps less when memory is short, with the same result, and refuses when even that is too much', async () => {
  const starts: Extract<TrainEvent, { kind: 'start' }>[] = [];
  const trainedWith = async (memoryBudgetBytes?: number): Promise<Trained> => {
    await rm(folder, { recursive: true });
    const { trained } = await trainSft(runOf({ maxSteps: 2, ...(memoryBudgetBytes === undefined ? {} : { memoryBudgetBytes }) }, {
      onEvent: (event) => (event.kind === 'start' ? starts.push(event) : undefined),
    }));
    return trained;
  };
  const needed = (): number => starts.at(-1)?.memoryBytes ?? NaN;
  await trainedWith();
  const saved = await trainedWith(needed() - 1);
  const recomputed = await trainedWith(needed() - 1);
  expect(starts.map(({ activations }) => activations)).toEqual(['whole-step', 'saved', 'recomputed']);
  expect(bytesOf(recomputed)).toEqual(bytesOf(saved));
  await expect(trainSft(runOf({ memoryBudgetBytes: 1e6 }))).rejects.toMatchObject({ code: 'training.memory.too-little' });
});

it('leaves out rows without a trained token, and counts them', async () => {
  const events: TrainEvent[] = [];
  const run = runOf({}, { onEvent: (event) => events.push(event) });
  const [first, ...others] = run.data.train;
  const silent = { ...first, trained: new Uint8Array(first.ids.length) };
  await trainSft({ ...run, data: { ...run.data, train: [silent, ...others] } });
  expect(events[0]).toMatchObject({ rows: { untrained: 1 } });
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

it('ends cleanly at a learning rate of 1, diverged or not, and leaves only finite numbers behind', async () => {
  const outcomes = await Promise.allSettled((['lora', 'full'] as const).map((method, index) => trainSft(runOf(
    { peft: method === 'lora' ? { method, rank: 4, alpha: 8 } : { method }, learningRate: 1, epochs: 8, evalEverySteps: 1, maxGradNorm: 0, schedule: 'constant' },
    { checkpointFolder: join(folder, String(index)) }))));
  for (const [index, outcome] of outcomes.entries()) {
    if (outcome.status === 'rejected') {
      expect(outcome.reason).toMatchObject({ code: 'training.diverged', remedy: expect.stringContaining('Lower the learning rate') as string });
      const saved = await loadSafetensors(join((await findLatestCheckpoint(join(folder, String(index))))!, 'parameters.safetensors'));
      for (const { data } of saved.weights.values()) expect(data.every(Number.isFinite)).toBe(true);
    } else {
      for (const { data } of tensorsOf(outcome.value.trained).values()) expect(data.every(Number.isFinite)).toBe(true);
    }
  }
});
