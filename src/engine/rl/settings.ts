/** What a reinforcement run is told beside the settings of all training. */

import { UserError } from '../errors.ts';
import { requireGroup } from './advantages.ts';
import type { LossVariant } from './policyLoss.ts';

export interface GrpoSettings {
  readonly variant: LossVariant;
  /** completions of each prompt */
  readonly groupSize: number;
  readonly temperature: number;
  /** 1 is off; below it, completions are not drawn from quite the distribution that the loss is about */
  readonly topP: number;
  /** longest completion in tokens, its end token included */
  readonly maxCompletionLength: number;
  /** tokens before a completion may end; 0 is off */
  readonly minCompletionLength: number;
  /** leaves completions that reached the longest length out of the loss; their rewards still count in their group */
  readonly maskTruncated: boolean;
  readonly clipLow: number;
  readonly clipHigh: number;
  /** weight of the divergence from the model that the run started from; 0 is off and saves a forward pass */
  readonly beta: number;
  /** optimizer updates a step, all on its one set of completions */
  readonly numIterations: number;
  /** time limit of one reward call */
  readonly rewardSeconds: number;
  /** reward calls at a time */
  readonly rewardConcurrency: number;
}

/**
 * The usual settings of a variant. Group size, temperature, top-p, completion length, clip range and beta are those of
 * TRL's GRPOConfig (1.x); DAPO's upper limit of 0.28 and its masking of overlong completions are of its paper.
 *
 * @see Yu et al. 2025, "DAPO", sections 3.1, 3.4 and 4.1
 */
export function usualGrpoSettings(variant: LossVariant): GrpoSettings {
  const isDapo = variant === 'dapo';
  return {
    variant, groupSize: 8, temperature: 1, topP: 1, maxCompletionLength: 256, minCompletionLength: 0, maskTruncated: isDapo,
    clipLow: 0.2, clipHigh: isDapo ? 0.28 : 0.2, beta: 0, numIterations: 1, rewardSeconds: 10, rewardConcurrency: 8,
  };
}

/** A day. Timers cannot count much further: one of 25 days ends at once, and every reward would be late. */
const MOST_REWARD_SECONDS = 86_400;

/** @throws UserError "rft.group-too-small", "rft.setting.invalid" with the field */
export function checkGrpoSettings(settings: GrpoSettings): void {
  requireGroup(settings.groupSize);
  const atLeast = (field: keyof GrpoSettings, least: number, isWhole: boolean): void => {
    const value = settings[field] as number;
    if (Number.isFinite(value) && value >= least && (!isWhole || Number.isInteger(value))) return;
    throw invalid(field, value, `${isWhole ? 'a whole number' : 'a number'} from ${least} on`);
  };
  atLeast('maxCompletionLength', 1, true);
  atLeast('minCompletionLength', 0, true);
  atLeast('numIterations', 1, true);
  atLeast('rewardConcurrency', 1, true);
  for (const field of ['clipLow', 'clipHigh', 'beta'] as const) atLeast(field, 0, false);
  // Without chance all completions of a prompt are the same, and none is better than another.
  if (!(settings.temperature > 0 && settings.temperature < Infinity)) throw invalid('temperature', settings.temperature, 'greater than 0');
  if (!(settings.rewardSeconds > 0 && settings.rewardSeconds <= MOST_REWARD_SECONDS)) {
    throw invalid('rewardSeconds', settings.rewardSeconds, `greater than 0 and at most ${MOST_REWARD_SECONDS}`);
  }
  if (!(settings.topP > 0 && settings.topP <= 1)) throw invalid('topP', settings.topP, 'greater than 0 and at most 1');
  if (settings.minCompletionLength >= settings.maxCompletionLength) {
    throw invalid('minCompletionLength', settings.minCompletionLength, `less than maxCompletionLength, which is ${settings.maxCompletionLength}`);
  }
}

function invalid(field: keyof GrpoSettings, value: number, wanted: string): UserError {
  return new UserError('rft.setting.invalid', `${field} is ${value}; it must be ${wanted}.`, `Change ${field}.`, { place: { field } });
}
