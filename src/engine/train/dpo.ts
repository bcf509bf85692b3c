/** Direct preference optimization: makes chosen answers likelier than rejected ones, staying near a reference. */

import { setImmediate as nextMacrotask } from 'node:timers/promises';
import { UserError } from '../errors.ts';
import { trainedTokens } from '../model/batch.ts';
import { DecoderRuntime, type GradientSums } from '../model/runtime.ts';
import { longest } from './batches.ts';
import { requireEvaluations } from './earlyStopping.ts';
import { requireTrainable } from './examples.ts';
import { train } from './loop.ts';
import { hashPairs, pairBatch, pairLength, preparePairs, spreadPairs, sumPairs, type PreferencePair } from './pairs.ts';
import { preferenceLoss, type PairLogProbabilities, type PreferenceLoss } from './preferenceLoss.ts';
import type { LiveModel, NamedMetrics, Technique } from './technique.ts';
import type { Trained, TrainingResult, TrainingRun } from './training.ts';

export interface DpoRun extends TrainingRun {
  readonly data: {
    readonly train: readonly PreferencePair[];
    /** empty: no evaluation */
    readonly validation: readonly PreferencePair[];
  };
}

// TRL DPOConfig.
const DEFAULT_BETA = 0.1;

/** One pair as the policy sees it now. */
interface Measured extends PreferenceLoss {
  readonly logps: PairLogProbabilities;
}

/**
 * Trains on pairs of answers. The reference is the model as it was before the first step: the base model, or the adapter
 * that the run goes on from. Its log-probabilities are computed once, before the first step.
 *
 * @throws UserError "training.beta.invalid", "training.nothing-to-learn", "training.token.unknown",
 *   "training.row.too-long", "training.early-stopping.no-evaluation", and as `train`
 */
export async function trainDpo(run: DpoRun): Promise<{ result: TrainingResult; trained: Trained }> {
  return await train(run, directPreference(run));
}

/** @throws UserError as `trainDpo` */
export function directPreference({ config, data, settings }: Pick<DpoRun, 'config' | 'data' | 'settings'>): Technique {
  const beta = settings.beta ?? DEFAULT_BETA;
  refuseBeta(beta);
  const prepared = preparePairs(data.train, config, settings);
  requireTrainable(prepared.pairs.length, prepared, data.train.length);
  const heldOut = preparePairs(data.validation, config, settings);
  requireEvaluations(settings, heldOut.pairs.length);
  const { pairs } = prepared;
  const lengths = pairs.map(pairLength);
  return {
    name: 'dpo',
    lengths,
    rowsOf: (item) => [pairs[item].chosen.row],
    data: hashPairs(pairs),
    rows: {
      truncated: prepared.truncated + heldOut.truncated, dropped: prepared.dropped + heldOut.dropped, untrained: prepared.untrained + heldOut.untrained,
    },
    largestPass: { rows: 2 * settings.batchSize, length: longest(lengths) },
    open: async (model, signal) => {
      const reference = await referenceLogProbabilities(model, settings.threads, settings.batchSize, [...pairs, ...heldOut.pairs], signal);
      const measure = (pair: PreferencePair, logps: PairLogProbabilities): Measured =>
        ({ logps, ...preferenceLoss(logps, reference.get(pair)!, beta) });
      return {
        accumulate: async ({ batches }, sums, signal) => {
          const passes = batches.map((items) => items.map((item) => pairs[item]));
          const measured = await lossAndGradients(model.runtime, passes, measure, sums, signal);
          return { ...summarize(measured), ...countTokens(passes.flat()) };
        },
        evaluate: async (signal) => {
          if (heldOut.pairs.length === 0) return undefined;
          const found = await logProbabilities(model.runtime, heldOut.pairs, settings.batchSize, signal);
          const measured = heldOut.pairs.map((pair) => measure(pair, found.get(pair)!));
          return { ...summarize(measured), tokens: countTokens(heldOut.pairs).trainedTokens };
        },
      };
    },
  };
}

