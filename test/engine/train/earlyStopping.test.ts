/** Which evaluation counts as the best, and when a run gives up hoping. */

import { expect, it } from 'vitest';
import { hasStalled, noteEvaluation, requireEvaluations, type Best } from '../../../src/engine/train/earlyStopping.ts';
import { QUICK } from '../tiny.ts';

function after(losses: readonly number[]): Best | undefined {
  return losses.reduce<Best | undefined>((best, loss, index) => noteEvaluation(best, { step: index + 1, loss, criterion: loss }), undefined);
}

it('remembers the best and counts what came after it', () => {
  expect(after([3, 2, 2.5, 2])).toEqual({ step: 2, loss: 2, criterion: 2, evaluationsSince: 2 });
  expect(after([3, 2, 2.5, 1])).toEqual({ step: 4, loss: 1, criterion: 1, evaluationsSince: 0 });
});

it('takes what is not a number for no better', () => {
  expect(after([2, NaN, NaN])).toMatchObject({ step: 1, evaluationsSince: 2 });
  expect(after([NaN, 2, 3])).toMatchObject({ step: 2, loss: 2, evaluationsSince: 1 });
  expect(after([Infinity, NaN, 2])).toMatchObject({ step: 3, loss: 2, evaluationsSince: 0 });
});

it('goes by the criterion where that is not the loss', () => {
  const first = noteEvaluation(undefined, { step: 1, loss: 1, criterion: -0.2 });
  expect(noteEvaluation(first, { step: 2, loss: 2, criterion: -0.5 })).toMatchObject({ step: 2, loss: 2 });
});

it('stalls after as many evaluations as its patience says', () => {
  const settings = { ...QUICK, earlyStoppingPatience: 2 };
  expect([[3, 2, 4], [3, 2, 4, 5], [3, 2, 4, 1]].map((losses) => hasStalled(after(losses), settings))).toEqual([false, true, false]);
  expect(hasStalled(after([1, 2, 3, 4, 5]), QUICK)).toBe(false);
  expect(hasStalled(undefined, settings)).toBe(false);
});

it('needs something to go by', () => {
  requireEvaluations(QUICK, 0);
  requireEvaluations({ ...QUICK, earlyStoppingPatience: 2, evalEverySteps: 5 }, 1);
  const code = 'training.early-stopping.no-evaluation';
  expect(() => requireEvaluations({ ...QUICK, earlyStoppingPatience: 2 }, 1)).toThrow(expect.objectContaining({ code, message: expect.stringContaining('evalEverySteps is 0') as string }) as Error);
  expect(() => requireEvaluations({ ...QUICK, earlyStoppingPatience: 2, evalEverySteps: 5 }, 0)).toThrow(expect.objectContaining({ code, message: expect.stringContaining('no held-out rows') as string }) as Error);
});
