/** Learns from judged rollouts: forward, loss, backward, as often as one set of rollouts is used. */

import { makeBatch } from '../model/batch.ts';
import type { DecoderRuntime, GradientSums } from '../model/runtime.ts';
import type { TokenizedExample } from '../text/chat.ts';
import { policyLoss, tokenWeights } from './policyLoss.ts';
import type { GrpoSettings } from './settings.ts';

export interface JudgedRollout {
  readonly example: TokenizedExample;
  /** trained tokens of the example */
  readonly tokens: number;
  readonly advantage: number;
}

export interface PolicyModels {
  readonly policy: DecoderRuntime;
  /** the model that the run started from; needed when beta > 0 */
  readonly reference: DecoderRuntime | undefined;
}

export interface PolicyStep {
  readonly rollouts: readonly JudgedRollout[];
  /** rollouts a forward pass */
  readonly passRows: number;
  readonly settings: Pick<GrpoSettings, 'variant' | 'maxCompletionLength' | 'clipLow' | 'clipHigh' | 'beta' | 'numIterations'>;
  /** takes an optimizer step and empties the sums; called between iterations, not after the last */
  readonly update: (loss: number) => void;
}

/** Means over all iterations; those but the loss over trained tokens. */
export interface PolicyGradient {
  readonly loss: number;
  /** nats; 0 when beta is 0 */
  readonly divergence: number;
  readonly clippedLow: number;
  readonly clippedHigh: number;
}

/** What is known of one forward pass from iteration to iteration. */
interface PlannedPass {
  readonly rollouts: readonly JudgedRollout[];
  readonly advantages: Float64Array;
  readonly weights: Float64Array;
  old: Float64Array | undefined;
  reference: Float64Array | undefined;
}

/**
 * Adds the gradient of the last iteration to `sums`; those before it went to `update`. The old policy is that of the
 * first iteration, which is the one that the completions were sampled from.
 *
 * @throws the signal's reason when it is aborted in the first iteration; the others go through to the end
 */
export async function accumulatePolicyGradient(models: PolicyModels, step: PolicyStep, sums: GradientSums, signal: AbortSignal): Promise<PolicyGradient> {
  const { numIterations } = step.settings;
  const passes = planPasses(step);
  const means = { loss: 0, divergence: 0, clippedLow: 0, clippedHigh: 0 };
  const allTokens = numIterations * step.rollouts.reduce((sum, { tokens }) => sum + tokens, 0);
  for (let iteration = 0; iteration < numIterations; iteration++) {
    let loss = 0;
    for (const pass of passes) {
      const found = await accumulatePass(models, pass, step, sums, iteration === 0 ? signal : undefined);
      loss += found.loss;
      for (const name of ['divergence', 'clippedLow', 'clippedHigh'] as const) means[name] += found[name] / allTokens;
    }
    means.loss += loss / numIterations;
    if (iteration < numIterations - 1) step.update(loss);
  }
  return means;
}

async function accumulatePass(
  { policy, reference }: PolicyModels, pass: PlannedPass, { settings }: PolicyStep, sums: GradientSums, signal: AbortSignal | undefined,
): Promise<PolicyGradient> {
  const batch = makeBatch(pass.rollouts.map(({ example }) => example));
  if (settings.beta > 0 && pass.reference === undefined) {
    if (reference === undefined) throw new Error('a divergence needs a reference model');
    pass.reference = await reference.score(await reference.forward(batch, { forBackward: false, signal }), signal);
  }
  const forward = await policy.forward(batch, { forBackward: true, signal });
  // While the policy is still the old one, every ratio is 1 whatever the log-probabilities are, and one pass of the head is saved.
  const isKnown = pass.old === undefined && settings.beta === 0;
  const scores = isKnown ? new Float64Array(batch.targetIds.length) : await policy.score(forward, signal);
  const result = policyLoss({ logProbabilities: scores, old: pass.old ?? scores, reference: pass.reference, advantages: pass.advantages, weights: pass.weights }, settings);
  const logProbabilities = await policy.backward(forward, result.derivatives, sums, signal);
  pass.old ??= logProbabilities;
  return result;
}

/** Rollouts of like length side by side. */
function planPasses({ rollouts, passRows, settings }: PolicyStep): PlannedPass[] {
  const shares = tokenWeights(rollouts.map(({ tokens }) => tokens), settings.variant, settings.maxCompletionLength);
  const order = rollouts.map((rollout, index) => ({ rollout, share: shares[index] }))
    .sort((a, b) => a.rollout.example.ids.length - b.rollout.example.ids.length);
  const passes: PlannedPass[] = [];
  for (let start = 0; start < order.length; start += passRows) {
    const rows = order.slice(start, start + passRows);
    const perToken = (value: (row: (typeof rows)[number]) => number): Float64Array =>
      Float64Array.from(rows.flatMap((row) => new Array<number>(row.rollout.tokens).fill(value(row))));
    passes.push({
      rollouts: rows.map(({ rollout }) => rollout),
      advantages: perToken(({ rollout }) => rollout.advantage), weights: perToken(({ share }) => share),
      old: undefined, reference: undefined,
    });
  }
  return passes;
}
