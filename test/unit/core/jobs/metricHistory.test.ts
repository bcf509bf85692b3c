/** A long job's numbers: enough points for a chart, never those missing that somebody looks for. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, it } from 'vitest';

import type { MetricPoint, MetricValues } from '../../../../src/core/jobs/job.ts';
import { JobStore } from '../../../../src/core/jobs/jobStore.ts';
import { FakeClock, FakeMachine } from '../../support/fakeTime.ts';

let home: string;
let store: JobStore;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'tunesmith-metrics-'));
  store = new JobStore(home, new FakeClock(), new FakeMachine().seenFrom(1));
  for (const id of ['long', 'other']) {
    store.insert({ id, token: id, fingerprint: id, name: id, backend: 'local', technique: 'sft', method: 'lora', baseModel: 'starter', baseHash: undefined, recipeFile: '/r' });
  }
});

afterEach(() => {
  store.close();
  rmSync(home, { recursive: true, force: true });
});

/** As a writer does, without a transaction a point. */
function measure(steps: number, { from = 1, job = 'long', evaluateEvery = Infinity } = {}): void {
  const insert = (step: number, values: MetricValues): void =>
    void store.database.run('INSERT INTO metrics (seq, job_id, step, at, "values") VALUES (?, ?, ?, 0, ?)', store.database.nextSeq(), job, step, JSON.stringify(values));
  store.database.transaction(() => {
    for (let step = from; step < from + steps; step++) {
      insert(step, { loss: 1 / step });
      if (step % evaluateEvery === 0) insert(step, { eval_loss: 2 / step });
    }
    store.database.run('UPDATE jobs SET seq = ? WHERE id = ?', store.database.nextSeq(), job);
  });
}

function history(afterSeq = 0): readonly MetricPoint[] {
  return store.changeOf('long', afterSeq)?.metrics ?? [];
}

function stepsOf(points: readonly MetricPoint[], name: string): number[] {
  return points.filter(({ values }) => name in values).map(({ step }) => step);
}

it('of a short job is everything', () => {
  measure(1_800, { evaluateEvery: 10 });
  expect(history()).toEqual(store.metrics('long'));
});

it('of a long job is evenly spaced, first and last step included, in the order it was written', () => {
  measure(10_000);
  measure(10_000, { from: 10_001 });
  const steps = stepsOf(history(), 'loss');
  expect(steps.length).toBeLessThanOrEqual(2_000);
  expect(steps.length).toBeGreaterThan(1_500);
  expect([steps[0], steps.at(-1)]).toEqual([1, 20_000]);
  expect(Math.max(...steps.slice(1).map((step, index) => step - (steps[index] ?? 0)))).toBeLessThanOrEqual(12);
  expect(steps).toEqual(steps.toSorted((a, b) => a - b));
});

it('is as even when another job wrote in between', () => {
  measure(5_000);
  measure(20_000, { job: 'other' });
  measure(5_000, { from: 5_001 });
  const steps = stepsOf(history(), 'loss');
  expect(Math.max(...steps.slice(1).map((step, index) => step - (steps[index] ?? 0)))).toBeLessThanOrEqual(6);
  expect(new Set(history().map(({ jobId }) => jobId))).toEqual(new Set(['long']));
});

it('has the newest steps one by one, for the table', () => {
  measure(20_000);
  expect(stepsOf(history(), 'loss').slice(-200)).toEqual(Array.from({ length: 200 }, (_, index) => 19_801 + index));
});

it('has every evaluation, unless there are as many of them', () => {
  measure(20_000, { evaluateEvery: 70 });
  expect(stepsOf(history(), 'eval_loss')).toEqual(Array.from({ length: 285 }, (_, index) => 70 * (index + 1)));
  measure(20_000, { from: 20_001, evaluateEvery: 2 });
  const evaluated = stepsOf(history(), 'eval_loss');
  expect(evaluated.length).toBeLessThanOrEqual(2_200);
  expect(evaluated.at(-1)).toBe(40_000);
});

it('of what is new is thinned as well, and holds nothing old', () => {
  measure(10_000);
  const { seq } = store.changeOf('long', 0)!;
  expect(history(seq)).toEqual([]);
  measure(10, { from: 10_001 });
  expect(stepsOf(history(seq), 'loss')).toEqual(Array.from({ length: 10 }, (_, index) => 10_001 + index));
  measure(10_000, { from: 10_011 });
  const steps = stepsOf(history(seq), 'loss');
  expect(steps.length).toBeLessThanOrEqual(2_000);
  expect(steps.length).toBeGreaterThan(1_500);
  expect([steps[0], steps.at(-1)]).toEqual([10_001, 20_010]);
});
