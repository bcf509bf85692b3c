/** Advises how a model should learn from a dataset, or that it should not, with the evidence. */

import { FEW_ROWS } from '../datasets/rules/fileRules.ts';
import type { DatasetProfile } from '../datasets/profile.ts';
import type { Technique } from '../recipes/recipe.ts';
import { formatQuantity } from '../wording/numbers.ts';

export interface TechniqueAdvice {
  readonly technique: Technique;
  readonly reason: string;
  readonly source: string;
  /** what speaks against training on this dataset now, one sentence each; empty when nothing does */
  readonly doubts: readonly string[];
}

/** Fewer rows than this a class are seldom enough for a classifier. */
const ROWS_A_LABEL = 20;

/** Deterministic; looks at the profile alone. */
export function adviseTechnique(profile: DatasetProfile): TechniqueAdvice {
  const { labels, usableRows } = profile;
  const reason = labels
    ? `every row shows one of ${formatQuantity(labels.length, 'label')} as the answer to give`
    : 'every row shows the answer to give';
  const doubts: string[] = [];
  if (usableRows < FEW_ROWS) doubts.push(`With ${formatQuantity(usableRows, 'row')}, a prompt with examples is likely to do as well as training.`);
  const rare = labels?.filter(({ count }) => count < ROWS_A_LABEL) ?? [];
  if (rare.length > 0) {
    doubts.push(`${formatQuantity(rare.length, 'label')} of ${labels?.length} ${rare.length === 1 ? 'has' : 'have'} fewer than ${ROWS_A_LABEL} rows and may not be learnt.`);
  }
  if (profile.format === 'preference') {
    return {
      technique: 'dpo', reason: 'every row shows a better and a worse answer', doubts,
      source: 'Rafailov et al. 2023, "Direct Preference Optimization": learning from pairs without a reward model',
    };
  }
  return { technique: 'sft', reason, source: 'Microsoft Foundry, guidance on training types: supervised fine-tuning for stable input and output pairs', doubts };
}
