/** About rows that resemble others, in the file or in one beside it. */

import type { RowRule } from './rule.ts';

export const REPETITION_RULES = {
  'dataset.duplicates': {
    severity: 'warning',
    one: 'repeats an earlier row exactly',
    many: 'repeat earlier rows exactly',
    remedy: 'Remove the repetitions unless they are meant to weigh more',
  },
  'dataset.near-duplicates': {
    severity: 'warning',
    one: 'says nearly the same as an earlier row',
    many: 'say nearly the same as earlier rows',
    remedy: 'Keep one of each, or keep them together when the rows are split',
  },
  'dataset.conflicts': {
    severity: 'warning',
    one: 'gives another answer to a prompt of an earlier row',
    many: 'give another answer to a prompt of an earlier row',
    remedy: 'Decide on one answer for each prompt; a model cannot learn both',
  },
  'dataset.leakage': {
    severity: 'warning',
    one: 'asks a prompt that is also trained on',
    many: 'ask a prompt that is also trained on',
    remedy: 'Remove the row from one of the two files; else the evaluation flatters the model',
  },
  'dataset.near-leakage': {
    severity: 'warning',
    one: 'asks nearly what is also trained on',
    many: 'ask nearly what is also trained on',
    remedy: 'Remove the row from one of the two files; else the evaluation flatters the model',
  },
  'dataset.contamination': {
    severity: 'warning',
    one: 'asks what an evaluation set asks',
    many: 'ask what an evaluation set asks',
    remedy: 'Remove the row, or do not report results on that set',
  },
} as const satisfies Readonly<Record<string, RowRule>>;
