/** Jobs, profiles and reports as the host's tests need them. */

import type { Finding } from '../../../src/core/datasets/finding.ts';
import type { DatasetProfile } from '../../../src/core/datasets/profile.ts';
import type { EvaluationCase, EvaluationSummary } from '../../../src/core/evaluation/evaluation.ts';
import type { Job } from '../../../src/core/jobs/job.ts';

export function aJob(over: Partial<Job> = {}): Job {
  return {
    id: '20261122-100000-abcd',
    name: 'tickets',
    state: 'training',
    reason: undefined,
    backend: 'local',
    technique: 'sft',
    baseModel: 'starter',
    recipeFile: '/work/tickets.tune.yaml',
    folder: '/home/jobs/20261122-100000-abcd',
    createdAt: 1_000_000,
    startedAt: 1_000_000,
    endedAt: undefined,
    heartbeatAt: 1_000_000,
    step: 43,
    totalSteps: 100,
    loss: 0.5123,
    evalLoss: undefined,
    tokensPerSecond: 5240,
    secondsLeft: 75,
    checkpoint: undefined,
    artifact: undefined,
    evaluation: undefined,
    fault: undefined,
    ...over,
  };
}

export const summary: EvaluationSummary = {
  metric: 'exact-match',
  rows: 200,
  base: { value: 0.61, low: 0.54, high: 0.68, rows: 200 },
  tuned: { value: 0.88, low: 0.83, high: 0.92, rows: 200 },
  difference: { value: 0.27, low: 0.19, high: 0.35 },
  verdict: 'better',
  sentence: 'Base 61% → tuned 88% on 200 held-out rows (+27 points, 95% interval +19 to +35).',
  seconds: 9,
};

export function aCase(row: number, baseCorrect: boolean, tunedCorrect: boolean): EvaluationCase {
  return { row, prompt: `prompt ${row}`, expected: 'yes', base: baseCorrect ? 'yes' : 'no', tuned: tunedCorrect ? 'yes' : 'maybe', baseCorrect, tunedCorrect };
}

export function aFinding(over: Partial<Finding> = {}): Finding {
  return {
    code: 'dataset.row.invalid-json',
    severity: 'error',
    message: 'Line 7 of tickets.jsonl is not valid JSON: the quote at column 43 is never closed.',
    remedy: 'Correct the JSON',
    rows: [7],
    count: 1,
    ...over,
  };
}

export function aProfile(over: Partial<DatasetProfile> = {}): DatasetProfile {
  return {
    file: '/work/tickets.jsonl',
    bytes: 412_000,
    target: 'local-sft',
    format: 'chat',
    formats: [{ id: 'openai-chat', title: 'OpenAI chat', count: 1003 }],
    rows: 1003,
    usableRows: 1003,
    turns: { min: 2, max: 2, mean: 2 },
    promptCharacters: { mean: 80, p95: 120, max: 200 },
    answerCharacters: { mean: 8, p95: 10, max: 12 },
    labels: [
      { label: 'billing', count: 140 },
      { label: 'shipping', count: 100 },
    ],
    findings: [],
    seconds: 0.1,
    ...over,
  };
}
