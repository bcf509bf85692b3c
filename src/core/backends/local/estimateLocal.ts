/** How long a job will take on this machine and what it needs, with the formula that says so. */

import { formatCount, formatDuration, formatQuantity } from '../../wording/numbers.ts';
import type { Recipe } from '../../recipes/recipe.ts';
import type { Estimate, Profiles } from '../backend.ts';
import type { MeasuredSpeed } from '../../jobs/jobStore.ts';
import type { BaseModelFacts } from './baseModels.ts';
import { speedSource, trainingMemory, trainingSpeed, type ComputeRate } from './costs.ts';

/** English text with a vocabulary of some ten thousand pieces. */
const CHARACTERS_PER_TOKEN = 3.5;
/** What a chat template adds to a row. */
const TEMPLATE_TOKENS = 12;
/** Loading the model, building the graphs, tokenizing. */
const START_SECONDS = 3;
/** Measured runs of one job on one machine differ by about so much. */
const MEASURED_SPREAD = 1.4;

export interface Machine {
  readonly cores: number;
  /** undefined until it was measured */
  readonly rate?: ComputeRate | undefined;
}

/** Pure: equal input, equal estimate. */
export function estimateLocal(
  recipe: Recipe, profiles: Profiles, model: Pick<BaseModelFacts, 'parameters' | 'config'>, measured: readonly MeasuredSpeed[],
  machine: Machine,
): Estimate {
  const { training, dataset } = recipe;
  const heldOut = profiles.validation ? profiles.validation.usableRows : Math.round(profiles.train.usableRows * (dataset.split ?? 0));
  const rows = profiles.train.usableRows - (profiles.validation ? 0 : heldOut);
  const rowsPerStep = training.batchSize * training.gradientAccumulation;
  const steps = Math.max(1, Math.min(training.maxSteps ?? Infinity, Math.ceil(Math.ceil(rows / rowsPerStep) * training.epochs)));

  const charactersPerToken = median(measured.map((one) => one.charactersPerToken).filter((one) => one !== undefined)) ?? CHARACTERS_PER_TOKEN;
  const characters = profiles.train.promptCharacters.mean + profiles.train.answerCharacters.mean;
  const tokensPerRow = Math.min(training.maxLength, characters / charactersPerToken + TEMPLATE_TOKENS);
  const tokens = Math.round(steps * rowsPerStep * tokensPerRow);
  // Both models read every held-out row and write its answer; forward only, but one token at a time.
  const evaluationTokens = Math.round(2 * heldOut * tokensPerRow);

  const speed = tokensPerSecond(model.parameters, training.peft.method, measured, machine);
  const all = tokens + evaluationTokens;
  const seconds = { low: START_SECONDS + all / speed.high, high: START_SECONDS + all / speed.low };
  return {
    steps,
    tokens,
    seconds,
    memoryBytes: memory(recipe, model, tokensPerRow),
    dollars: { low: 0, high: 0 },
    formula: `${formatQuantity(steps, 'step')} × ${formatQuantity(rowsPerStep, 'row')} × about ${formatCount(tokensPerRow)} tokens a row, ` +
      `and ${formatQuantity(heldOut, 'held-out row')} answered twice, at ${formatCount(speed.low)} to ${formatCount(speed.high)} tokens/s ` +
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

function memory(recipe: Recipe, { parameters, config }: Pick<BaseModelFacts, 'parameters' | 'config'>, tokensPerRow: number): number {
  const { peft, batchSize, maxLength } = recipe.training;
  return trainingMemory({ ...config, parameters }, peft.method, batchSize * Math.min(maxLength, tokensPerRow * 2));
}

function median(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}
