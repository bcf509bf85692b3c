/** A model folder with its adapter as the tensors of a GGUF file, and such a file as weights again. */

import type { LoraAdapter } from '../../model/lora.ts';
import type { Weights, WeightTensor } from '../../model/weights.ts';
import { valuesOf, type FolderTensors, type StoredTensor } from '../../model/folderTensors.ts';
import { mergeLora, requireEveryLayer } from '../mergeLora.ts';
import type { GgufArchitecture } from './architecture.ts';
import { BLOCKS, type TensorType } from './format.ts';
import { readGgufHeader, readGgufTensor } from './reader.ts';
import { fromGguf, ggufName, toGguf } from './tensors.ts';
import type { GgufTensor } from './writer.ts';

export type GgufPrecision = 'f16' | 'q8_0';

/**
 * @returns what to write, in the order of the folder; nothing is read yet
 * @throws UserError "export.tensor.unknown", "adapter.weights.mismatch"
 */
export function ggufTensors(
  source: { readonly tensors: FolderTensors; readonly adapter: LoraAdapter | undefined }, architecture: GgufArchitecture, precision: GgufPrecision,
): GgufTensor[] {
  const { tensors, adapter } = source;
  if (adapter !== undefined) requireEveryLayer(adapter, tensors.tensors);
  const written = tensors.tensors.flatMap((tensor): GgufTensor[] => {
    const name = ggufName(tensor.name, architecture);
    if (name === undefined) return [];
    return [{
      name, shape: tensor.shape, type: tensorType(tensor, precision),
      load: async () => {
        const values = await tensors.read(tensor);
        if (adapter !== undefined) mergeLora(tensor, values, adapter);
        return toGguf(tensor.name, values, architecture);
      },
    }];
  });
  const { ropeFactors } = architecture;
  if (ropeFactors === undefined) return written;
  return [...written, { name: 'rope_freqs.weight', shape: [ropeFactors.length], type: 'F32', load: () => Promise.resolve(ropeFactors) }];
}

/** As convert_hf_to_gguf.py: vectors stay exact, and rows that are no whole number of blocks are not quantized. */
function tensorType({ shape }: StoredTensor, precision: GgufPrecision): TensorType {
  if (shape.length < 2) return 'F32';
  return precision === 'q8_0' && shape.at(-1)! % BLOCKS.Q8_0.values === 0 ? 'Q8_0' : 'F16';
}

/**
 * The weights of a file that `ggufTensors` described, under Hugging Face's names.
 *
 * @param names Hugging Face's names of what to read
 * @throws UserError "gguf.file.invalid"
 */
export async function readGgufWeights(file: string, names: readonly string[], architecture: GgufArchitecture): Promise<Weights> {
  const header = await readGgufHeader(file);
  const shapes = new Map(header.tensors.map(({ name, shape }) => [name, shape]));
  const weights = new Map<string, WeightTensor>();
  for (const name of names) {
    const stored = ggufName(name, architecture);
    if (stored === undefined) continue;
    const data = fromGguf(name, await readGgufTensor(file, header, stored), architecture);
    weights.set(name, { shape: shapes.get(stored) ?? [], data });
  }
  return weights;
}

export function parameterCount(tensors: readonly StoredTensor[]): number {
  return tensors.reduce((sum, { shape }) => sum + valuesOf(shape), 0);
}
