/** Reads and writes LoRA adapters as PEFT lays them out, so that other tools of the field can load them. */

import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { UserError } from '../errors.ts';
import { writeAtomically } from './atomicFile.ts';
import type { DecoderConfig } from './decoder.ts';
import { readJson } from './jsonFile.ts';
import { LORA_MODULES, linearFeatures, loraTensorName, type LoraAdapter, type LoraModule } from './lora.ts';
import { loadSafetensors, saveSafetensors } from './safetensors.ts';
import type { WeightTensor } from './weights.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Settings of PEFT that change the update's meaning; each is refused unless it has its neutral value. */
const MUST_BE_OFF = [
  'use_dora', 'use_rslora', 'use_qalora', 'use_bdlora', 'fan_in_fan_out', 'lora_bias', 'rank_pattern', 'alpha_pattern', 'layers_to_transform',
  'layer_replication', 'modules_to_save', 'trainable_token_indices', 'target_parameters', 'alora_invocation_tokens', 'exclude_modules',
] as const;

/**
 * Ways to begin an adapter that take it out of the base model's own weights: it fits only what is left of them.
 *
 * @see https://huggingface.co/docs/peft/developer_guides/lora#initialization
 */
const CHANGES_BASE = /^(?:pissa|olora|corda|loftq|lora_ga)/;

/**
 * Writes `adapter_model.safetensors` (float32) and `adapter_config.json`, the weights first, so that a folder with
 * a configuration is complete.
 *
 * @param baseModel what the configuration names as the model to apply it to: a hub id, a path, or `starter`
 * @throws UserError "file.write.failed"
 * @see https://huggingface.co/docs/peft/developer_guides/checkpoint
 */
export async function saveAdapter(folder: string, adapter: LoraAdapter, baseModel: string): Promise<void> {
  const config = {
    alpha_pattern: {},
    auto_mapping: null,
    base_model_name_or_path: baseModel,
    bias: 'none',
    exclude_modules: null,
    fan_in_fan_out: false,
    inference_mode: true,
    init_lora_weights: true,
    layer_replication: null,
    layers_pattern: null,
    layers_to_transform: null,
    lora_alpha: adapter.alpha,
    lora_bias: false,
    lora_dropout: 0,
    modules_to_save: null,
    peft_type: 'LORA',
    r: adapter.rank,
    rank_pattern: {},
    revision: null,
    target_modules: adapter.targetModules,
    task_type: 'CAUSAL_LM',
    use_dora: false,
    use_rslora: false,
  };
  await saveSafetensors(join(folder, 'adapter_model.safetensors'), adapter.tensors, { metadata: { format: 'pt' } });
  await writeAtomically(join(folder, 'adapter_config.json'), [new TextEncoder().encode(`${JSON.stringify(config, null, 2)}\n`)]);
}

/**
 * @param base the model that the adapter is for: every tensor is checked against its layers
 * @throws UserError "adapter.folder.missing", "adapter.config.invalid", "adapter.config.unsupported",
 *   "adapter.weights.mismatch", and as `loadSafetensors`
 */
export async function loadAdapter(folder: string, base: DecoderConfig): Promise<LoraAdapter> {
  if (!(await isFolder(folder))) {
    throw new UserError('adapter.folder.missing', `There is no adapter folder ${folder}.`, 'Choose a folder that holds adapter_config.json.', {
      place: { file: folder },
    });
  }
  const configFile = join(folder, 'adapter_config.json');
  const { rank, alpha, targetModules } = parseAdapterConfig(await readJson(configFile), configFile);
  const weightsFile = join(folder, 'adapter_model.safetensors');
  const { weights } = await loadSafetensors(weightsFile);
  const tensors = new Map<string, WeightTensor>();
  for (let layer = 0; layer < base.layers; layer++) {
    for (const module of targetModules) {
      const { inputs, outputs } = linearFeatures(base, module);
      for (const [half, shape] of [['A', [rank, inputs]], ['B', [outputs, rank]]] as const) {
        const name = loraTensorName(layer, module, half);
        const tensor = weights.get(name);
        if (!tensor) throw mismatch(weightsFile, name, 'is missing');
        if (tensor.shape.length !== 2 || tensor.shape.some((size, i) => size !== shape[i])) {
          throw mismatch(weightsFile, name, `has shape [${tensor.shape.join(', ')}] where the base model needs [${shape.join(', ')}]`);
        }
        tensors.set(name, tensor);
      }
    }
  }
  for (const name of weights.keys()) if (!tensors.has(name)) throw mismatch(weightsFile, name, 'belongs to no layer of the base model');
  return { rank, alpha, targetModules, tensors };
}

