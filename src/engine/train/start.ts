/** What a run trains, before its first step. */

import { decoderShapes } from '../model/layout.ts';
import { createLoraAdapter } from '../model/lora.ts';
import type { Trained, TrainingRun } from './training.ts';

/** A fresh adapter, or the weights of the base model, which the caller copies before changing them. */
export function startingPoint({ config, weights, settings }: TrainingRun): Trained {
  if (settings.peft.method === 'lora') return { adapter: createLoraAdapter(config, { ...settings.peft, seed: settings.seed }) };
  return {
    weights: new Map(decoderShapes(config).map(({ name }) => {
      const tensor = weights.get(name);
      if (tensor === undefined) throw new Error(`the weights have no ${name}`);
      return [name, tensor];
    })),
  };
}
