/** What a job says of itself in the tree, the status bar and the notification. */

import { describe, expect, it } from 'vitest';
import type { JobState } from '../../../src/core/jobs/job.ts';
import { endNotice, jobContext, jobDescription, jobDetails, jobFacts, stateFacts, statusText } from '../../../src/host/jobs/jobText.ts';
import { aJob, summary } from './samples.ts';

const NOW = 1_000_000 + 60_000;

describe('the status bar', () => {
  it('is empty while nothing runs', () => {
    expect(statusText([])).toBeUndefined();
    expect(statusText([aJob({ state: 'succeeded' }), aJob({ state: 'failed' })])).toBeUndefined();
  });

  it('counts what runs and shows the mean progress', () => {
    expect(statusText([aJob()])).toBe('$(sync~spin) 1 job · 43%');
    expect(statusText([aJob(), aJob({ step: 0, totalSteps: 100 }), aJob({ state: 'stopped' })])).toBe('$(sync~spin) 2 jobs · 22%');
  });

  it('shows no percent before the number of steps is known', () => {
    expect(statusText([aJob({ state: 'preparing', step: 0, totalSteps: 0 })])).toBe('$(sync~spin) 1 job');
  });
});

describe('the tree row', () => {
  it('shows percent, step, loss and the time left while training', () => {
    expect(jobDescription(aJob(), NOW)).toBe('43% · step 43/100 · loss 0.512 · 1 min 15 s left');
  });

  it('shows the result when it has finished', () => {
    expect(jobDescription(aJob({ state: 'succeeded', evaluation: summary, endedAt: NOW - 120_000 }), NOW)).toBe('base 61% → tuned 88% · 2 min ago');
  });

  it('shows what went wrong, and since when a lost job is silent', () => {
    expect(jobDescription(aJob({ state: 'failed', fault: { code: 'x.y', message: 'The disk is full.', remedy: 'Make room.' } }), NOW)).toBe('The disk is full.');
    expect(jobDescription(aJob({ state: 'lost', heartbeatAt: NOW - 180_000 }), NOW)).toBe('lost · last sign of life 3 min ago');
  });

  it('says something for every state', () => {
    const states: JobState[] = ['queued', 'preparing', 'training', 'evaluating', 'succeeded', 'paused', 'stopping', 'stopped', 'failed', 'lost'];
    for (const state of states) {
      expect(jobDescription(aJob({ state }), NOW).length + (state === 'succeeded' ? 1 : 0)).toBeGreaterThan(0);
      expect(stateFacts(state).label).not.toBe('');
      expect(jobFacts(aJob({ state }), NOW)[0]).toContain(stateFacts(state).label);
    }
  });

  it('offers what the state allows', () => {
    expect(jobContext(aJob())).toBe('job,stop');
    expect(jobContext(aJob({ state: 'stopped' }))).toBe('job,resume,remove');
    expect(jobContext(aJob({ state: 'succeeded', artifact: '/a', evaluation: summary }))).toBe('job,remove,compare,report');
  });
});

describe('the end of a job', () => {
  it('is announced with its result and what to do next', () => {
    expect(endNotice(aJob({ state: 'succeeded', artifact: '/a', evaluation: summary }))).toEqual({
      level: 'information',
      message: `tickets is tuned. ${summary.sentence}`,
      actions: ['Compare', 'Open Report'],
    });
  });

  it('names the remedy of a failure', () => {
    const notice = endNotice(aJob({ state: 'failed', fault: { code: 'x.y', message: 'The disk is full.', remedy: 'Make room' } }));
    expect(notice).toMatchObject({ level: 'error', message: 'tickets failed. The disk is full. Make room.', actions: ['Open Log'] });
    expect(endNotice(aJob({ state: 'failed', checkpoint: '/c' }))?.actions).toEqual(['Resume', 'Open Log']);
  });

  it('is silent while a job runs and when the user stopped it', () => {
    expect(endNotice(aJob())).toBeUndefined();
    expect(endNotice(aJob({ state: 'stopped' }))).toBeUndefined();
  });
});

describe('the details', () => {
  it('leave out what is not known', () => {
    const text = jobDetails(aJob());
    expect(text).toContain('state: training');
    expect(text).toContain('step: 43/100');
    expect(text).not.toContain('undefined');
  });
});
