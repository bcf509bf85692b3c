/** The state machine of jobs: which moves there are, and that nothing reaches a state another way. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { JobState } from '../../../../src/core/jobs/job.ts';
import { assertMove, canMove, canResume, hasEnded, isActive, JOB_STATES, movesFrom } from '../../../../src/core/jobs/jobState.ts';

describe('job states', () => {
  it('allow these moves and no others', () => {
    expect(Object.fromEntries(JOB_STATES.map((state) => [state, movesFrom(state).join(' ')]))).toEqual({
      queued: 'preparing paused stopping stopped failed lost',
      preparing: 'training evaluating paused stopping stopped failed lost',
      training: 'evaluating succeeded paused stopping stopped failed lost',
      evaluating: 'succeeded paused stopping stopped failed lost',
      paused: 'queued preparing training evaluating stopping stopped failed lost',
      stopping: 'stopped succeeded failed lost',
      stopped: 'queued',
      failed: 'queued',
      lost: 'queued preparing training evaluating paused stopping stopped succeeded failed',
      succeeded: '',
    });
  });

  it('throw on every other move', () => {
    for (const from of JOB_STATES) {
      for (const to of JOB_STATES) {
        if (canMove(from, to)) expect(() => assertMove(from, to)).not.toThrow();
        else expect(() => assertMove(from, to)).toThrow(`A job cannot move from ${from} to ${to}.`);
      }
    }
  });

  it('hold on every walk: from queued, an ended job starts again only through queued, and success is final', () => {
    fc.assert(fc.property(fc.array(fc.nat(), { maxLength: 60 }), (choices) => {
      let state: JobState = 'queued';
      for (const choice of choices) {
        const moves = movesFrom(state);
        if (moves.length === 0) break;
        const next = moves[choice % moves.length];
        expect(JOB_STATES).toContain(next);
        expect(next).not.toBe(state);
        if (hasEnded(state) && isActive(next) && state !== 'lost') expect(next).toBe('queued');
        expect(isActive(next)).toBe(!hasEnded(next));
        state = next;
      }
      if (state === 'succeeded') expect(canResume(state)).toBe(false);
    }));
  });

  it('always leave a way to an end', () => {
    for (const state of JOB_STATES.filter(isActive)) expect(movesFrom(state).some(hasEnded)).toBe(true);
  });
});
