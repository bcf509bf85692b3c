/** About what a row says: turns, roles, answers, tool calls, pairs. */

import type { RowRule } from './rule.ts';

export const STRUCTURE_RULES = {
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
} as const satisfies Readonly<Record<string, RowRule>>;
