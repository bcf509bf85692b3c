/** Opens and saves a model folder in Hugging Face layout: config.json, weights, tokenizer. */

import { copyFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { UserError } from '../errors.ts';
import { loadChatTokenizer, TOKENIZER_FILES } from '../text/chatTokenizer.ts';
import type { ChatTokenizer } from '../text/chat.ts';
import { writeAtomically } from './atomicFile.ts';
import { parseDecoderConfig } from './config.ts';
import type { DecoderConfig } from './decoder.ts';
import { loadHalfWeights } from './folderTensors.ts';
import { readJson } from './jsonFile.ts';
import { decoderShapes } from './layout.ts';
import { loadFolderWeights, saveSafetensors, type WeightDtype } from './safetensors.ts';
import type { FrozenWeights, HalfTensor, Precision, Weights, WeightTensor } from './weights.ts';

export interface PretrainedModel {
  readonly folder: string;
  /** config.json as it was read, to be written beside weights that derive from this model */
  readonly configJson: Readonly<Record<string, unknown>>;
  readonly config: DecoderConfig;
  readonly weights: Weights;
  readonly tokenizer: ChatTokenizer;
}

/** A model that is read and never changed; an adapter may be trained beside it. */
export interface FrozenModel extends Omit<PretrainedModel, 'weights'> {
  readonly weights: FrozenWeights;
}

/**
 * Loads a model and checks that its weights are those that its configuration needs.
 *
 * @throws UserError "model.folder.missing", "model.file.missing", "model.weights.mismatch" (with the tensor and both
 *   shapes), and as `parseDecoderConfig`, `loadFolderWeights` and `loadChatTokenizer`
 */
export async function openPretrained(folder: string): Promise<PretrainedModel> {
  return await open(folder, loadFolderWeights);
}

/**
 * As `openPretrained`, with its matrices as the precision says.
 *
 * @throws UserError also "model.weights.overflow"
 */
export async function openFrozen(folder: string, precision: Precision): Promise<FrozenModel> {
  return await open<WeightTensor | HalfTensor>(folder, precision === 'float16' ? loadHalfWeights : loadFolderWeights);
}

async function open<Tensor extends WeightTensor | HalfTensor>(
  folder: string, load: (folder: string) => Promise<ReadonlyMap<string, Tensor>>,
): Promise<Omit<PretrainedModel, 'weights'> & { readonly weights: ReadonlyMap<string, Tensor> }> {
  await requireFolder(folder);
  const { config, configJson } = await readConfig(folder);
  const tokenizer = await loadChatTokenizer(folder);
  if (tokenizer.vocabSize > config.vocabSize) {
    throw new UserError(
      'model.weights.mismatch',
      `The tokenizer in ${folder} has ${tokenizer.vocabSize} entries and the model only ${config.vocabSize}.`,
      'Download the model again: its files belong to different models.',
      { place: { file: join(folder, 'tokenizer.json') } },
    );
  }
  const weights = checkedWeights(await load(folder), config, folder);
  return { folder, configJson, config, weights, tokenizer };
}

/**
 * Reads only what config.json says, in milliseconds.
 *
 * @throws UserError as `openPretrained`, except for weights and tokenizer
 */
export async function openPretrainedConfig(folder: string): Promise<DecoderConfig> {
  await requireFolder(folder);
  return (await readConfig(folder)).config;
}

/**
 * Writes weights, tokenizer and config.json, the configuration last, so that a folder with one is complete.
 *
 * @param options.tokenizerFolder where the tokenizer's files are copied from; left out when they are in place
 * @throws UserError "file.write.failed", "model.weights.overflow"
 */
export async function savePretrained(
  folder: string,
  options: { configJson: Readonly<Record<string, unknown>>; weights: Weights; dtype: WeightDtype; tokenizerFolder?: string },
): Promise<void> {
  await saveSafetensors(join(folder, 'model.safetensors'), options.weights, { dtype: options.dtype, metadata: { format: 'pt' } });
  if (options.tokenizerFolder !== undefined) await copyTokenizer(options.tokenizerFolder, folder);
  // `torch_dtype` is what readers before transformers 5 look for, `dtype` what later ones do.
  const name = { F32: 'float32', F16: 'float16', BF16: 'bfloat16' }[options.dtype];
  const config = { ...options.configJson, dtype: name, torch_dtype: name };
  await writeAtomically(join(folder, 'config.json'), [new TextEncoder().encode(`${JSON.stringify(config, null, 2)}\n`)]);
}

/** @returns only the decoder's own tensors: files may carry buffers of old versions, or a copy of a tied head */
function checkedWeights<Tensor extends WeightTensor | HalfTensor>(
  weights: ReadonlyMap<string, Tensor>, config: DecoderConfig, folder: string,
): ReadonlyMap<string, Tensor> {
  const checked = new Map<string, Tensor>();
  for (const { name, shape } of decoderShapes(config)) {
    const tensor = weights.get(name);
    if (!tensor) throw mismatch(folder, name, `is missing; config.json asks for one of shape ${words(shape)}`);
    if (tensor.shape.length !== shape.length || tensor.shape.some((size, i) => size !== shape[i])) {
      throw mismatch(folder, name, `has shape ${words(tensor.shape)} and config.json asks for ${words(shape)}`);
    }
    checked.set(name, tensor);
  }
  for (const name of weights.keys()) {
    // A layer or a bias that the configuration does not know would silently be left out of the model.
    const harmless = name.endsWith('.rotary_emb.inv_freq') || (config.tiedHead && name === 'lm_head.weight');
    if (!checked.has(name) && !harmless) throw mismatch(folder, name, 'has no place in the model that config.json describes');
  }
  return checked;
}

async function readConfig(folder: string): Promise<{ config: DecoderConfig; configJson: Readonly<Record<string, unknown>> }> {
  const file = join(folder, 'config.json');
  const json = await readJson(file);
  const config = parseDecoderConfig(json, file);
  return { config, configJson: json as Readonly<Record<string, unknown>> };
}

async function requireFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch(() => undefined);
  if (found?.isDirectory()) return;
  throw new UserError(
    'model.folder.missing',
    found ? `${folder} is a file, not a model folder.` : `There is no model folder ${folder}.`,
    'Choose "starter", or a folder in Hugging Face layout (config.json, tokenizer.json, model.safetensors).',
    { place: { file: folder } },
  );
}

async function copyTokenizer(from: string, to: string): Promise<void> {
  for (const name of TOKENIZER_FILES) {
    try {
      await copyFile(join(from, name), join(to, name));
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'ENOENT') continue;
      throw new UserError('file.write.failed', `${name} could not be copied to ${to}: ${(cause as Error).message}.`, 'Free some space, then try again.', {
        cause,
        place: { file: join(to, name) },
      });
    }
  }
}

function words(shape: readonly number[]): string {
  return `[${shape.join(', ')}]`;
}

function mismatch(folder: string, tensor: string, what: string): UserError {
  return new UserError(
    'model.weights.mismatch',
    `The weights in ${basename(folder)} do not fit its config.json: tensor ${tensor} ${what}.`,
    'Download the model again: its files belong to different models.',
    { place: { file: folder, field: tensor } },
  );
}
