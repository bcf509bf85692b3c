/** The models to choose from on this machine: what each costs to get, to hold and to train, and which are there. Pure. */

import type { ModelEntry } from '../../jobs/jobClient.ts';
import type { CuratedModel } from '../../recipes/curatedModels.ts';
import { formatBytes, formatCount } from '../../wording/numbers.ts';
import { trainingMemory, trainingSpeed, type ComputeRate } from './costs.ts';

export interface ModelOffer {
  readonly model: CuratedModel;
  readonly isHere: boolean;
  /** bytes to train an adapter with, on batches of `BATCH_TOKENS` */
  readonly memoryBytes: number;
  readonly fits: boolean;
  /** through training steps of an adapter */
  readonly tokensPerSecond: { readonly low: number; readonly high: number };
  /** whether the speed rests on a measurement of this machine */
  readonly isMeasured: boolean;
}

export interface OfferMachine {
  readonly cores: number;
  /** bytes */
  readonly totalMemory: number;
  readonly rate: ComputeRate | undefined;
}

/** Four rows of a support ticket's length. */
export const BATCH_TOKENS = 1024;

/** @param here the models of this machine, as `JobClient.models` gives them */
export function modelOffers(models: readonly CuratedModel[], here: readonly ModelEntry[], machine: OfferMachine): readonly ModelOffer[] {
  return models.map((model) => {
    const memoryBytes = trainingMemory(model, 'lora', BATCH_TOKENS);
    return {
      model, memoryBytes,
      isHere: here.some(({ kind, ref }) => kind === 'base' && ref.split('@')[0] === model.id),
      fits: memoryBytes <= machine.totalMemory,
      tokensPerSecond: trainingSpeed(model.parameters, 'lora', machine.cores, machine.rate),
      isMeasured: machine.rate !== undefined,
    };
  });
}

/** "about 150 to 250 tokens/s" */
export function speedText({ tokensPerSecond: { low, high } }: ModelOffer): string {
  const [least, most] = [low, high].map((value) => Number(value.toPrecision(value < 10 ? 1 : 2)));
  return least === most ? `about ${formatCount(most ?? 0)} tokens/s` : `about ${formatCount(least ?? 0)} to ${formatCount(most ?? 0)} tokens/s`;
}

/** "needs 1.2 GB of memory", and whether there is that much. */
export function memoryText({ memoryBytes, fits }: ModelOffer): string {
  return `needs about ${formatBytes(memoryBytes)} of memory${fits ? '' : ', more than this machine has'}`;
}

/** 134_515_008 → "135M", 1_711_376_384 → "1.7B", as model names say it. */
export function parametersText(parameters: number): string {
  return parameters < 999.5e6 ? `${Math.round(parameters / 1e6)}M` : `${(parameters / 1e9).toFixed(1)}B`;
}
