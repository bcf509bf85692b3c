/** Asks base and tuned model which of two held-out answers they would rather give. */

import { performance } from 'node:perf_hooks';

import type { TrainingExample } from '../core/datasets/example.ts';
import { answerOf, questionOf } from '../core/datasets/fingerprint.ts';
import { evaluatePreferences, type PairedPreference } from '../core/evaluation/evaluate.ts';
import type { EvaluationReport } from '../core/evaluation/evaluation.ts';
import type { LoraAdapter } from '../engine/model/lora.ts';
import type { FrozenModel } from '../engine/model/pretrained.ts';
import { DecoderRuntime } from '../engine/model/runtime.ts';
import type { FrozenWeights } from '../engine/model/weights.ts';
import { meanLogProbabilities } from '../engine/train/likelihood.ts';
import { preparePairs, type PreferencePair } from '../engine/train/pairs.ts';

const BATCH_ANSWERS = 16;

export interface PreferenceContest {
  readonly model: FrozenModel;
  readonly tuned: { readonly adapter: LoraAdapter | undefined; readonly weights: FrozenWeights };
  /** 0: one a physical core */
  readonly threads: number;
  /** the same rows twice, as text and as tokens */
  readonly heldOut: readonly TrainingExample[];
  readonly pairs: readonly PreferencePair[];
}

/**
 * A model prefers the answer that is likelier a token, so that the shorter one is at no advantage.
 *
 * @param heldOutRows of how many the pairs are a sample
 * @param onProgress hears how many of how many answers were read
 * @throws UserError "evaluation.no-rows" when no pair fits the model's context
 * @throws the signal's reason when aborted
 */
export async function comparePreferences(
  contest: PreferenceContest, heldOutRows: number, signal: AbortSignal, onProgress: (done: number, total: number) => void,
): Promise<EvaluationReport> {
  const started = performance.now();
  const { model, tuned, threads } = contest;
  const { config } = model;
  // Of a prompt that leaves no room for the answer, the end counts: it holds the question.
  const { pairs } = preparePairs(contest.pairs, config, { maxLength: config.maxPositions, truncation: 'keep_end' });
  const answers = pairs.flatMap(({ chosen, rejected }) => [chosen, rejected]);

  const prefersChosen = async (weights: FrozenWeights, adapter: LoraAdapter | undefined, before: number): Promise<boolean[]> => {
    const runtime = await DecoderRuntime.open({ config, weights, adapter, trainable: 'nothing', threads });
    try {
      const means = await meanLogProbabilities(runtime, answers, {
        batchSize: BATCH_ANSWERS, signal, onProgress: (done) => onProgress(before + done, 2 * answers.length),
      });
      return pairs.map((_, index) => means[2 * index] > means[2 * index + 1]);
    } finally {
      await runtime.dispose();
    }
  };
  const base = await prefersChosen(model.weights, undefined, 0);
  const other = await prefersChosen(tuned.weights, tuned.adapter, answers.length);
  const rows = new Map(contest.heldOut.map((example) => [example.row, example]));
  const judged = pairs.map(({ chosen: { row } }, index): PairedPreference => {
    const { messages = [], rejected = [] } = rows.get(row) ?? {};
    return { row, prompt: questionOf(messages), chosen: answerOf(messages), rejected: answerOf(rejected), basePrefersChosen: base[index], tunedPrefersChosen: other[index] };
  });
  return evaluatePreferences(judged, (performance.now() - started) / 1000, heldOutRows);
}
