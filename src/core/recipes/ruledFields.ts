/** The fields that rules choose where a recipe leaves them out, and where in the file they stand. */

import type { LocalDraft, PeftDraft, PreferenceDraft, RecipeDraft, TrainingDraft } from './schema.ts';

/** What a recipe says of them, gathered from its sections. */
export type RuledDraft = PeftDraft & TrainingDraft & PreferenceDraft & LocalDraft & { readonly maxSteps?: number | undefined };
export type RuledField = keyof RuledDraft;

/** The dotted name of each in the file. */
export const FIELD_PATHS: Readonly<Record<RuledField, string>> = {
  method: 'peft.method',
  rank: 'peft.rank',
  alpha: 'peft.alpha',
  epochs: 'training.epochs',
  batchSize: 'training.batchSize',
  gradientAccumulation: 'training.gradientAccumulation',
  learningRate: 'training.learningRate',
  schedule: 'training.schedule',
  warmupRatio: 'training.warmupRatio',
  weightDecay: 'training.weightDecay',
  maxGradNorm: 'training.maxGradNorm',
  maxLength: 'training.maxLength',
  truncation: 'training.truncation',
  packing: 'training.packing',
  evalEverySteps: 'training.evalEverySteps',
  earlyStoppingPatience: 'training.earlyStoppingPatience',
  seed: 'training.seed',
  beta: 'preference.beta',
  maxSteps: 'budget.steps',
  precision: 'overrides.local.precision',
  memoryLimit: 'overrides.local.memoryLimit',
  threads: 'overrides.local.threads',
  checkpointEverySeconds: 'overrides.local.checkpointEverySeconds',
  keepCheckpoints: 'overrides.local.keepCheckpoints',
};

export function ruledDraft({ peft, training, preference, overrides, budget }: Pick<RecipeDraft, 'peft' | 'training' | 'preference' | 'overrides' | 'budget'>): RuledDraft {
  return { ...peft, ...training, ...preference, ...overrides?.local, ...(budget?.steps !== undefined && { maxSteps: budget.steps }) };
}

