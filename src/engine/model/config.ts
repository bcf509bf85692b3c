/** Reads a model's `config.json` into a decoder's description and refuses, by field, what the engine cannot run. */

import { basename } from 'node:path';

import { UserError } from '../errors.ts';
import type { DecoderConfig } from './decoder.ts';

type Fields = Readonly<Record<string, unknown>>;

/** What one family fixes or allows beyond the fields that all share. */
interface Family {
  /** `tie_word_embeddings` when the file does not say */
  readonly tiedHead: boolean;
  /** defaults of Hugging Face's configuration class for fields that a file may leave out */
  readonly normEpsilon: number;
  readonly maxPositions: number;
  readonly ropeTheta: number;
}

// transformers `LlamaConfig`.
const FAMILIES: Readonly<Record<string, Family>> = {
  llama: { tiedHead: false, normEpsilon: 1e-6, maxPositions: 2048, ropeTheta: 10_000 },
};

/**
 * @param json the parsed content of `config.json`
 * @param file its path, for messages
 * @throws UserError "model.config.invalid" (a field is missing or impossible) or "model.config.unsupported"
 *   (a sound model that the engine cannot run), each with the field's name
 * @see https://huggingface.co/docs/transformers/model_doc/llama#transformers.LlamaConfig
 */
export function parseDecoderConfig(json: unknown, file: string): DecoderConfig {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new UserError('model.config.invalid', `${basename(file)} is not a JSON object.`, 'Download the model again.', { place: { file } });
  }
  const fields = json as Fields;
  const family = familyOf(fields, file);
  refuseUnsupported(fields, file);

  const hiddenSize = count(fields, 'hidden_size', file);
  const heads = count(fields, 'num_attention_heads', file);
  const kvHeads = count(fields, 'num_key_value_heads', file, heads);
  if (heads % kvHeads !== 0) {
    throw invalid(file, 'num_key_value_heads', `is ${kvHeads}, which does not divide num_attention_heads (${heads})`);
  }
  const headDim = count(fields, 'head_dim', file, hiddenSize / heads);
  if (headDim % 2 !== 0) throw invalid(file, 'head_dim', `is ${headDim}; rotary positions need an even number`);
  return {
    family: fields['model_type'] as string,
    vocabSize: count(fields, 'vocab_size', file),
    hiddenSize,
    intermediateSize: count(fields, 'intermediate_size', file),
    layers: count(fields, 'num_hidden_layers', file),
    heads,
    kvHeads,
    headDim,
    maxPositions: count(fields, 'max_position_embeddings', file, family.maxPositions),
    normEpsilon: positive(fields, 'rms_norm_eps', file, family.normEpsilon),
    ropeTheta: ropeTheta(fields, file, family.ropeTheta),
    tiedHead: flag(fields, 'tie_word_embeddings', file, family.tiedHead),
  };
}

function familyOf(fields: Fields, file: string): Family {
  const type = fields['model_type'];
  if (typeof type !== 'string') throw invalid(file, 'model_type', 'is missing');
  const family = Object.hasOwn(FAMILIES, type) ? FAMILIES[type] : undefined;
  if (!family) {
    throw unsupported(file, 'model_type', `is "${type}", an architecture that Tunesmith cannot train yet`, `Choose a model of type ${Object.keys(FAMILIES).join(', ')}.`);
  }
  return family;
}

function refuseUnsupported(fields: Fields, file: string): void {
  const activation = fields['hidden_act'] ?? 'silu';
  if (activation !== 'silu') throw unsupported(file, 'hidden_act', `is ${JSON.stringify(activation)}; only "silu" can be trained`);
  for (const field of ['attention_bias', 'mlp_bias']) {
    if (flag(fields, field, file, false)) throw unsupported(file, field, 'is true; layers with a bias cannot be trained yet');
  }
  if (isSet(fields['quantization_config'])) {
    throw unsupported(file, 'quantization_config', 'says that the weights are quantized', 'Choose the F16, BF16 or F32 version of the model.');
  }
  const rotary = fields['partial_rotary_factor'] ?? 1;
  if (rotary !== 1) throw unsupported(file, 'partial_rotary_factor', `is ${JSON.stringify(rotary)}; positions on a part of a head cannot be trained yet`);
  // Before transformers 5 the scaling was `rope_scaling`, since then it is part of `rope_parameters`.
  for (const field of ['rope_scaling', 'rope_parameters']) {
    const rope = fields[field];
    if (!isSet(rope)) continue;
    if (typeof rope !== 'object' || Array.isArray(rope)) throw invalid(file, field, 'is not an object');
    const type = (rope as Fields)['rope_type'] ?? (rope as Fields)['type'] ?? 'default';
    if (type !== 'default') throw unsupported(file, field, `scales positions by ${JSON.stringify(type)}, which cannot be trained yet`);
  }
}

function ropeTheta(fields: Fields, file: string, otherwise: number): number {
  const parameters = fields['rope_parameters'];
  if (isSet(parameters) && (parameters as Fields)['rope_theta'] !== undefined) {
    const { rope_theta: theta } = parameters as Fields;
    if (!isPositive(theta)) throw invalid(file, 'rope_parameters.rope_theta', `is ${JSON.stringify(theta)}, not a positive number`);
    return theta;
  }
  return positive(fields, 'rope_theta', file, otherwise);
}

function count(fields: Fields, field: string, file: string, otherwise?: number): number {
  const value = fields[field] ?? otherwise;
  if (value === undefined) throw invalid(file, field, 'is missing');
  if (!isPositive(value) || !Number.isSafeInteger(value)) throw invalid(file, field, `is ${JSON.stringify(value)}, not a positive whole number`);
  return value;
}

function positive(fields: Fields, field: string, file: string, otherwise: number): number {
  const value = fields[field] ?? otherwise;
  if (!isPositive(value)) throw invalid(file, field, `is ${JSON.stringify(value)}, not a positive number`);
  return value;
}

function flag(fields: Fields, field: string, file: string, otherwise: boolean): boolean {
  const value = fields[field] ?? otherwise;
  if (typeof value !== 'boolean') throw invalid(file, field, `is ${JSON.stringify(value)}, not true or false`);
  return value;
}

function isPositive(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0;
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function invalid(file: string, field: string, what: string): UserError {
  return new UserError('model.config.invalid', `${basename(file)}: ${field} ${what}.`, 'Download the model again, or repair the field.', {
    place: { file, field },
  });
}

function unsupported(file: string, field: string, what: string, remedy = 'Choose another base model.'): UserError {
  return new UserError('model.config.unsupported', `${basename(file)}: ${field} ${what}.`, remedy, { place: { file, field } });
}
