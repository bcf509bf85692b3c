/** Gets pairs of answers ready for training, and lays them side by side. */

import { makeBatch, trainedTokens, type TokenBatch } from '../model/batch.ts';
import type { DecoderConfig } from '../model/decoder.ts';
import type { TokenizedExample } from '../text/chat.ts';
import { fit, hashExamples } from './examples.ts';
import type { PairLogProbabilities } from './preferenceLoss.ts';
import type { RowCounts, TrainingSettings } from './training.ts';

/** Two answers to one prompt; only the tokens of the answers are marked as trained. */
export interface PreferencePair {
  readonly chosen: TokenizedExample;
  readonly rejected: TokenizedExample;
}

export interface PreparedPairs extends RowCounts {
  readonly pairs: readonly PreferencePair[];
}

/**
 * Deals with both sides as with rows of supervised training; a pair of which one side is left out is left out.
 *
 * @throws UserError as `prepareExamples`
 */
export function preparePairs(
  pairs: readonly PreferencePair[], config: DecoderConfig, settings: Pick<TrainingSettings, 'maxLength' | 'truncation'>,
): PreparedPairs {
  const prepared: PreferencePair[] = [];
  const counts = { truncated: 0, dropped: 0, untrained: 0 };
  for (const pair of pairs) {
    const chosen = fit(pair.chosen, config, settings);
    const rejected = fit(pair.rejected, config, settings);
    if (chosen === 'dropped' || rejected === 'dropped') counts.dropped += 1;
    else {
      if (chosen.ids.length < pair.chosen.ids.length || rejected.ids.length < pair.rejected.ids.length) counts.truncated += 1;
      if (trainedTokens(chosen) > 0 && trainedTokens(rejected) > 0) prepared.push({ chosen, rejected });
      else counts.untrained += 1;
    }
  }
  return { pairs: prepared, ...counts };
}

/** Tokens of the longer side, which decides the length of a batch. */
export function pairLength({ chosen, rejected }: PreferencePair): number {
  return Math.max(chosen.ids.length, rejected.ids.length);
}

export function hashPairs(pairs: readonly PreferencePair[]): string {
  return hashExamples(pairs.flatMap(({ chosen, rejected }) => [chosen, rejected]));
}

/** Row 2i of the batch is the chosen side of pair i, row 2i + 1 the rejected one. */
export function pairBatch(pairs: readonly PreferencePair[]): TokenBatch {
  return makeBatch(pairs.flatMap(({ chosen, rejected }) => [chosen, rejected]));
}

/** @param values one for each target of a batch of pairs, for example its log-probability */
export function sumPairs({ rows, length, targetPositions }: TokenBatch, values: Float64Array): PairLogProbabilities[] {
  const sums = new Float64Array(rows);
  values.forEach((value, target) => (sums[Math.floor(targetPositions[target] / length)] += value));
  return Array.from({ length: rows / 2 }, (_, pair) => ({ chosen: sums[2 * pair], rejected: sums[2 * pair + 1] }));
}

/** The reverse of `sumPairs`: gives every target the value of its side. */
export function spreadPairs({ length, targetPositions }: TokenBatch, sides: readonly PairLogProbabilities[]): Float64Array {
  return Float64Array.from(targetPositions, (position) => {
    const row = Math.floor(position / length);
    return row % 2 === 0 ? sides[row / 2].chosen : sides[(row - 1) / 2].rejected;
  });
}
