/** Base models from the hub that fit the machines people have: a dated list to choose from, smallest first. */

import type { ModelFacts } from './models.ts';

export interface ModelShape {
  readonly parameters: number;
  readonly layers: number;
  readonly hiddenSize: number;
  readonly intermediateSize: number;
  readonly vocabSize: number;
}

export interface CuratedModel extends ModelShape {
  /** name on the hub */
  readonly id: string;
  readonly licence: string;
  /** its owner wants terms accepted first, with an account */
  readonly isGated: boolean;
  /** bytes of the files that are needed; the parameters as bfloat16 and the tokenizer, rounded */
  readonly downloadBytes: number;
  /** what it is good for, in half a sentence */
  readonly remark: string;
  readonly facts: ModelFacts;
}

/** The day on which the list was made; models and their terms change. */
export const CURATED_AS_OF = '2026-11-23';

/** Shapes from each model's config.json, licences and terms from its card on https://huggingface.co. */
export const CURATED_MODELS: readonly CuratedModel[] = [
  entry('HuggingFaceTB/SmolLM2-135M-Instruct', 'llama', 8192, [134_515_008, 30, 576, 1536, 49_152], 273e6, 'Apache-2.0', 'the smallest that follows instructions'),
  entry('google/gemma-3-270m-it', 'gemma3_text', 32_768, [268_098_176, 18, 640, 2048, 262_144], 571e6, 'Gemma terms', 'made to be tuned for one narrow task'),
  entry('HuggingFaceTB/SmolLM2-360M-Instruct', 'llama', 8192, [361_821_120, 32, 960, 2560, 49_152], 727e6, 'Apache-2.0', 'better answers, still quick'),
  entry('Qwen/Qwen2.5-0.5B-Instruct', 'qwen2', 32_768, [494_032_768, 24, 896, 4864, 151_936], 998e6, 'Apache-2.0', 'many languages, and code'),
  entry('Qwen/Qwen3-0.6B', 'qwen3', 40_960, [596_049_920, 28, 1024, 3072, 151_936], 1_520e6, 'Apache-2.0', 'many languages; can think before it answers'),
  entry('google/gemma-3-1b-it', 'gemma3_text', 32_768, [999_885_952, 26, 1152, 6912, 262_144], 2_034e6, 'Gemma terms', 'good text, for patient machines'),
  entry('meta-llama/Llama-3.2-1B-Instruct', 'llama', 131_072, [1_235_814_400, 16, 2048, 8192, 128_256], 2_481e6, 'Llama 3.2 terms', 'widely used as a base'),
  entry('HuggingFaceTB/SmolLM2-1.7B-Instruct', 'llama', 8192, [1_711_376_384, 24, 2048, 8192, 49_152], 3_426e6, 'Apache-2.0', 'the largest here, for patient machines'),
];

/** @param id name on the hub, without a revision */
export function curatedModel(id: string): CuratedModel | undefined {
  return CURATED_MODELS.find((model) => model.id === id);
}

function entry(
  id: string, family: string, maxPositions: number,
  [parameters, layers, hiddenSize, intermediateSize, vocabSize]: readonly [number, number, number, number, number],
  downloadBytes: number, licence: string, remark: string,
): CuratedModel {
  return {
    id, parameters, layers, hiddenSize, intermediateSize, vocabSize, downloadBytes, licence, remark,
    // Of the owners here, those with terms of their own ask for them to be accepted.
    isGated: licence.endsWith(' terms'),
    facts: { hiddenSize, maxPositions, family },
  };
}
