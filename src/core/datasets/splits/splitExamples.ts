/** Holds rows of a job out for evaluation: seeded, by label, and never one prompt on both sides. */

import type { TrainingExample } from '../example.ts';
import { answerOf, promptKey } from '../fingerprint.ts';
import { countLabels } from '../labels.ts';
import { assignByLot, TRAIN } from './assign.ts';

export interface SplitOptions {
  /** share of the rows to hold out, above 0 to 0.5 */
  readonly share: number;
  /** any integer; equal seeds and examples give equal splits */
  readonly seed: number;
}

export interface ExampleSplit {
  /** both in the order they came */
  readonly train: readonly TrainingExample[];
  readonly heldOut: readonly TrainingExample[];
}

/**
 * Every example lands on exactly one side; examples with the same prompt land on the same one. When answers are labels,
 * each label gives its share, and a label with a single prompt stays in training.
 * At least one example is held out when there are two different prompts or more.
 */
export function splitExamples(examples: readonly TrainingExample[], { share, seed }: SplitOptions): ExampleSplit {
  const labelled = countLabels(examples.map(({ messages }) => answerOf(messages))) !== undefined;
  const groups = [...Map.groupBy(examples, ({ messages }) => promptKey(messages)).values()];
  // The first row of a group speaks for it.
  const labels = groups.map(([first]) => (labelled && first ? answerOf(first.messages).trim() : ''));
  const names = [...new Set(labels)];
  const strata = new Map(names.map((name, at) => [name, at]));
  const parts = assignByLot(
    { sizes: groups.map(({ length }) => length), strata: labels.map((label) => strata.get(label) ?? 0), names },
    [1 - share, share], seed,
  );
  const heldOut = new Set(groups.filter((_, group) => parts[group] !== TRAIN).flat());
  return { train: examples.filter((example) => !heldOut.has(example)), heldOut: examples.filter((example) => heldOut.has(example)) };
}
