/** The policy-gradient loss of one forward pass and its derivative with respect to every log-probability. */

export interface PolicyLossSettings {
  /** the ratio of probabilities may fall to 1 - clipLow before it stops counting */
  readonly clipLow: number;
  /** and rise to 1 + clipHigh */
  readonly clipHigh: number;
  /** weight of the divergence from the reference; 0 is off */
  readonly beta: number;
}

/** One value a trained token, all arrays of one length. */
export interface PolicyTokens {
  readonly logProbabilities: Float64Array;
  /** under the policy that the completions were sampled from */
  readonly old: Float64Array;
  /** under the model that the run started from; needed when beta > 0 */
  readonly reference: Float64Array | undefined;
  readonly advantages: Float64Array;
  /** share of the token in the loss, see `tokenWeights` */
  readonly weights: Float64Array;
}

/** Sums over tokens, so that several passes add up. */
export interface PolicyLoss {
  readonly loss: number;
  /** dLoss / dlogProbability */
  readonly derivatives: Float64Array;
  /** Σ of the estimated divergence from the reference, nats; 0 when beta is 0 */
  readonly divergence: number;
  /** tokens whose ratio is below the lower limit while they should become rarer */
  readonly clippedLow: number;
  /** tokens whose ratio is above the upper limit while they should become more frequent */
  readonly clippedHigh: number;
}

/**
 * -Σ weight · ( min(r A, clip(r, 1 - clipLow, 1 + clipHigh) A) - beta · D ), with r = exp(logp - old) and
 * D = exp(ref - logp) - (ref - logp) - 1.
 *
 * @see Shao et al. 2024, "DeepSeekMath", eq. 3 for the loss and eq. 4 for D; Yu et al. 2025, "DAPO", eq. 8 and 10 for
 *   limits of their own below and above; Schulman 2020, "Approximating KL Divergence", for D as the estimator k3
 */
export function policyLoss(tokens: PolicyTokens, { clipLow, clipHigh, beta }: PolicyLossSettings): PolicyLoss {
  const { logProbabilities, old, reference, advantages, weights } = tokens;
  const derivatives = new Float64Array(logProbabilities.length);
  let [loss, divergence, clippedLow, clippedHigh] = [0, 0, 0, 0];
  for (let i = 0; i < derivatives.length; i++) {
    const [advantage, weight] = [advantages[i], weights[i]];
    const ratio = Math.exp(logProbabilities[i] - old[i]);
    const isLow = advantage < 0 && ratio < 1 - clipLow;
    const isHigh = advantage > 0 && ratio > 1 + clipHigh;
    const kept = isLow ? 1 - clipLow : isHigh ? 1 + clipHigh : ratio;
    loss -= weight * kept * advantage;
    // A clipped ratio is a constant; r = exp(logp - old) is its own derivative.
    if (!isLow && !isHigh) derivatives[i] -= weight * ratio * advantage;
    clippedLow += isLow ? 1 : 0;
    clippedHigh += isHigh ? 1 : 0;
    if (beta === 0) continue;
    if (reference === undefined) throw new Error('a divergence needs reference log-probabilities');
    const gap = reference[i] - logProbabilities[i];
    divergence += Math.exp(gap) - gap - 1;
    loss += weight * beta * (Math.exp(gap) - gap - 1);
    derivatives[i] += weight * beta * (1 - Math.exp(gap));
  }
  return { loss, derivatives, divergence, clippedLow, clippedHigh };
}

/** What a loss is the mean of: rollouts, each the mean of its tokens; rollouts of one nominal length; or tokens. */
export type LossVariant = 'grpo' | 'dr_grpo' | 'dapo';

/**
 * The share of each token of a rollout in the loss of its step.
 *
 * @param lengths trained tokens of every rollout of the step
 * @param maxLength the longest completion allowed
 * @returns one weight a rollout, which each of its tokens has
 * @see DeepSeekMath, eq. 3, for 1/(R·length); Liu et al. 2025, "Understanding R1-Zero-Like Training", section 3.2
 *   and TRL's `dr_grpo`, for 1/(R·maxLength), which favours no length; DAPO, eq. 12, for 1/Σ lengths
 */
export function tokenWeights(lengths: readonly number[], variant: LossVariant, maxLength: number): number[] {
  const tokens = lengths.reduce((sum, length) => sum + length, 0);
  switch (variant) {
    case 'grpo': return lengths.map((length) => 1 / (lengths.length * length));
    case 'dr_grpo': return lengths.map(() => 1 / (lengths.length * maxLength));
    case 'dapo': return lengths.map(() => 1 / tokens);
  }
}
