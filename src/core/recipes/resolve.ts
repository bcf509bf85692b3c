/** Completes a recipe: defaults by rule, paths absolute. */

import { basename, dirname, resolve } from 'node:path';
import type { TrainingSettings } from '../../engine/train/training.ts';
import { chooseSplit, chooseTraining, type Chosen, type ChosenTraining, type DefaultFacts } from './defaults.ts';
import { valueAt } from './fieldPath.ts';
import { resolveModelRef } from './models.ts';
import type { Recipe } from './recipe.ts';
import { chooseRl, type ChosenRl } from './rlDefaults.ts';
import { ruledDraft } from './ruledFields.ts';
import type { RecipeDraft } from './schema.ts';

export interface ResolvedRecipe {
  readonly recipe: Recipe;
  /** how every training value came about */
  readonly training: ChosenTraining;
  /** undefined unless rewards are learnt from */
  readonly rl: ChosenRl | undefined;
  /** undefined when there is a validation file */
  readonly split: Chosen<number> | undefined;
}

export interface ResolveFacts extends Omit<DefaultFacts, 'trainRows'> {
  /** all rows of the training file, before any are held out; undefined when unknown */
  readonly rows: number | undefined;
  /** of an answer, what 95% of the rows do not exceed; undefined when unknown */
  readonly answerTokens?: number;
  /** what `baseModel` says is a folder beside the recipe, although it could be a name on the hub; default: false */
  readonly hasModelFolder?: boolean;
}

export function resolveRecipe(draft: RecipeDraft, file: string, facts: ResolveFacts): ResolvedRecipe {
  const folder = dirname(file);
  const { dataset } = draft;
  const split = dataset.validation !== undefined ? undefined : dataset.split === undefined ? chooseSplit(facts.rows) : given(dataset.split);
  const trainRows = facts.rows === undefined ? undefined : Math.max(1, Math.round(facts.rows * (1 - (split?.value ?? 0))));
  const technique = draft.technique ?? 'sft';
  const training = chooseTraining(ruledDraft(draft), { ...facts, trainRows, technique });
  return {
    recipe: {
      version: draft.version,
      name: draft.name,
      technique,
      baseModel: resolveModelRef(draft.baseModel, folder, facts.hasModelFolder ?? false),
      ...(draft.startFrom !== undefined && { startFrom: resolve(folder, draft.startFrom) }),
      dataset: {
        train: resolve(folder, dataset.train),
        validation: dataset.validation === undefined ? undefined : resolve(folder, dataset.validation),
        split: split?.value,
      },
      ...(draft.prompt?.system !== undefined && { prompt: { system: draft.prompt.system } }),
      training: toSettings(training),
      ...(training.precision.value !== 'float32' && { precision: training.precision.value }),
      backend: draft.backend ?? 'local',
      ...unusedOf(draft),
    },
    training,
    rl: technique === 'rft' ? chooseRl(draft.rl ?? {}, { answerTokens: facts.answerTokens }) : undefined,
    split,
  };
}

/** What recipes can say ahead of the programs that will act on it. */
const NOT_USED_YET = ['dataset.test', 'dataset.mix', 'rewards', 'evaluation.suites', 'evaluation.gate', 'budget.minutes', 'budget.usd', 'sweep'] as const;

function unusedOf(draft: RecipeDraft): Pick<Recipe, 'unused'> {
  const unused = NOT_USED_YET.filter((name) => valueAt(draft, name.split('.')) !== undefined);
  return unused.length > 0 ? { unused } : {};
}

/** What the trainer takes. */
export function toSettings(chosen: ChosenTraining): TrainingSettings {
  const maxSteps = chosen.maxSteps.value;
  const memoryLimit = chosen.memoryLimit.value;
  return {
    peft: chosen.method.value === 'lora' ? { method: 'lora', rank: chosen.rank.value, alpha: chosen.alpha.value } : { method: 'full' },
    epochs: chosen.epochs.value,
    ...(maxSteps !== undefined && { maxSteps }),
    batchSize: chosen.batchSize.value,
    gradientAccumulation: chosen.gradientAccumulation.value,
    learningRate: chosen.learningRate.value,
    schedule: chosen.schedule.value,
    warmupRatio: chosen.warmupRatio.value,
    weightDecay: chosen.weightDecay.value,
    maxGradNorm: chosen.maxGradNorm.value,
    ...(chosen.beta.value !== undefined && { beta: chosen.beta.value }),
    maxLength: chosen.maxLength.value,
    truncation: chosen.truncation.value,
    packing: chosen.packing.value,
    evalEverySteps: chosen.evalEverySteps.value,
    earlyStoppingPatience: chosen.earlyStoppingPatience.value,
    checkpointEverySeconds: chosen.checkpointEverySeconds.value,
    keepCheckpoints: chosen.keepCheckpoints.value,
    ...(memoryLimit !== undefined && { memoryBudgetBytes: Math.round(memoryLimit * 1e9) }),
    seed: chosen.seed.value,
    threads: chosen.threads.value,
  };
}

/** "tickets.tune.yaml" → "tickets" */
export function recipeStem(file: string): string {
  return basename(file).replace(/\.tune\.ya?ml$/i, '');
}

function given(value: number): Chosen<number> {
  return { value, reason: 'set in the recipe', source: 'the recipe', from: 'recipe' };
}
