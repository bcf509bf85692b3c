/** The rules that choose what a recipe leaves out; every number comes with its reason and its source. */

import { formatCount, formatQuantity } from '../wording/numbers.ts';
import type { ModelFacts } from './models.ts';
import type { Technique } from './recipe.ts';
import type { RuledDraft, RuledField } from './ruledFields.ts';

/** A value, why it is what it is, and where the rule comes from. */
export interface Chosen<T> {
  readonly value: T;
  /** one short clause, for a comment or a hover */
  readonly reason: string;
  /** what the rule was taken from: a paper, another tool's default, or our own arithmetic */
  readonly source: string;
  readonly from: 'recipe' | 'rule';
}

/** The recipe's value where it has one, else the rule's. */
export function pick<T>(given: T | undefined, value: T, reason: string, source: string): Chosen<T> {
  return given === undefined ? { value, reason, source, from: 'rule' } : { value: given, reason: 'set in the recipe', source: 'the recipe', from: 'recipe' };
}

/** What the rules look at. What is unknown is assumed, and the reason says so. */
export interface DefaultFacts {
  /** rows that are trained on, without held-out ones */
  readonly trainRows: number | undefined;
  /** prompt and answer together */
  readonly longestRowCharacters: number | undefined;
  readonly model: ModelFacts | undefined;
  /** "sft" unless given */
  readonly technique?: Technique;
}

export type ChosenTraining = {
  readonly [Field in RuledField]-?: Field extends 'maxSteps' | 'beta' | 'memoryLimit' ? Chosen<number | undefined> : Chosen<NonNullable<RuledDraft[Field]>>;
};

/** Multiplies the learning rate of the published formula for models at most this wide, which it was not fitted on. */
export const TINY_MODEL = { hiddenSize: 512, learningRateScale: 1, minRank: 32, minSteps: 300 } as const;

/** Rates beyond this made nearly every published run diverge. */
const HIGHEST_LEARNING_RATE = 1e-2;
/** Preferences and rewards move a model further than answers do at the same rate. */
const GENTLE_SHARE = 0.1;
const ASSUMED_ROWS = 1000;
const ASSUMED_HIDDEN = 1024;

export const TINKER = 'Thinking Machines, tinker-cookbook hyperparam_utils';
const LORA_REGRET = 'Schulman et al. 2025, "LoRA Without Regret"';
const PRACTICE = 'common practice: TRL, Axolotl, LLaMA-Factory';
export const OURS = 'our own rule';

/**
 * Every training field: the recipe's value where it has one, else the rule's.
 * The values of the recipe feed the rules of the others, so that the number of steps stays sensible.
 */
export function chooseTraining(draft: RuledDraft, facts: DefaultFacts): ChosenTraining {
  const rows = facts.trainRows ?? ASSUMED_ROWS;
  const model = facts.model ?? { hiddenSize: ASSUMED_HIDDEN, maxPositions: 2048, family: 'llama' };
  const isTiny = model.hiddenSize <= TINY_MODEL.hiddenSize;
  const rowsText = facts.trainRows === undefined ? `${formatCount(ASSUMED_ROWS)} rows assumed` : formatQuantity(rows, 'row');
  const method = pick(draft.method, 'lora' as const, 'an adapter is small, fast and keeps the base model intact', LORA_REGRET);
  const isLora = method.value === 'lora';
  const isDpo = facts.technique === 'dpo';
  const stepRows = chooseStepRows(rows);
  const fits = isTiny ? stepRows : Math.min(stepRows, 4);
  const batchSize = pick(draft.batchSize, Math.min(fits, Math.max(1, rows)), isTiny ? `a small model takes ${stepRows} rows at once` : 'keeps the memory of a large model low', OURS);
  const gradientAccumulation = pick(
    draft.gradientAccumulation,
    Math.max(1, Math.round(stepRows / batchSize.value)),
    `${stepRows} rows a step: ${rowsText} give enough steps, and LoRA suffers from large batches`,
    `${LORA_REGRET}; ${PRACTICE}`,
  );
  const rowsAStep = batchSize.value * gradientAccumulation.value;
  const epochs = pick(draft.epochs, ...chooseEpochs(rows, rowsAStep, isTiny, rowsText));
  const steps = countSteps(rows, { epochs: epochs.value, maxSteps: draft.maxSteps, rowsAStep });
  return {
    method,
    rank: pick(draft.rank, ...chooseRank(rows, isTiny, rowsText)),
    alpha: pick(draft.alpha, 32, 'constant, so that the best learning rate does not depend on the rank', LORA_REGRET),
    epochs,
    maxSteps: pick(draft.maxSteps, undefined, 'the epochs decide', OURS),
    batchSize,
    gradientAccumulation,
    learningRate: pick(draft.learningRate, ...chooseLearningRate(model, isLora, facts.technique === 'dpo' ? 'preferences' : facts.technique === 'rft' ? 'rewards' : undefined)),
    schedule: pick(draft.schedule, 'cosine' as const, 'ends with small, careful steps', PRACTICE),
    warmupRatio: pick(draft.warmupRatio, 0.05, 'a short start keeps the first steps from overshooting', PRACTICE),
    weightDecay: pick(draft.weightDecay, 0.01, 'hardly matters for short runs', PRACTICE),
    maxGradNorm: pick(draft.maxGradNorm, 1, 'one odd batch cannot spoil the run', PRACTICE),
    maxLength: pick(draft.maxLength, ...chooseMaxLength(facts.longestRowCharacters, model.maxPositions)),
    beta: isDpo ? pick(draft.beta, 0.1, 'how far the model may move from what it was', 'TRL DPOConfig') : pick(draft.beta, undefined, 'only for dpo', OURS),
    truncation: pick(draft.truncation, 'keep_start' as const, 'the prompt explains the answer', 'TRL SFTConfig'),
    packing: pick(draft.packing, false, 'rows of like length already share a batch', OURS),
    earlyStoppingPatience: pick(draft.earlyStoppingPatience, 0, 'a short run ends by itself', OURS),
    evalEverySteps: pick(draft.evalEverySteps, Math.max(1, Math.ceil(steps / 10)), 'ten times in a run show whether it overfits', OURS),
    checkpointEverySeconds: pick(draft.checkpointEverySeconds, 60, 'a crash costs a minute at most', OURS),
    keepCheckpoints: pick(draft.keepCheckpoints, 2, 'one more than the newest, should that turn out to be unreadable', OURS),
    memoryLimit: pick(draft.memoryLimit, undefined, 'four fifths of what is free, and half of the machine at least', OURS),
    seed: pick(draft.seed, 42, 'any number; the same one gives the same run', OURS),
    precision: pick(draft.precision, 'float32' as const, 'exact and fastest; float16 is for models that would not fit', OURS),
    threads: pick(draft.threads, 0, 'one a physical core', OURS),
  };
}

