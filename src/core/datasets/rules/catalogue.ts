/** All rules by their codes: those about single rows, and those about a file as a whole. */

import { ANSWER_FILE_RULES, ANSWER_RULES } from './answers.ts';
import { FILE_RULES as WHOLE_FILE_RULES } from './fileRules.ts';
import { PREFERENCE_RULES } from './preference.ts';
import { PRIVACY_RULES } from './privacy.ts';
import { READING_RULES } from './reading.ts';
import { REINFORCEMENT_FILE_RULES, REINFORCEMENT_RULES } from './reinforcement.ts';
import { REPETITION_RULES } from './repetition.ts';
import type { FileRule, Rule } from './rule.ts';
import { STRUCTURE_RULES } from './structure.ts';
import { TARGET_FILE_RULES, TARGET_ROW_RULES } from './targetRules.ts';
import { TEXT_RULES } from './text.ts';
import { TOKEN_RULES } from './tokens.ts';
import { TOOL_CALL_RULES } from './toolCalls.ts';
import { TURN_RULES } from './turns.ts';

export const ROW_RULES = {
  ...READING_RULES, ...STRUCTURE_RULES, ...TURN_RULES, ...TOOL_CALL_RULES, ...TARGET_ROW_RULES, ...TEXT_RULES, ...TOKEN_RULES, ...ANSWER_RULES, ...REINFORCEMENT_RULES,
  ...REPETITION_RULES, ...PRIVACY_RULES,
} as const;

export type RowRuleCode = keyof typeof ROW_RULES;

/** In the order in which findings of the same severity are shown. */
export const FILE_RULES = { ...WHOLE_FILE_RULES, ...TARGET_FILE_RULES, ...ANSWER_FILE_RULES, ...PREFERENCE_RULES, ...REINFORCEMENT_FILE_RULES } as const;

export type FileRuleCode = keyof typeof FILE_RULES;

export type RuleCode = RowRuleCode | FileRuleCode;

export const FILE_RULE_LIST = Object.entries(FILE_RULES) as readonly (readonly [FileRuleCode, FileRule])[];

/** @returns undefined for a code of no rule about datasets */
export function ruleOf(code: string): Rule | undefined {
  const rules: Readonly<Record<string, Rule>> = { ...ROW_RULES, ...FILE_RULES };
  return Object.hasOwn(rules, code) ? rules[code] : undefined;
}
