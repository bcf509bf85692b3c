/** Holds rows out for evaluation: seeded, by label, and never one prompt on both sides. */

import { RandomGenerator } from '../../engine/random.ts';
import type { TrainingExample } from './example.ts';
import { answerOf, fingerprint, promptKey } from './fingerprint.ts';
import { countLabels } from './labels.ts';

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
  const strata = [...stratify(examples)].sort(([a], [b]) => (a < b ? -1 : 1));
  const chosen = new Set<TrainingExample>();
  // Rows owed from strata that were too small for a whole one, so that the sum comes out as asked.
  let owed = 0;
  for (const [label, groups] of strata) {
    const order = new RandomGenerator(seed + fingerprint(label)).shuffle([...groups]);
    owed += share * order.reduce((rows, group) => rows + group.length, 0);
    for (const group of order.slice(1)) {
      if (owed < group.length / 2) break;
      for (const example of group) chosen.add(example);
      owed -= group.length;
    }
  }
  if (chosen.size === 0) holdOutOne(strata, seed, chosen);
  return { train: examples.filter((example) => !chosen.has(example)), heldOut: examples.filter((example) => chosen.has(example)) };
}

/** Groups of one prompt, by the label of the group's first row; one stratum when answers are no labels. */
function stratify(examples: readonly TrainingExample[]): Map<string, TrainingExample[][]> {
  const labelled = countLabels(examples.map(({ messages }) => answerOf(messages))) !== undefined;
  const groups = Map.groupBy(examples, ({ messages }) => promptKey(messages));
  return Map.groupBy(groups.values(), ([first]) => (labelled && first ? answerOf(first.messages).trim() : ''));
}

function holdOutOne(strata: readonly (readonly [string, readonly TrainingExample[][]])[], seed: number, chosen: Set<TrainingExample>): void {
  const all = strata.flatMap(([, list]) => list);
  const spared = strata.filter(([, list]) => list.length > 1).flatMap(([, list]) => list);
  const groups = spared.length > 0 ? spared : all;
  if (groups.length < 2) return;
  for (const example of groups[new RandomGenerator(seed).below(groups.length)] ?? []) chosen.add(example);
}