/**
 * How much of the training rows to hold out when the recipe names no validation file.
 *
 * @returns 0.01 to 0.2
 */
export function chooseSplit(rows: number | undefined): Chosen<number> {
  const known = rows ?? ASSUMED_ROWS;
  const share = known < 200 ? 0.2 : known < 1000 ? 0.15 : Math.max(0.01, Math.round(100 * Math.min(0.1, 500 / known)) / 100);
  const heldOut = Math.max(1, Math.round(known * share));
  const points = Math.round(98 / Math.sqrt(heldOut));
  const reason = `about ${formatQuantity(heldOut, 'row')} measure accuracy to ±${points} points`;
  return { value: share, reason, source: 'half width of a 95% interval at 50%, 0.98/√rows', from: 'rule' };
}

/** Steps of a run; the last step of an epoch may be a smaller one. */
export function countSteps(trainRows: number, plan: { readonly epochs: number; readonly maxSteps?: number | undefined; readonly rowsAStep: number }): number {
  const steps = Math.max(1, Math.ceil(Math.ceil(trainRows / plan.rowsAStep) * plan.epochs));
  return Math.min(steps, plan.maxSteps ?? Infinity);
}

type Choice<T> = [value: T, reason: string, source: string];

function chooseStepRows(rows: number): number {
  return rows < 400 ? 4 : rows < 2000 ? 8 : 16;
}

function chooseEpochs(rows: number, rowsAStep: number, isTiny: boolean, rowsText: string): Choice<number> {
  const usual = rows < 1000 ? 3 : rows <= 5000 || isTiny ? 2 : 1;
  const target = isTiny ? TINY_MODEL.minSteps : 100;
  const needed = Math.ceil(target / Math.ceil(rows / rowsAStep));
  const epochs = Math.min(10, Math.max(usual, needed));
  const reason = epochs === usual ? `usual for ${rowsText}` : `${rowsText} need ${epochs} passes for about ${formatCount(countSteps(rows, { epochs, rowsAStep }))} steps`;
  return [epochs, reason, `${PRACTICE}; at least 100 steps, ${TINKER}${isTiny ? '; more for small models, our own rule' : ''}`];
}

function chooseRank(rows: number, isTiny: boolean, rowsText: string): Choice<number> {
  const byRows = rows < 1000 ? 16 : rows <= 10_000 ? 32 : 64;
  if (isTiny && byRows < TINY_MODEL.minRank) return [TINY_MODEL.minRank, 'a small model has few weights at each rank', OURS];
  return [byRows, `capacity for ${rowsText}; rarely matters`, LORA_REGRET];
}

/** LR = 5e-5 · (10 if LoRA) · (2000 / hidden)^p, and a tenth of it for what moves a model further than imitation */
function chooseLearningRate(model: ModelFacts, isLora: boolean, gentleFor: string | undefined): Choice<number> {
  const power = model.family.startsWith('qwen') ? 0.0775 : 0.781;
  const scale = model.hiddenSize <= TINY_MODEL.hiddenSize ? TINY_MODEL.learningRateScale : 1;
  const formula = 5e-5 * (isLora ? 10 : 1) * (2000 / model.hiddenSize) ** power * scale;
  const value = Number((Math.min(HIGHEST_LEARNING_RATE, formula) * (gentleFor === undefined ? 1 : GENTLE_SHARE)).toPrecision(2));
  const reason = `by the model's width of ${formatCount(model.hiddenSize)}${isLora ? ', ten times that of full training' : ''}`;
  return gentleFor === undefined ? [value, reason, TINKER] : [value, `${reason}, a tenth for ${gentleFor}`, `${TINKER}; the tenth is ${OURS}`];
}

function chooseMaxLength(longestCharacters: number | undefined, maxPositions: number): Choice<number> {
  if (longestCharacters === undefined) return [Math.min(512, maxPositions), 'the rows were not measured', OURS];
  // A byte-level tokenizer makes up to three tokens of a character that it has not learnt, as of Chinese or Russian text;
  // batches are only as long as their longest row, so spare room costs nothing, and a row that is cut loses its answer.
  const needed = 64 * Math.ceil((longestCharacters * 3 + 64) / 64);
  const value = Math.min(needed, maxPositions, 2048);
  // Two characters a token is little for the scripts that most tokenizers know.
  return value < longestCharacters / 2
    ? [value, value === maxPositions ? 'all that the model has positions for; longer rows are cut' : 'longer rows are cut to bound memory', OURS]
    : [value, `the longest row has ${formatCount(longestCharacters)} characters`, OURS];
}
