/** Which of many held-out rows the job is evaluated on: for the loss on the way as for the comparison at the end. */

import { MOST_ROWS_EVALUATED } from '../core/evaluation/evaluation.ts';
import { RandomGenerator } from '../engine/random.ts';

/** All rows, or `MOST_ROWS_EVALUATED` of them, the same for the same seed, in the order of the file. */
export function sampleHeldOut<Row extends { readonly row: number }>(rows: readonly Row[], seed: number): readonly Row[] {
  if (rows.length <= MOST_ROWS_EVALUATED) return rows;
  return new RandomGenerator(seed).shuffle([...rows]).slice(0, MOST_ROWS_EVALUATED).sort((a, b) => a.row - b.row);
}
