/** The rules about single rows: their severity, their words, and what to do about them. */

import { FORMATS_IN_WORDS } from '../detect.ts';
import type { Severity } from '../example.ts';

export interface RowRule {
  readonly severity: Severity;
  /** completes "Line 4 of tickets.jsonl …" */
  readonly one: string;
  /** completes "Lines 4, 9 and 12 of tickets.jsonl …" */
  readonly many: string;
  readonly remedy: string;
}

export const ROW_RULES = {
  'dataset.row.invalid-json': {
    severity: 'error',
    one: 'is not valid JSON',
    many: 'are not valid JSON',
    remedy: 'Correct the JSON: one complete object on each line',
  },
  'dataset.row.invalid-csv': {
    severity: 'error',
    one: 'cannot be read as CSV',
    many: 'cannot be read as CSV',
    remedy: 'Put the value in double quotes and write quotes inside it twice',
  },
  'dataset.row.wrong-columns': {
    severity: 'error',
    one: 'does not fit the header',
    many: 'do not fit the header',
    remedy: 'Put values that hold the delimiter in double quotes, or add the missing value',
  },
  'dataset.row.too-long': {
    severity: 'error',
    one: 'is too long to be one example',
    many: 'are too long to be one example',
    remedy: 'Split the row, or look for a quote or line break that is missing',
  },
  'dataset.row.not-an-object': {
    severity: 'error',
    one: 'is not a JSON object',
    many: 'are not JSON objects',
    remedy: 'Write each row as an object, for example {"prompt": "…", "completion": "…"}',
  },
  'dataset.row.unknown-format': {
    severity: 'error',
    one: 'is in no format that Tunesmith knows',
    many: 'are in no format that Tunesmith knows',
    remedy: `Rename the fields to one of: ${FORMATS_IN_WORDS}`,
  },
  'dataset.row.unsupported-format': {
    severity: 'error',
    one: 'is in a format that cannot be trained on yet',
    many: 'are in a format that cannot be trained on yet',
    remedy: `Convert the rows to one of: ${FORMATS_IN_WORDS}`,
  },
  'dataset.row.bad-messages': {
    severity: 'error',
    one: 'does not hold a conversation',
    many: 'do not hold a conversation',
    remedy: 'Write "messages" as a list of {"role": "…", "content": "…"}',
  },
  'dataset.row.wrong-role': {
    severity: 'error',
    one: 'has a role that is not system, user, assistant or tool',
    many: 'have a role that is not system, user, assistant or tool',
    remedy: 'Rename the role: the person is "user", the model is "assistant"',
  },
  'dataset.row.not-text-content': {
    severity: 'error',
    one: 'holds something other than text',
    many: 'hold something other than text',
    remedy: 'Replace it by text, or remove the row',
  },
  'dataset.row.bad-tool-call': {
    severity: 'error',
    one: 'has a tool call that cannot be read',
    many: 'have tool calls that cannot be read',
    remedy: 'Write each call as {"id", "type": "function", "function": {"name", "arguments"}}, the arguments as JSON in a text',
  },
  'dataset.row.bad-candidates': {
    severity: 'error',
    one: 'does not hold answers to compare',
    many: 'do not hold answers to compare',
    remedy: 'Write at least two answers, each with its label or score',
  },
  'dataset.row.bad-value': {
    severity: 'error',
    one: 'has a value of the wrong kind',
    many: 'have values of the wrong kind',
    remedy: 'Write the value as the format asks, or remove the row',
  },
  'dataset.row.no-answer': {
    severity: 'error',
    one: 'does not end in an answer to train on',
    many: 'do not end in an answer to train on',
    remedy: 'End each conversation with the assistant turn that the model should learn',
  },
  'dataset.row.empty-answer': {
    severity: 'error',
    one: 'has an empty answer',
    many: 'have an empty answer',
    remedy: 'Write the answer, or remove the row',
  },
  'dataset.row.empty-prompt': {
    severity: 'error',
    one: 'has no question before the answer',
    many: 'have no question before the answer',
    remedy: 'Write the user turn, or remove the row',
  },
  'dataset.row.same-answers': {
    severity: 'error',
    one: 'prefers an answer to itself',
    many: 'prefer an answer to itself',
    remedy: 'Write two different answers, or remove the row',
  },
  'dataset.row.different-prompts': {
    severity: 'error',
    one: 'compares answers to different prompts',
    many: 'compare answers to different prompts',
    remedy: 'Let both conversations begin with the same turns',
  },
  'dataset.row.no-pair': {
    severity: 'error',
    one: 'holds one answer and not two to choose between',
    many: 'hold one answer and not two to choose between',
    remedy: 'Add a worse answer as "rejected", or train with the technique "sft"',
  },
  'dataset.row.repeated-key': {
    severity: 'warning',
    one: 'names a field twice, of which the last counts',
    many: 'name a field twice, of which the last counts',
    remedy: 'Remove or rename one of the two',
  },
  'dataset.row.damaged-text': {
    severity: 'warning',
    one: 'holds damaged characters',
    many: 'hold damaged characters',
    remedy: 'Save the file again as UTF-8 from the program it comes from',
  },
  'dataset.row.minority-format': {
    severity: 'warning',
    one: 'is in another format than most rows',
    many: 'are in another format than most rows',
    remedy: 'Check that these rows belong into this file; they are trained on as they are',
  },
  'dataset.duplicates': {
    severity: 'warning',
    one: 'repeats an earlier row exactly',
    many: 'repeat earlier rows exactly',
    remedy: 'Remove the repetitions unless they are meant to weigh more',
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
} as const satisfies Readonly<Record<string, RowRule>>;

export type RowRuleCode = keyof typeof ROW_RULES;
