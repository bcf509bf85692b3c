/** What a run trains, before its first step. */

import { createHash } from 'node:crypto';
import { UserError } from '../errors.ts';
import { loadAdapter } from '../model/adapter.ts';
import { decoderShapes } from '../model/layout.ts';
import { createLoraAdapter } from '../model/lora.ts';
import type { Trained, TrainingRun } from './training.ts';

/**
 * A fresh adapter, the adapter to go on from, or the weights of the base model. Shared with their source: the caller
 * copies them before it changes them.
 *
 * @throws UserError "training.start.needs-lora" when an adapter was given to full training, "training.precision.needs-lora"
 *   when weights in float16 were, and as `loadAdapter`
 */
export async function startingPoint({ config, weights, settings, startFrom }: TrainingRun): Promise<Trained> {
  const { peft, seed } = settings;
  if (peft.method === 'lora') {
    return { adapter: startFrom === undefined ? createLoraAdapter(config, { ...peft, seed }) : await loadAdapter(startFrom, config) };
  }
  if (startFrom !== undefined) {
    throw new UserError('training.start.needs-lora', `Full training cannot go on from the adapter ${startFrom}: it trains the weights themselves.`,
      'Set method to "lora", or merge the adapter into its base model and train that.', { place: { file: startFrom, field: 'training.method' } });
  }
  return {
    weights: new Map(decoderShapes(config).map(({ name }) => {
      const tensor = weights.get(name);
      if (tensor === undefined) throw new Error(`the weights have no ${name}`);
      const { shape, data } = tensor;
      if (data instanceof Float32Array) return [name, { shape, data }];
      throw new UserError('training.precision.needs-lora', 'Full training changes the weights by steps that float16 is too coarse for.',
        'Set precision to "float32", or method to "lora".', { place: { field: 'training.precision' } });
    })),
  };
}

/** @returns a hash of an adapter's tensors, in the order of their names */
export function hashTrained(trained: Extract<Trained, { adapter: unknown }>): string {
  const hash = createHash('sha256');
  for (const [name, { data }] of [...trained.adapter.tensors].sort(([a], [b]) => (a < b ? -1 : 1))) {
    hash.update(name).update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return hash.digest('hex');
}