/** The gradient of the mean loss over the pairs of all passes, added to `sums`. */
async function lossAndGradients(
  runtime: DecoderRuntime, passes: readonly (readonly PreferencePair[])[],
  measure: (pair: PreferencePair, logps: PairLogProbabilities) => Measured, sums: GradientSums, signal: AbortSignal,
): Promise<Measured[]> {
  const count = passes.flat().length;
  const all: Measured[] = [];
  for (const pairs of passes) {
    const batch = pairBatch(pairs);
    const pass = await runtime.forward(batch, { forBackward: true, signal });
    const logps = sumPairs(batch, await runtime.score(pass, signal));
    const measured = pairs.map((pair, index) => measure(pair, logps[index]));
    const weights = spreadPairs(batch, measured.map(({ gradient }) => ({ chosen: gradient.chosen / count, rejected: gradient.rejected / count })));
    await runtime.backward(pass, weights, sums, signal);
    all.push(...measured);
  }
  return all;
}

/** How likely the model is to give the answers, before its first step. */
async function referenceLogProbabilities(
  { config, base, start, emit }: LiveModel, threads: number, batchSize: number, pairs: readonly PreferencePair[], signal: AbortSignal,
): Promise<ReadonlyMap<PreferencePair, PairLogProbabilities>> {
  const runtime = await DecoderRuntime.open({
    config, weights: 'weights' in start ? start.weights : base, adapter: 'adapter' in start ? start.adapter : undefined, trainable: 'nothing', threads,
  });
  try {
    const what = 'Reference log-probabilities';
    return await logProbabilities(runtime, pairs, batchSize, signal, (done) => emit({ kind: 'progress', what, done, total: pairs.length }));
  } finally {
    await runtime.dispose();
  }
}

async function logProbabilities(
  runtime: DecoderRuntime, pairs: readonly PreferencePair[], batchSize: number, signal: AbortSignal, onProgress?: (done: number) => void,
): Promise<Map<PreferencePair, PairLogProbabilities>> {
  const byLength = [...pairs].sort((a, b) => pairLength(a) - pairLength(b));
  const found = new Map<PreferencePair, PairLogProbabilities>();
  for (let start = 0; start < byLength.length; start += batchSize) {
    const some = byLength.slice(start, start + batchSize);
    const batch = pairBatch(some);
    const sums = sumPairs(batch, await runtime.score(await runtime.forward(batch, { forBackward: false, signal }), signal));
    some.forEach((pair, index) => found.set(pair, sums[index]));
    onProgress?.(found.size);
    // The graphs block this thread; timers and messages of the process get their turn here.
    await nextMacrotask();
  }
  return found;
}

/** Means over pairs, under the names of TRL's DPOTrainer. */
function summarize(measured: readonly Measured[]): { readonly loss: number; readonly metrics: NamedMetrics } {
  const mean = (value: (pair: Measured) => number): number => measured.reduce((sum, pair) => sum + value(pair), 0) / measured.length;
  return {
    loss: mean(({ loss }) => loss),
    metrics: {
      'rewards/chosen': mean(({ rewards }) => rewards.chosen),
      'rewards/rejected': mean(({ rewards }) => rewards.rejected),
      'rewards/accuracies': mean(({ rewards }) => (rewards.chosen > rewards.rejected ? 1 : 0)),
      'rewards/margins': mean(({ rewards }) => rewards.chosen - rewards.rejected),
      'logps/chosen': mean(({ logps }) => logps.chosen),
      'logps/rejected': mean(({ logps }) => logps.rejected),
    },
  };
}

function countTokens(pairs: readonly PreferencePair[]): { readonly tokens: number; readonly trainedTokens: number } {
  const sides = pairs.flatMap(({ chosen, rejected }) => [chosen, rejected]);
  return {
    tokens: sides.reduce((sum, { ids }) => sum + ids.length, 0),
    trainedTokens: sides.reduce((sum, side) => sum + trainedTokens(side), 0),
  };
}

function refuseBeta(beta: number): void {
  if (Number.isFinite(beta) && beta > 0) return;
  throw new UserError('training.beta.invalid', `beta is ${beta}; it must be a number above 0.`,
    `Set beta to ${DEFAULT_BETA}, or leave it out.`, { place: { field: 'training.beta' } });
}
