/** Group-relative policy optimization: sample, judge, compare within each group, learn from what was better. */

import { Generator } from '../generate/generator.ts';
import { DecoderRuntime, type GradientSums } from '../model/runtime.ts';
import type { ChatTokenizer } from '../text/chat.ts';
import { longest } from '../train/batches.ts';
import { requireEvaluations } from '../train/earlyStopping.ts';
import { train } from '../train/loop.ts';
import type { Evaluation, LiveModel, Objective, StepLoss, Technique, TrainingStep } from '../train/technique.ts';
import type { Trained, TrainingResult, TrainingRun } from '../train/training.ts';
import { groupAdvantages, type GroupAdvantages } from './advantages.ts';
import { groupMetrics, rolloutMetrics } from './metrics.ts';
import { accumulatePolicyGradient, type PolicyModels } from './policyGradient.ts';
import { hashPrompts, preparePrompts, requirePrompts, type PreparedPrompt, type RlPrompt } from './prompts.ts';
import { checkRewards, scoreRollouts, ScoringGuard, type Score, type WeightedReward } from './rewards.ts';
import type { RolloutRecord, RolloutWriter } from './rolloutLog.ts';
import { DECODED_ROWS, sampleRollouts, type SampledRollout, type Samples } from './rollouts.ts';
import { checkGrpoSettings, type GrpoSettings } from './settings.ts';

/**
 * A step has `batchSize · gradientAccumulation` prompts, each answered `groupSize` times; a forward pass with gradients
 * has at most `batchSize · groupSize` completions.
 */
export interface GrpoRun<Item> extends TrainingRun {
  readonly grpo: GrpoSettings;
  readonly data: {
    readonly train: readonly RlPrompt<Item>[];
    /** answered at temperature 0 for evaluation; may be empty */
    readonly validation: readonly RlPrompt<Item>[];
  };
  readonly rewards: readonly WeightedReward<Item>[];
  readonly tokenizer: Pick<ChatTokenizer, 'tokenizePrompt' | 'decode' | 'endIds'>;
  readonly rolloutWriter?: RolloutWriter;
}

/**
 * Trains on rewards. The loss that is reported is the policy's, which says little by itself: watch `reward`. The loss
 * of an evaluation is the mean reward with its sign turned.
 *
 * A group whose scores are all the same, and a rollout without a score, teach nothing and are left out of the loss and
 * of what it is the mean of. A step in which nothing is left counts and changes nothing (`skipped` is 1).
 *
 * @throws UserError "rft.group-too-small", "rft.setting.invalid", "rft.reward.invalid", "rft.rewards.failing",
 *   "training.nothing-to-learn", "training.token.unknown", "chat.template.refused",
 *   "training.early-stopping.no-evaluation", and as `train`
 */
export async function trainGrpo<Item>(run: GrpoRun<Item>): Promise<{ result: TrainingResult; trained: Trained }> {
  checkGrpoSettings(run.grpo);
  checkRewards(run.rewards);
  return await train(run, reinforced(run));
}

function reinforced<Item>(run: GrpoRun<Item>): Technique {
  const { config, settings, grpo, tokenizer } = run;
  const limit = Math.min(settings.maxLength, config.maxPositions) - grpo.maxCompletionLength;
  const prompts = preparePrompts(run.data.train, tokenizer, config, limit);
  requirePrompts(prompts, limit);
  const heldOut = preparePrompts(run.data.validation, tokenizer, config, limit);
  requireEvaluations(settings, heldOut.prompts.length);
  const lengths = prompts.prompts.map(({ ids }) => ids.length);
  return {
    name: 'grpo',
    lengths,
    rowsOf: (item) => [prompts.prompts[item].row],
    data: hashPrompts(prompts.prompts),
    rows: { truncated: 0, dropped: prompts.tooLong + heldOut.tooLong, untrained: 0 },
    largestPass: { rows: settings.batchSize * grpo.groupSize, length: longest(lengths) + grpo.maxCompletionLength },
    sampled: {
      rows: Math.min(DECODED_ROWS, Math.max(settings.batchSize * settings.gradientAccumulation * grpo.groupSize, heldOut.prompts.length)),
      length: longest([...lengths, ...heldOut.prompts.map(({ ids }) => ids.length)]) + grpo.maxCompletionLength,
    },
    temperature: grpo.temperature,
    open: async (model) => GrpoObjective.open(run, model, prompts.prompts, heldOut.prompts),
  };
}

class GrpoObjective<Item> implements Objective {
  private readonly run: GrpoRun<Item>;
  private readonly prompts: readonly PreparedPrompt<Item>[];
  private readonly heldOut: readonly PreparedPrompt<Item>[];
  private readonly models: PolicyModels;
  private readonly generator: Generator;
  private readonly guard = new ScoringGuard();

  private constructor(
    run: GrpoRun<Item>, prompts: readonly PreparedPrompt<Item>[], heldOut: readonly PreparedPrompt<Item>[], models: PolicyModels, generator: Generator,
  ) {
    this.run = run;
    this.prompts = prompts;
    this.heldOut = heldOut;
    this.models = models;
    this.generator = generator;
  }

