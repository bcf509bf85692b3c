/** The loss of direct preference optimization, from the log-probabilities of whole answers. */

/** Sums of log-probabilities over the tokens of the chosen and of the rejected answer, in nats. */
export interface PairLogProbabilities {
  readonly chosen: number;
  readonly rejected: number;
}

export interface PreferenceLoss {
  readonly loss: number;
  /** implicit rewards: beta times how much likelier the answer is than under the reference */
  readonly rewards: PairLogProbabilities;
  /** dLoss / d of the policy's log-probabilities */
  readonly gradient: PairLogProbabilities;
}

/**
 * -log σ(β ((π_c - r_c) - (π_r - r_r))) for one pair.
 *
 * @param beta how much staying near the reference weighs
 * @see Rafailov et al. 2023, "Direct Preference Optimization", eq. 7
 */
export function preferenceLoss(policy: PairLogProbabilities, reference: PairLogProbabilities, beta: number): PreferenceLoss {
  const rewards = { chosen: beta * (policy.chosen - reference.chosen), rejected: beta * (policy.rejected - reference.rejected) };
  const margin = rewards.chosen - rewards.rejected;
  const slope = beta * sigmoid(-margin);
  return { loss: softplus(-margin), rewards, gradient: { chosen: -slope, rejected: slope } };
}

/** log(1 + eˣ), without overflow. */
function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}

function sigmoid(x: number): number {
  return x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x));
}
