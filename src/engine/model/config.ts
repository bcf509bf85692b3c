/** Reads a model's `config.json` into a decoder's description and refuses, by field, what the engine cannot run. */

import { basename } from 'node:path';

import { UserError } from '../errors.ts';
import { attentionOfLayers } from './attentionConfig.ts';
import { count, flag, invalid, isSet, positive, unsupported, type Fields, type FieldSource } from './configFields.ts';
import type { Activation, DecoderConfig } from './decoder.ts';
import { FAMILIES, type Family } from './families.ts';
import type { LoraModule } from './lora.ts';

/** Several times what the largest published models have; a larger number would only exhaust the memory. */
const MOST_LAYERS = 1000;

/** Fields of any family that change what the model computes, unless they have this value or are not set. */
const NEUTRAL: readonly (readonly [field: string, neutral: unknown, what: string])[] = [
  ['partial_rotary_factor', 1, 'positions on a part of a head cannot be trained yet'],
  ['rope_interleaved', false, 'pairs of neighbours cannot be turned yet'],
  ['final_logit_softcapping', undefined, 'capped logits cannot be trained yet'],
  ['attn_logit_softcapping', undefined, 'capped attention cannot be trained yet'],
  ['use_bidirectional_attention', false, 'attention to later tokens cannot be trained'],
];

/**
 * @param json the parsed content of `config.json`
 * @param file its path, for messages
 * @throws UserError "model.config.invalid" (a field is missing or impossible) or "model.config.unsupported"
 *   (a sound model that the engine cannot run), each with the field's name
 * @see https://huggingface.co/docs/transformers/main_classes/configuration, and the families' own pages
 */
export function parseDecoderConfig(json: unknown, file: string): DecoderConfig {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new UserError('model.config.invalid', `${basename(file)} is not a JSON object.`, 'Download the model again.', { place: { file } });
  }
  const source: FieldSource = { fields: json as Fields, file };
  const family = familyOf(source);
  const { defaults } = family;
  refuseUnsupported(source);

  const hiddenSize = count(source, 'hidden_size');
  const heads = count(source, 'num_attention_heads');
  const kvHeads = source.fields['num_key_value_heads'] === null ? heads : count(source, 'num_key_value_heads', defaults.kvHeads ?? heads);
  if (heads % kvHeads !== 0) {
    throw invalid(source, 'num_key_value_heads', `is ${kvHeads}, which does not divide num_attention_heads (${heads})`);
  }
  const headDim = count(source, 'head_dim', defaults.headDim ?? hiddenSize / heads);
  if (headDim % 2 !== 0) throw invalid(source, 'head_dim', `is ${headDim}; rotary positions need an even number`);
  const layers = count(source, 'num_hidden_layers', undefined, MOST_LAYERS);
  return {
    family: source.fields['model_type'] as string,
    vocabSize: count(source, 'vocab_size'),
    hiddenSize,
    intermediateSize: count(source, 'intermediate_size'),
    layers,
    heads,
    kvHeads,
    headDim,
    maxPositions: count(source, 'max_position_embeddings', defaults.maxPositions),
    normEpsilon: positive(source, 'rms_norm_eps', defaults.normEpsilon),
    normOffset: family.normOffset,
    postNorms: family.postNorms,
    qkNorm: family.qkNorm,
    biases: biasesOf(source, family),
    activation: activationOf(source, family),
    // Rounded to the type of the weights, which is float32 here: transformers keeps the factor in that type.
    embeddingScale: family.scalesEmbeddings ? Math.fround(Math.sqrt(hiddenSize)) : 1,
    attentionScale: 1 / Math.sqrt(
      defaults.queryPreAttentionScalar === undefined ? headDim : positive(source, 'query_pre_attn_scalar', defaults.queryPreAttentionScalar)),
    attention: attentionOfLayers(source, family, layers),
    tiedHead: flag(source, 'tie_word_embeddings', defaults.tiedHead),
  };
}

function familyOf(source: FieldSource): Family {
  const type = source.fields['model_type'];
  if (typeof type !== 'string') throw invalid(source, 'model_type', 'is missing');
  const family = Object.hasOwn(FAMILIES, type) ? FAMILIES[type] : undefined;
  if (!family) {
    throw unsupported(source, 'model_type', `is "${type}", an architecture that Tunesmith cannot train yet`, `Choose a model of type ${Object.keys(FAMILIES).join(', ')}.`);
  }
  return family;
}

function refuseUnsupported(source: FieldSource): void {
  const { fields } = source;
  if (isSet(fields['quantization_config'])) {
    throw unsupported(source, 'quantization_config', 'says that the weights are quantized', 'Choose the F16, BF16 or F32 version of the model.');
  }
  for (const [field, neutral, what] of NEUTRAL) {
    const value = fields[field];
    if (isSet(value) && value !== neutral) throw unsupported(source, field, `is ${JSON.stringify(value)}; ${what}`);
  }
}

function activationOf(source: FieldSource, { activation: { field, names } }: Family): Activation {
  const value = source.fields[field];
  if (!isSet(value)) return Object.values(names)[0];
  if (typeof value === 'string' && Object.hasOwn(names, value)) return names[value];
  throw unsupported(source, field, `is ${JSON.stringify(value)}; only ${Object.keys(names).map((name) => `"${name}"`).join(', ')} can be trained`);
}

function biasesOf(source: FieldSource, { biases, biasFields }: Family): LoraModule[] {
  const found = [...biases];
  for (const field of ['attention_bias', 'mlp_bias']) {
    if (!flag(source, field, false)) continue;
    const modules = Object.hasOwn(biasFields, field) ? biasFields[field] : undefined;
    if (modules === undefined) throw unsupported(source, field, `is true, but models of type ${String(source.fields['model_type'])} have no such biases`);
    found.push(...modules);
  }
  return found;
}
