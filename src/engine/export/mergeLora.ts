/** Adds an adapter's update to the weights that it was trained on. */

import { UserError } from '../errors.ts';
import type { LoraAdapter } from '../model/lora.ts';
import type { StoredTensor } from '../model/folderTensors.ts';

/**
 * W += (alpha / rank) B A, in place. The update is summed in float64 and rounded to float32 once.
 *
 * @param values of the tensor, [out, in]
 * @see Hu et al. 2021, "LoRA", section 4.1
 */
export function mergeLora({ name, shape }: StoredTensor, values: Float32Array, adapter: LoraAdapter): void {
  const stem = adapterStem(name);
  const down = adapter.tensors.get(`${stem}.lora_A.weight`)?.data;
  const up = adapter.tensors.get(`${stem}.lora_B.weight`)?.data;
  if (down === undefined || up === undefined) return;
  const { rank } = adapter;
  const scale = adapter.alpha / rank;
  const [outputs, inputs] = shape as readonly [number, number];
  const update = new Float64Array(inputs);
  for (let output = 0; output < outputs; output++) {
    update.fill(0);
    for (let component = 0; component < rank; component++) {
      const factor = scale * up[output * rank + component];
      const from = component * inputs;
      for (let input = 0; input < inputs; input++) update[input] += factor * down[from + input];
    }
    const row = output * inputs;
    for (let input = 0; input < inputs; input++) values[row + input] += update[input];
  }
}

/**
 * An adapter that changes a layer which the model does not have would be lost without a word.
 *
 * @throws UserError "adapter.weights.mismatch"
 */
export function requireEveryLayer(adapter: LoraAdapter, tensors: readonly StoredTensor[]): void {
  const stems = new Set(tensors.map(({ name }) => adapterStem(name)));
  for (const name of adapter.tensors.keys()) {
    if (!stems.has(name.replace(/\.lora_[AB]\.weight$/, ''))) {
      throw new UserError('adapter.weights.mismatch', `The base model has no layer for the adapter's tensor ${name}.`,
        'Choose the base model that the adapter was trained on.');
    }
  }
}

/** PEFT's name of the layer that a weight belongs to. */
function adapterStem(name: string): string {
  return `base_model.model.${name.replace(/\.weight$/, '')}`;
}
