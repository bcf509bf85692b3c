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
  'dataset.near-duplicates': {
    severity: 'warning',
    title: 'Near repetitions',
    means: 'At least about four fifths of the words, or runs of words, are those of an earlier row; case and punctuation do not count. Such rows weigh more than others, and when they fall on both sides of a split, the evaluation flatters the model.',
    one: 'says nearly the same as an earlier row',
    many: 'say nearly the same as earlier rows',
    remedy: 'Keep one of each, or keep them together when the rows are split',
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
  'dataset.near-leakage': {
    severity: 'warning',
    title: 'Evaluated on nearly what was trained on',
    means: 'The prompt of a held-out row is, but for a few words, one that is trained on. The model can answer it from memory, and the evaluation shows less than it seems to.',
    one: 'asks nearly what is also trained on',
    many: 'ask nearly what is also trained on',
    remedy: 'Remove the row from one of the two files; else the evaluation flatters the model',
  },
  'dataset.contamination': {
    severity: 'warning',
    title: 'Trained on an evaluation set',
    means: 'The row asks, exactly or nearly, what a set asks that models are compared by. A model that was trained on it does better there than anywhere else, and the result means nothing.',
    one: 'asks what an evaluation set asks',
    many: 'ask what an evaluation set asks',
    remedy: 'Remove the row, or do not report results on that set',
  },
} as const satisfies Readonly<Record<string, RowRule>>;
