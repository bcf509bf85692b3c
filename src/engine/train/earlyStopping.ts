/** Which evaluation was the best so far, and when there is no more to be hoped for. */

import { UserError } from '../errors.ts';
import type { TrainingSettings } from './training.ts';

/** The best evaluation of a run. */
export interface Best {
  readonly step: number;
  readonly loss: number;
  /** lower is better */
  readonly criterion: number;
  /** evaluations after it, none of them better */
  readonly evaluationsSince: number;
}

/** @param found the newest evaluation; one that equals the best is not better, one that is not a number never is, and gives way to any that is one */
export function noteEvaluation(best: Best | undefined, found: { readonly step: number; readonly loss: number; readonly criterion: number }): Best {
  const isFirstNumber = Number.isFinite(found.criterion) && !Number.isFinite(best?.criterion);
  if (best === undefined || isFirstNumber || found.criterion < best.criterion) return { ...found, evaluationsSince: 0 };
  return { ...best, evaluationsSince: best.evaluationsSince + 1 };
}

/** As `EarlyStoppingCallback` of transformers with a threshold of 0. */
export function hasStalled(best: Best | undefined, { earlyStoppingPatience = 0 }: TrainingSettings): boolean {
  return earlyStoppingPatience > 0 && best !== undefined && best.evaluationsSince >= earlyStoppingPatience;
}

/**
 * @param heldOut items to evaluate on
 * @throws UserError "training.early-stopping.no-evaluation" when early stopping could never happen
 */
export function requireEvaluations({ earlyStoppingPatience = 0, evalEverySteps }: TrainingSettings, heldOut: number): void {
  if (earlyStoppingPatience === 0 || (evalEverySteps > 0 && heldOut > 0)) return;
  throw new UserError('training.early-stopping.no-evaluation',
    `earlyStoppingPatience is ${earlyStoppingPatience}, but ${heldOut === 0 ? 'there are no held-out rows to evaluate on' : 'evalEverySteps is 0, so only the end is evaluated'}.`,
    heldOut === 0 ? 'Hold out a share of the rows, or leave earlyStoppingPatience out.' : 'Set evalEverySteps, or leave earlyStoppingPatience out.',
    { place: { field: 'training.earlyStoppingPatience' } });
}
