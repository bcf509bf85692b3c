/** About rows that resemble others, in the file or in one beside it. */

import type { RowRule } from './rule.ts';

export const REPETITION_RULES = {
  'dataset.duplicates': {
    severity: 'warning',
    title: 'Exact repetitions',
    means: 'A row that stands there twice weighs twice: the model learns it by heart rather than what it stands for. If the copies fall on both sides of a split, the evaluation flatters the model.',
    one: 'repeats an earlier row exactly',
    many: 'repeat earlier rows exactly',
    remedy: 'Remove the repetitions unless they are meant to weigh more',
  },
  'dataset.conflicts': {
    severity: 'warning',
    title: 'The same prompt with different answers',
    means: 'Asked the same, the model should answer A here and B there. It cannot learn both, so it learns to hesitate; often one of the two is simply wrong.',
    one: 'gives another answer to a prompt of an earlier row',
    many: 'give another answer to a prompt of an earlier row',
    remedy: 'Decide on one answer for each prompt; a model cannot learn both',
  },
  'dataset.leakage': {
    severity: 'warning',
    title: 'Evaluated on what was trained on',
    means: 'The held-out file asks questions that the training file answers. The result then measures memory, not ability, and is better than what users will see.',
    one: 'asks a prompt that is also trained on',
    many: 'ask a prompt that is also trained on',
    remedy: 'Remove the row from one of the two files; else the evaluation flatters the model',
  },
} as const satisfies Readonly<Record<string, RowRule>>;
