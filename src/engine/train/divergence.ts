/** Refuses to go on from numbers that are no longer finite, and says whose they were. */

import { UserError } from '../errors.ts';
import { globalNorm } from './optimizer.ts';

const REMEDY = 'Lower the learning rate, which is the likely cause, and resume from the last checkpoint, which is from before.';
const SHOWN_ROWS = 8;

/**
 * @param rows of the dataset that the step was computed from
 * @throws UserError "training.diverged" when the loss or the gradient's norm is NaN or infinite
 */
export function refuseDivergedStep(step: { step: number; loss: number; gradNorm: number; learningRate: number }, rows: readonly number[]): void {
  if (Number.isFinite(step.loss) && Number.isFinite(step.gradNorm)) return;
  const sorted = [...new Set(rows)].sort((a, b) => a - b);
  const shown = sorted.length > SHOWN_ROWS ? `${sorted.slice(0, SHOWN_ROWS).join(', ')} and ${sorted.length - SHOWN_ROWS} more` : sorted.join(', ');
  const what = Number.isFinite(step.loss) ? 'the gradient' : 'the loss';
  throw new UserError('training.diverged',
    `Training diverged at step ${step.step}: ${what} is no longer a finite number (rows ${shown}; learning rate ${step.learningRate.toPrecision(2)}).`,
    REMEDY, { place: { row: sorted[0] } });
}

/**
 * @throws UserError "training.diverged" when a trained value is NaN or infinite, so that no such value is ever saved
 */
export function refuseDivergedValues(step: number, values: Float32Array): void {
  if (Number.isFinite(globalNorm(values))) return;
  throw new UserError('training.diverged', `Training diverged at step ${step}: the trained weights are no longer finite numbers.`, REMEDY);
}
