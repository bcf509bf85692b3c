/** The compare page starts with the pair and the prompts that tell most. */

import { describe, expect, it } from 'vitest';
import type { ModelEntry } from '../../../src/core/jobs/jobClient.ts';
import { answerNote, blockedBecause, initialSides, modelOptions, suggestions } from '../../../src/host/compare/compareText.ts';
import { modelDescription } from '../../../src/host/models/modelText.ts';
import { aCase, aJob, summary } from './samples.ts';

function model(ref: string, over: Partial<ModelEntry> = {}): ModelEntry {
  return { ref, label: ref, kind: 'base', folder: `/models/${ref}`, bytes: 14_000_000, jobId: undefined, baseModel: undefined, systemPrompt: undefined, ...over };
}

const tuned = (jobId: string, baseModel = 'starter'): ModelEntry => model(jobId, { kind: 'tuned', jobId, baseModel });

describe('the pair', () => {
  it('is a job and its base', () => {
    const models = [model('other'), model('starter'), tuned('job-1'), tuned('job-2')];
    expect(initialSides(models, aJob({ id: 'job-2' }), undefined)).toEqual({ left: 'starter', right: 'job-2' });
  });

  it('finds a base that the job names by its folder', () => {
    expect(initialSides([model('other'), model('tiny'), tuned('job-1', '/models/tiny')], aJob({ id: 'job-1' }), undefined)).toEqual({ left: 'tiny', right: 'job-1' });
  });

  it('is the model wanted, else whatever there is', () => {
    expect(initialSides([model('starter'), model('tiny')], undefined, 'tiny')).toEqual({ left: 'starter', right: 'tiny' });
    expect(initialSides([model('starter')], undefined, undefined)).toEqual({ left: 'starter', right: 'starter' });
    expect(initialSides([], undefined, undefined)).toEqual({ left: '', right: '' });
  });
});

it('suggests first the rows that the tuned model fixed', () => {
  const report = { ...summary, cases: [aCase(1, true, true), aCase(2, false, true), aCase(3, true, false), aCase(4, false, false)] };
  expect(suggestions(report)).toEqual(['prompt 2', 'prompt 1', 'prompt 4']);
  expect(suggestions(undefined)).toEqual([]);
});

it('labels models so that base and tuned are told apart', () => {
  expect(modelOptions([model('starter'), tuned('job-1')]).map(({ label }) => label)).toEqual(['starter (base)', 'job-1 (tuned)']);
  expect(modelDescription(tuned('job-1'), 0.88)).toBe('from starter · 14.0 MB · 88% right on held-out rows');
});

it('says how an answer ended', () => {
  expect(answerNote({ text: 'a', tokens: 24, seconds: 0.6, finish: 'end' }).note).toBe('24 tokens in 600 ms');
  expect(answerNote({ text: 'a', tokens: 1, seconds: 2, finish: 'aborted' }).note).toBe('1 token in 2 s, stopped');
});

it('says why nothing can be asked', () => {
  expect(blockedBecause(false, 2)).toContain('Restricted Mode');
  expect(blockedBecause(true, 0)).toContain('no model');
  expect(blockedBecause(true, 1)).toBeUndefined();
});
