/** Supervised fine-tuning: the mean negative log-likelihood of the answers. */

import { longest } from './batches.ts';
import { hashExamples, prepareExamples, requireTrainable } from './examples.ts';
import { train } from './loop.ts';
import { evaluateLoss, lossAndGradients } from './loss.ts';
import type { Technique } from './technique.ts';
import type { Trained, TrainingData, TrainingResult, TrainingRun } from './training.ts';

export interface SftRun extends TrainingRun {
  readonly data: TrainingData;
}

/**
 * Trains on whole rows.
 *
 * @throws UserError "training.nothing-to-learn", "training.token.unknown", and as `train`
 */
export async function trainSft(run: SftRun): Promise<{ result: TrainingResult; trained: Trained }> {
  return await train(run, supervised(run));
}

function supervised({ config, data, settings }: SftRun): Technique {
  const rows = prepareExamples(data.train, config, settings.maxLength);
  requireTrainable(rows, data.train.length);
  const heldOut = prepareExamples(data.validation, config, settings.maxLength);
  const lengths = rows.examples.map(({ ids }) => ids.length);
  return {
    name: 'sft',
    lengths,
    rowsOf: (item) => [rows.examples[item].row],
    data: hashExamples(rows.examples),
    truncatedRows: rows.truncated + heldOut.truncated,
    untrainedRows: rows.untrained + heldOut.untrained,
    largestPass: { rows: settings.batchSize, length: longest(lengths) },
    open: ({ runtime }) => Promise.resolve({
      accumulate: async ({ batches }, sums, signal) => {
        const examples = batches.map((items) => items.map((item) => rows.examples[item]));
        const { loss, tokens } = await lossAndGradients(runtime, examples, sums, signal);
        const allTokens = examples.flat().reduce((sum, { ids }) => sum + ids.length, 0);
        return { loss, trainedTokens: tokens, tokens: allTokens, metrics: {} };
      },
      evaluate: async (signal) => {
        if (heldOut.examples.length === 0) return undefined;
        return { ...await evaluateLoss(runtime, heldOut.examples, { batchSize: settings.batchSize, signal }), metrics: {} };
      },
    }),
  };
}
