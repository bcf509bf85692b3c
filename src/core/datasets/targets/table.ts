/** All targets, and the one that a file is checked for when nobody says which. */

import type { DatasetFormat } from '../example.ts';
import { BEDROCK_TARGETS } from './bedrock.ts';
import { FOUNDRY_TARGETS } from './foundry.ts';
import { GEMINI_TARGETS } from './gemini.ts';
import { LOCAL_TARGETS } from './local.ts';
import { SAGEMAKER_TARGETS } from './sagemaker.ts';
import type { Target, TargetId } from './target.ts';

export const TARGETS: readonly Target[] = [...LOCAL_TARGETS, ...BEDROCK_TARGETS, ...SAGEMAKER_TARGETS, ...FOUNDRY_TARGETS, ...GEMINI_TARGETS];

const BY_ID = new Map<string, Target>(TARGETS.map((target) => [target.id, target]));

export const TARGET_IDS: readonly TargetId[] = TARGETS.map(({ id }) => id);

export function targetOf(id: TargetId): Target {
  const target = BY_ID.get(id);
  if (!target) throw new Error(`no target is called ${id}`);
  return target;
}

/** This machine, with the technique that the rows are made for. */
export function localTargetOf(format: DatasetFormat | undefined): Target {
  return targetOf(format === 'preference' ? 'local-dpo' : 'local-sft');
}

export function isLocal({ id }: Target): boolean {
  return id === 'local-sft' || id === 'local-dpo';
}