  static async open<Item>(
    run: GrpoRun<Item>, { config, runtime, base, trained, start }: LiveModel, prompts: readonly PreparedPrompt<Item>[], heldOut: readonly PreparedPrompt<Item>[],
  ): Promise<GrpoObjective<Item>> {
    const { settings: { threads }, grpo: { beta, temperature } } = run;
    // Both read the arrays that the optimizer writes into, so completions are always those of the newest policy.
    const generator = await Generator.open({ config, weights: base, threads, ...trained });
    // A fresh adapter changes nothing, so the base model alone is the start of a run that goes on from none.
    const adapter = run.startFrom !== undefined && 'adapter' in start ? start.adapter : undefined;
    const reference = beta > 0 ? await DecoderRuntime.open({ config, weights: base, adapter, trainable: 'nothing', threads, temperature }) : undefined;
    return new GrpoObjective(run, prompts, heldOut, { policy: runtime, reference }, generator);
  }

  async accumulate({ step, batches, seed, update }: TrainingStep, sums: GradientSums, signal: AbortSignal): Promise<StepLoss> {
    const { grpo, settings, rewards, rolloutWriter } = this.run;
    const asked = batches.flat().flatMap((item) => new Array<PreparedPrompt<Item>>(grpo.groupSize).fill(this.prompts[item]));
    const samples = await sampleRollouts(this.generator, asked, { ...grpo, endIds: this.run.tokenizer.endIds, seed, step }, signal);
    const completions = samples.rollouts.map(({ completionIds }) => this.run.tokenizer.decode(completionIds));
    const scores = await this.score(asked, completions, signal);
    const groups = groupAdvantages(Float64Array.from(scores, ({ total }) => total), grpo.groupSize, grpo.variant === 'dr_grpo' ? 'none' : 'deviation');
    await rolloutWriter?.write(step, this.records(step, asked, completions, samples, scores, groups));
    this.guard.check(step, scores);

    const taught = samples.rollouts.flatMap((rollout, index) => {
      const isMasked = grpo.maskTruncated && rollout.finish !== 'end';
      const isTaught = groups.learnable[Math.floor(index / grpo.groupSize)] && !Number.isNaN(groups.advantages[index]) && !isMasked;
      return isTaught ? [{ ...rollout, advantage: groups.advantages[index] }] : [];
    });
    const isEmpty = taught.length === 0;
    const metrics = {
      ...rolloutMetrics(samples.rollouts, scores, rewards.map(({ name }) => name)), ...groupMetrics(groups),
      entropy: samples.entropy, skipped: isEmpty ? 1 : 0,
    };
    const tokens = tokensOf(samples.rollouts);
    if (isEmpty) return { loss: 0, trainedTokens: 0, tokens, metrics, isEmpty };
    const learned = await accumulatePolicyGradient(this.models, { rollouts: taught, passRows: settings.batchSize * grpo.groupSize, settings: grpo, update }, sums, signal);
    return {
      loss: learned.loss, tokens, trainedTokens: taught.reduce((sum, rollout) => sum + rollout.tokens, 0),
      metrics: {
        ...metrics, ...(grpo.beta > 0 ? { kl: learned.divergence } : {}),
        'clip_ratio/low_mean': learned.clippedLow, 'clip_ratio/high_mean': learned.clippedHigh,
      },
    };
  }

  async evaluate(signal: AbortSignal): Promise<Evaluation | undefined> {
    if (this.heldOut.length === 0) return undefined;
    const { grpo, tokenizer, rewards } = this.run;
    const { rollouts } = await sampleRollouts(this.generator, this.heldOut, { ...grpo, temperature: 0, endIds: tokenizer.endIds, seed: 0, step: 0 }, signal);
    const scores = await this.score(this.heldOut, rollouts.map(({ completionIds }) => tokenizer.decode(completionIds)), signal);
    const metrics = rolloutMetrics(rollouts, scores, rewards.map(({ name }) => name));
    return 'reward' in metrics ? { loss: -metrics['reward'], tokens: tokensOf(rollouts), metrics } : undefined;
  }

  async dispose(): Promise<void> {
    await this.generator.dispose();
    await this.models.reference?.dispose();
  }

  private async score(prompts: readonly PreparedPrompt<Item>[], completions: readonly string[], signal: AbortSignal): Promise<Score[]> {
    const { rewards, grpo: { rewardSeconds, rewardConcurrency } } = this.run;
    const judged = prompts.map(({ messages, item }, index) => ({ prompt: messages, completion: completions[index], item }));
    return await scoreRollouts(judged, rewards, { seconds: rewardSeconds, concurrency: rewardConcurrency }, signal);
  }

  private records(
    step: number, prompts: readonly PreparedPrompt<Item>[], completions: readonly string[], { rollouts }: Samples, scores: readonly Score[], { advantages }: GroupAdvantages,
  ): RolloutRecord[] {
    const { rewards, grpo: { groupSize } } = this.run;
    const orNull = (value: number): number | null => (Number.isNaN(value) ? null : value);
    return prompts.map(({ messages, row }, index) => ({
      step, row, sample: index % groupSize, prompt: messages, completion: completions[index],
      tokens: rollouts[index].tokens, finish: rollouts[index].finish,
      rewards: Object.fromEntries(rewards.map(({ name }, part) => [name, orNull(scores[index].parts[part])])),
      reward: orNull(scores[index].total), advantage: orNull(advantages[index]),
      ...(scores[index].problem === undefined ? {} : { problem: scores[index].problem }),
    }));
  }
}

function tokensOf(rollouts: readonly SampledRollout[]): number {
  return rollouts.reduce((sum, { example }) => sum + example.ids.length, 0);
}
