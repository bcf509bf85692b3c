/** All rules about rows, by their codes. */

import { READING_RULES } from './reading.ts';
import { REPETITION_RULES } from './repetition.ts';
import { STRUCTURE_RULES } from './structure.ts';
import { TEXT_RULES } from './text.ts';
import { TOKEN_RULES } from './tokens.ts';

export const ROW_RULES = { ...READING_RULES, ...STRUCTURE_RULES, ...TEXT_RULES, ...TOKEN_RULES, ...REPETITION_RULES } as const;

export type RowRuleCode = keyof typeof ROW_RULES;
