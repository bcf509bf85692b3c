/** Supervised fine-tuning: the mean negative log-likelihood of the answers. */

import type { TokenizedExample } from '../text/chat.ts';
import { longest } from './batches.ts';
import { requireEvaluations } from './earlyStopping.ts';
import { hashExamples, lengthLimit, prepareExamples, requireTrainable } from './examples.ts';
import { train } from './loop.ts';
import { evaluateLoss, packedLossAndGradients } from './loss.ts';
import { packRows } from './packing.ts';
import type { Technique } from './technique.ts';
import type { Trained, TrainingData, TrainingResult, TrainingRun } from './training.ts';

export interface SftRun extends TrainingRun {
  readonly data: TrainingData;
}

/**
 * Trains on rows, or on packs of rows.
 *
 * @throws UserError "training.nothing-to-learn", "training.token.unknown", "training.row.too-long",
 *   "training.early-stopping.no-evaluation", and as `train`
 */
export async function trainSft(run: SftRun): Promise<{ result: TrainingResult; trained: Trained }> {
  return await train(run, supervised(run));
}

function supervised({ config, data, settings }: SftRun): Technique {
  const rows = prepareExamples(data.train, config, settings);
  requireTrainable(rows.examples.length, rows, data.train.length);
  const heldOut = prepareExamples(data.validation, config, settings);
  requireEvaluations(settings, heldOut.examples.length);
  const packs = settings.packing ? packExamples(rows.examples, lengthLimit(config, settings)) : rows.examples.map((example) => [example]);
  const lengths = packs.map(tokensOf);
  return {
    name: 'sft',
    lengths,
    rowsOf: (item) => packs[item].map(({ row }) => row),
    data: hashExamples(packs.flat()),
    rows: {
      truncated: rows.truncated + heldOut.truncated, dropped: rows.dropped + heldOut.dropped, untrained: rows.untrained + heldOut.untrained,
    },
    largestPass: { rows: settings.batchSize, length: longest(lengths) },
    open: ({ runtime }) => Promise.resolve({
      accumulate: async ({ batches }, sums, signal) => {
        const passes = batches.map((items) => items.map((item) => packs[item]));
        const { loss, tokens } = await packedLossAndGradients(runtime, passes, sums, signal);
        return { loss, trainedTokens: tokens, tokens: tokensOf(passes.flat(2)), metrics: {} };
      },
      evaluate: async (signal) => {
        if (heldOut.examples.length === 0) return undefined;
        return { ...await evaluateLoss(runtime, heldOut.examples, { batchSize: settings.batchSize, signal }), metrics: {} };
      },
    }),
  };
}

function packExamples(examples: readonly TokenizedExample[], capacity: number): TokenizedExample[][] {
  return packRows(examples.map(({ ids }) => ids.length), capacity).map((pack) => pack.map((index) => examples[index]));
}

function tokensOf(examples: readonly TokenizedExample[]): number {
  return examples.reduce((sum, { ids }) => sum + ids.length, 0);
}
