/** What the advisor makes of a dataset alone: the technique to launch with, and what speaks against launching now. */

import type { DatasetProfile } from '../datasets/profile.ts';
import type { Example } from '../datasets/example.ts';
import { chooseSplit } from '../recipes/defaults.ts';
import type { Technique } from '../recipes/kinds.ts';
import { formatQuantity } from '../wording/numbers.ts';
import { advise, type Evidence } from './advise.ts';
import type { AdvisorFacts, DataFacts } from './facts.ts';
import type { Option } from './options.ts';

export interface TechniqueAdvice {
  readonly technique: Technique;
  /** a clause */
  readonly reason: string;
  readonly source: string;
  /** what speaks against training on this dataset now, one sentence each; empty when nothing does */
  readonly doubts: readonly string[];
}

const HOLDS: Readonly<Record<Example['kind'], DataFacts['holds']>> = {
  conversation: 'answers', preference: 'pairs', ranking: 'pairs', rating: 'ratings', task: 'tasks', text: 'text',
};

/** @param heldOutRows beside the dataset; without them, those that would be held out of it */
export function dataFactsOf(profile: DatasetProfile, heldOutRows?: number): DataFacts {
  const { rows, usableRows, labels, tokens, kinds, format } = profile;
  const kind = kinds?.[0]?.kind ?? (format === 'preference' ? 'preference' : 'conversation');
  const rarest = labels && Math.min(...labels.map(({ count }) => count));
  return {
    holds: HOLDS[kind],
    rows: usableRows,
    brokenShare: rows === 0 ? 0 : 1 - usableRows / rows,
    ...(rarest !== undefined && { rarestLabel: rarest }),
    ...(tokens && { tokens: tokens.total }),
    heldOutRows: heldOutRows ?? Math.round(usableRows * chooseSplit(usableRows).value),
  };
}

/** Deterministic. Of the techniques that a job can be launched with at once, the one that the rows are made for. */
export function adviseTechnique(profile: DatasetProfile, known: Omit<AdvisorFacts, 'data'> = { useCase: {}, probe: undefined }): TechniqueAdvice {
  const data = dataFactsOf(profile);
  const { options } = advise({ ...known, data });
  const technique = data.holds === 'pairs' ? 'dpo' : 'sft';
  const evidenceOf = (option: Option, stance: Evidence['stance']): readonly Evidence[] => options.find((one) => one.option === option)?.evidence.filter((one) => one.stance === stance) ?? [];
  const [best] = evidenceOf(technique, 'for');
  const against = [...evidenceOf(technique, 'against'), ...(['dont-train', 'prompt-only', 'more-data'] as const).flatMap((option) => evidenceOf(option, 'for'))];
  return { technique, reason: reasonOf(technique, profile), source: best?.source ?? '', doubts: [...new Set(against.map(({ words }) => words))] };
}

function reasonOf(technique: 'sft' | 'dpo', { labels }: DatasetProfile): string {
  if (technique === 'dpo') return 'every row shows a better and a worse answer';
  return labels ? `every row shows one of ${formatQuantity(labels.length, 'label')} as the answer to give` : 'every row shows the answer to give';
}
