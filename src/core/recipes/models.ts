/** The few facts of a base model that defaults depend on, read from its `config.json` without the engine. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface ModelFacts {
  readonly hiddenSize: number;
  /** tokens of the longest text it has positions for */
  readonly maxPositions: number;
  /** `model_type`: llama, qwen2 … */
  readonly family: string;
}

/** What a recipe calls the model that comes with Tunesmith. */
export const STARTER = 'starter';

/** The shape of the starter model, for where its folder is not at hand. */
export const STARTER_FACTS: ModelFacts = { hiddenSize: 192, maxPositions: 512, family: 'llama' };

/**
 * Never throws: a missing or broken model is the backend's to report, with more to say about it.
 *
 * @returns undefined when the folder holds no readable config.json
 */
export async function readModelFacts(folder: string): Promise<ModelFacts | undefined> {
  try {
    const config: unknown = JSON.parse(await readFile(join(folder, 'config.json'), 'utf8'));
    if (typeof config !== 'object' || config === null) return undefined;
    const fields = config as Readonly<Record<string, unknown>>;
    const hiddenSize = positive(fields['hidden_size']);
    if (hiddenSize === undefined) return undefined;
    // transformers' LlamaConfig: 2048 positions where the file names none.
    const maxPositions = positive(fields['max_position_embeddings']) ?? 2048;
    return { hiddenSize, maxPositions, family: typeof fields['model_type'] === 'string' ? fields['model_type'] : 'llama' };
  } catch {
    return undefined;
  }
}

function positive(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : undefined;
}
