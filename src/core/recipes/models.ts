/** What a recipe's words for its base model mean, and the few facts of a model that defaults depend on, without the engine. */

import { readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import { parseHubId } from '../backends/local/hub/hubId.ts';

export interface ModelFacts {
  readonly hiddenSize: number;
  /** tokens of the longest text it has positions for */
  readonly maxPositions: number;
  /** `model_type`: llama, qwen2 … */
  readonly family: string;
}

/** What a recipe calls the model that comes with Tunesmith. */
export const STARTER = 'starter';

/** What a proposal calls the setting that names the model. */
export const BASE_MODEL_LABEL = 'Base model';

/** The shape of the starter model, for where its folder is not at hand. */
export const STARTER_FACTS: ModelFacts = { hiddenSize: 192, maxPositions: 512, family: 'llama' };

/**
 * `starter`, an absolute folder, or a model of the hub.
 *
 * @param written in the recipe
 * @param folder of the recipe
 * @param isFolder see `isModelFolder`
 */
export function resolveModelRef(written: string, folder: string, isFolder: boolean): string {
  if (written === STARTER || (!isFolder && parseHubId(written))) return written;
  return resolve(folder, written);
}

/** `models/tiny` may be a folder or a name on the hub: it is the folder if there is one, as with transformers. */
export async function isModelFolder(written: string, folder: string): Promise<boolean> {
  return parseHubId(written) !== undefined && stat(resolve(folder, written)).then((found) => found.isDirectory(), () => false);
}

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