/** Whether a folder holds an adapter, complete or not. */
export async function isAdapterFolder(folder: string): Promise<boolean> {
  return stat(join(folder, 'adapter_config.json')).then(
    (found) => found.isFile(),
    () => false,
  );
}

function parseAdapterConfig(json: unknown, file: string): { rank: number; alpha: number; targetModules: LoraModule[] } {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw invalid(file, undefined, 'is not a JSON object');
  const fields = json as Fields;
  if (fields['peft_type'] !== 'LORA') throw unsupported(file, 'peft_type', `is ${JSON.stringify(fields['peft_type'])}; only "LORA" can be read`);
  if ((fields['bias'] ?? 'none') !== 'none') throw unsupported(file, 'bias', 'is not "none"; trained biases cannot be read');
  for (const field of MUST_BE_OFF) if (isOn(fields[field])) throw unsupported(file, field, 'is set, which changes what the adapter means');
  const start = fields['init_lora_weights'];
  if (typeof start === 'string' && CHANGES_BASE.test(start)) throw unsupported(file, 'init_lora_weights', `is ${JSON.stringify(start)}, which goes with a changed base model`);
  const rank = fields['r'];
  if (typeof rank !== 'number' || !Number.isSafeInteger(rank) || rank < 1) throw invalid(file, 'r', 'is not a positive whole number');
  const alpha = fields['lora_alpha'];
  if (typeof alpha !== 'number' || !Number.isFinite(alpha)) throw invalid(file, 'lora_alpha', 'is not a number');
  return { rank, alpha, targetModules: targetModules(fields['target_modules'], file) };
}

/** @returns the modules in the order in which a block uses them: PEFT writes a set, in any order */
function targetModules(value: unknown, file: string): LoraModule[] {
  if (value === 'all-linear') return [...LORA_MODULES];
  if (!Array.isArray(value) || value.length === 0) throw invalid(file, 'target_modules', 'is not a list of layer names');
  const known: readonly string[] = LORA_MODULES;
  const unknown = (value as readonly unknown[]).find((name) => typeof name !== 'string' || !known.includes(name));
  if (unknown !== undefined) throw unsupported(file, 'target_modules', `names ${JSON.stringify(unknown)}; Tunesmith knows ${known.join(', ')}`);
  return LORA_MODULES.filter((module) => value.includes(module));
}

function isOn(value: unknown): boolean {
  if (value === undefined || value === null || value === false) return false;
  return typeof value !== 'object' || Object.keys(value).length > 0;
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

function mismatch(file: string, tensor: string, what: string): UserError {
  return new UserError(
    'adapter.weights.mismatch',
    `${basename(file)} does not fit this base model: tensor ${tensor} ${what}.`,
    'Choose the base model that the adapter was trained on.',
    { place: { file, field: tensor } },
  );
}

function invalid(file: string, field: string | undefined, what: string): UserError {
  return new UserError('adapter.config.invalid', `${basename(file)}: ${field === undefined ? 'it' : field} ${what}.`, 'Save or download the adapter again.', {
    place: field === undefined ? { file } : { file, field },
  });
}

function unsupported(file: string, field: string, what: string): UserError {
  return new UserError('adapter.config.unsupported', `${basename(file)}: ${field} ${what}.`, 'Train a plain LoRA adapter, or use the merged model.', {
    place: { file, field },
  });
}
