/** The models to choose from on this machine: what each costs to get, to hold and to train, and which are there. Pure. */

import { parseDecoderConfig } from '../../../engine/model/config.ts';
import { demandOf, foretellMemory } from '../../../engine/train/memory.ts';
import type { ModelEntry } from '../../jobs/jobClient.ts';
import type { CuratedModel } from '../../recipes/curatedModels.ts';
import type { MachineSize } from './machine.ts';
import { trainingSpeed, type ComputeRate } from './trainingSpeed.ts';

export interface ModelOffer {
  readonly model: CuratedModel;
  readonly isHere: boolean;
  /** bytes to train an adapter with, on batches of 4 rows of 256 tokens */
  readonly memoryBytes: number;
  readonly fits: boolean;
  /** through training steps of an adapter */
  readonly tokensPerSecond: { readonly low: number; readonly high: number };
  /** whether the speed rests on a measurement of this machine */
  readonly isMeasured: boolean;
}

export interface OfferMachine extends MachineSize {
  readonly rate: ComputeRate | undefined;
}

/** A usual adapter on usual batches: the rank for some thousand rows, and four rows of a support ticket's length. */
const ADAPTER = { method: 'lora', rank: 16, alpha: 32 } as const;
const BATCH = { rows: 4, length: 256 };

/** @param here the models of this machine, as `JobClient.models` gives them */
export function modelOffers(models: readonly CuratedModel[], here: readonly ModelEntry[], machine: OfferMachine): readonly ModelOffer[] {
  return models.map((model) => {
    const { bytes, budget } = foretellMemory(demandOf(parseDecoderConfig(model.config, model.id), ADAPTER, BATCH), machine.totalMemory);
    return {
      model,
      memoryBytes: bytes,
      isHere: here.some(({ kind, ref }) => kind === 'base' && ref.split('@')[0] === model.id),
      fits: bytes <= budget,
      tokensPerSecond: trainingSpeed(model.parameters, 'lora', machine.cores, machine.rate),
      isMeasured: machine.rate !== undefined,
    };
  });
}
