/** How long a job will take on this machine and what it needs, with the formula that says so. */

import { demandOf, foretellMemory } from '../../../engine/train/memory.ts';
import { MOST_ROWS_EVALUATED } from '../../evaluation/evaluation.ts';
import { formatCount, formatDuration, formatQuantity } from '../../wording/numbers.ts';
import type { Recipe } from '../../recipes/recipe.ts';
import type { Estimate, Profiles } from '../backend.ts';
import type { MeasuredSpeed } from '../../jobs/jobStore.ts';
import type { BaseModelFacts } from './baseModels.ts';
import type { MachineSize } from './machine.ts';
import { speedSource, trainingSpeed, type ComputeRate } from './trainingSpeed.ts';

/** English text with a vocabulary of some ten thousand pieces. */
const CHARACTERS_PER_TOKEN = 3.5;
/** What a chat template adds to a row. */
const TEMPLATE_TOKENS = 12;
/** Loading the model, building the graphs, tokenizing. */
const START_SECONDS = 3;
/** Of the work of a training step, what reading alone takes: forward is one of about three equal parts. */
const FORWARD_SHARE = 1 / 3;
/** Measured runs of one job on one machine differ by about so much. */
const MEASURED_SPREAD = 1.4;

export interface Machine extends MachineSize {
  /** undefined until it was measured */
  readonly rate?: ComputeRate | undefined;
}

export interface LocalEstimate extends Estimate {
  readonly memoryBytes: number;
  /** what the job may take of the machine's memory, in bytes: what the recipe says, else a share of it */
  readonly memoryBudget: number;
}

/** Pure: equal input, equal estimate. */
export function estimateLocal(
  recipe: Recipe, profiles: Profiles, model: Pick<BaseModelFacts, 'parameters' | 'config'>, measured: readonly MeasuredSpeed[],
  machine: Machine,
): LocalEstimate {
  const { training, dataset } = recipe;
  const heldOut = profiles.validation ? profiles.validation.usableRows : Math.round(profiles.train.usableRows * (dataset.split ?? 0));
  const rows = profiles.train.usableRows - (profiles.validation ? 0 : heldOut);
  const charactersPerToken = median(measured.map((one) => one.charactersPerToken).filter((one) => one !== undefined)) ?? CHARACTERS_PER_TOKEN;
  const characters = profiles.train.promptCharacters.mean + profiles.train.answerCharacters.mean;
  const tokensPerRow = answersOf(recipe) * Math.min(training.maxLength, characters / charactersPerToken + TEMPLATE_TOKENS);
  const rowsPerPack = training.packing && recipe.technique === 'sft' ? Math.max(1, Math.floor(training.maxLength / tokensPerRow)) : 1;
  const rowsPerStep = training.batchSize * training.gradientAccumulation * rowsPerPack;
  const steps = Math.max(1, Math.min(training.maxSteps ?? Infinity, Math.ceil(Math.ceil(rows / rowsPerStep) * training.epochs)));
  const tokens = Math.round(steps * rowsPerStep * tokensPerRow);
  // Both models read every one of these held-out rows and write its answer; forward only, but one token at a time.
  const asked = Math.min(heldOut, MOST_ROWS_EVALUATED);
  const answerTokens = 2 * asked * tokensPerRow;
  // The held-out loss reads the same, at the end and each time that the recipe asks for it.
  const lossPasses = heldOut === 0 ? 0 : 1 + (training.evalEverySteps > 0 ? Math.floor((steps - 1) / training.evalEverySteps) : 0);
  const lossTokens = lossPasses * asked * tokensPerRow * FORWARD_SHARE;

  const speed = tokensPerSecond(model.parameters, training.peft.method, measured, machine);
  const all = tokens + answerTokens + lossTokens;
  const needed = memory(recipe, profiles, model, charactersPerToken, machine.totalMemory);
  const seconds = { low: START_SECONDS + all / speed.high, high: START_SECONDS + all / speed.low };
  return {
    steps,
    tokens,
    seconds,
    memoryBytes: needed.bytes,
    memoryBudget: needed.budget,
    dollars: { low: 0, high: 0 },
    formula: `${formatQuantity(steps, 'step')} × ${formatQuantity(rowsPerStep, 'row')} × about ${formatCount(tokensPerRow)} tokens a row, ` +
      `${heldOut > asked ? `${formatCount(asked)} of ` : ''}${formatQuantity(heldOut, 'held-out row')} answered twice` +
      `${lossPasses > 1 ? ` and read ${formatCount(lossPasses)} times for the loss` : ''}, at ${formatCount(speed.low)} to ${formatCount(speed.high)} tokens/s ` +
      `(${speed.source}) and ${formatDuration(START_SECONDS)} to start.`,
  };
}

function tokensPerSecond(
  parameters: number, method: 'lora' | 'full', measured: readonly MeasuredSpeed[], machine: Machine,
): { low: number; high: number; source: string } {
  const typical = median(measured.map((one) => one.tokensPerSecond));
  if (typical !== undefined) {
    return { low: typical / MEASURED_SPREAD, high: typical * MEASURED_SPREAD, source: `measured in ${formatQuantity(measured.length, 'earlier job')} on this machine` };
  }
  return { ...trainingSpeed(parameters, method, machine.cores, machine.rate), source: speedSource(machine.cores, machine.rate) };
}

/** A pair is read as two rows; that the reference reads them once as well is little beside the passes. */
function answersOf({ technique }: Recipe): number {
  return technique === 'dpo' ? 2 : 1;
}

/** A padded batch is as long as its longest row, and a pack as long as a row may be. */
function memory(recipe: Recipe, { train }: Profiles, { config }: Pick<BaseModelFacts, 'config'>, charactersPerToken: number, totalMemory: number): ReturnType<typeof foretellMemory> {
  const { technique, precision, training: { peft, batchSize, maxLength, packing, memoryBudgetBytes } } = recipe;
  const longest = Math.min(maxLength, Math.ceil((train.promptCharacters.max + train.answerCharacters.max) / charactersPerToken + TEMPLATE_TOKENS));
  const isPacked = packing === true && technique === 'sft';
  return foretellMemory(
    demandOf(config, peft, { rows: batchSize * answersOf(recipe), length: isPacked ? maxLength : longest, precision }), totalMemory, memoryBudgetBytes);
}

function median(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}
