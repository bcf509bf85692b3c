/** About prompts whose answers are graded, and the fields that graders compare with. */

import type { Target } from '../targets/target.ts';
import type { FileRule, RowRule } from './rule.ts';

export const REINFORCEMENT_RULES = {
  'dataset.row.answer-in-prompt': {
    severity: 'warning',
    title: 'The prompt gives the answer away',
    means: 'The reference answer stands in the prompt. The model copies it, the reward rises, and nothing was learnt.',
    one: 'has its reference answer in the prompt',
    many: 'have their reference answer in the prompt',
    remedy: 'Remove the answer from the prompt',
  },
  'dataset.row.missing-reference': {
    severity: ({ sameFields }: Target) => (sameFields ? 'error' : 'warning'),
    title: 'A field for the grader is missing',
    means: 'Most rows have this field and these do not, or it is empty. A grader that asks for it fails, or gives such rows no points whatever the model says.',
    one: 'lacks a field that most rows have for the grader',
    many: 'lack a field that most rows have for the grader',
    remedy: 'Fill in the field, or remove the rows',
  },
  'dataset.row.mixed-reference-types': {
    severity: 'warning',
    title: 'A field for the grader is of two kinds',
    means: 'The field is a number in most rows and a text in these, or the other way round. A grader that compares the two finds 72 and "72" different.',
    one: 'has a field for the grader of another kind than most rows',
    many: 'have a field for the grader of another kind than most rows',
    remedy: 'Write the field in one way in all rows',
  },
} as const satisfies Readonly<Record<string, RowRule>>;

export const REINFORCEMENT_FILE_RULES = {
  'dataset.numbers-as-text': {
    severity: 'info',
    title: 'Numbers that are written as texts',
    means: 'All rows have a number in quotes in this field. A grader that compares it with a number of its own finds them different unless it converts one of them.',
    remedy: 'Let the grader convert it, or write the numbers without quotes',
  },
} as const satisfies Readonly<Record<string, FileRule>>;
