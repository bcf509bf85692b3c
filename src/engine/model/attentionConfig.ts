/** Reads from `config.json` what each layer sees of positions: its window, and the angles of rotary positions. */

import { atLeastOne, count, flag, invalid, isSet, object, positive, unsupported, type FieldSource } from './configFields.ts';
import type { LayerAttention, RopeScaling, RotaryPositions } from './decoder.ts';
import type { Family } from './families.ts';

type LayerType = 'full_attention' | 'sliding_attention';

/**
 * @returns one entry when all layers are alike, otherwise one a layer
 * @throws UserError "model.config.invalid" or "model.config.unsupported", with the field
 */
export function attentionOfLayers(source: FieldSource, family: Family, layers: number): LayerAttention[] {
  const window = windowOf(source, family);
  const types = layerTypes(source, family, layers, window);
  const ropes = rotaryPositions(source, family);
  if (window === undefined && types.includes('sliding_attention')) throw invalid(source, 'sliding_window', 'is not set, but "layer_types" has layers with a window');
  const kinds: Readonly<Record<LayerType, LayerAttention>> = {
    full_attention: { window: undefined, rope: ropes.full_attention },
    sliding_attention: { window, rope: ropes.sliding_attention },
  };
  const attention = types.map((type) => kinds[type]);
  return attention.every((one) => one === attention[0]) ? attention.slice(0, 1) : attention;
}

function windowOf(source: FieldSource, { windows, defaults }: Family): number | undefined {
  const isUsed = windows !== 'none' && (windows !== 'optional' || flag(source, 'use_sliding_window', false));
  // Null means that there is none; a field that is left out has the family's default.
  return isUsed && source.fields['sliding_window'] !== null ? count(source, 'sliding_window', defaults.slidingWindow) : undefined;
}

function layerTypes(source: FieldSource, { windows }: Family, layers: number, window: number | undefined): LayerType[] {
  const each = (isSliding: (layer: number) => boolean): LayerType[] =>
    Array.from({ length: layers }, (_, layer) => (isSliding(layer) ? 'sliding_attention' : 'full_attention'));
  if (windows === 'none' || windows === 'all') return each(() => window !== undefined);
  const listed = source.fields['layer_types'];
  if (isSet(listed)) return checkedTypes(source, listed, layers);
  if (windows === 'optional') {
    if (window === undefined) return each(() => false);
    const full = source.fields['max_window_layers'] === 0 ? 0 : count(source, 'max_window_layers', layers);
    return each((layer) => layer >= full);
  }
  // Its name in files that transformers 5 wrote has an underscore.
  const period = count(source, isSet(source.fields['_sliding_window_pattern']) ? '_sliding_window_pattern' : 'sliding_window_pattern', 6);
  return each((layer) => (layer + 1) % period !== 0);
}

function checkedTypes(source: FieldSource, listed: unknown, layers: number): LayerType[] {
  if (!Array.isArray(listed)) throw invalid(source, 'layer_types', 'is not a list');
  const types = listed as readonly unknown[];
  if (types.length !== layers) throw invalid(source, 'layer_types', `names ${types.length} layers, but num_hidden_layers is ${layers}`);
  const strange = types.find((type) => type !== 'full_attention' && type !== 'sliding_attention');
  if (strange !== undefined) throw unsupported(source, 'layer_types', `names ${JSON.stringify(strange)}, a kind of layer that cannot be trained yet`);
  return types as LayerType[];
}

/** Up to transformers 4 the fields were `rope_theta`, `rope_scaling` and `rope_local_base_freq`; since 5 it is all in `rope_parameters`. */
function rotaryPositions(source: FieldSource, { defaults }: Family): Readonly<Record<LayerType, RotaryPositions>> {
  const parameters = object(source, 'rope_parameters');
  const theta = atLeastOne(source, 'rope_theta', defaults.ropeTheta);
  if (defaults.localRopeTheta === undefined) {
    const rope = parameters === undefined ? { theta, scaling: scalingOf(source) } : ropeOf(parameters, theta, scalingOf(source));
    return { full_attention: rope, sliding_attention: rope };
  }
  const localTheta = atLeastOne(source, 'rope_local_base_freq', defaults.localRopeTheta);
  const ofType = (type: LayerType, base: number, scaling: RopeScaling | undefined): RotaryPositions => {
    const nested = parameters && object(parameters, type);
    if (parameters !== undefined && nested === undefined) throw invalid(parameters, type, 'is missing');
    return nested === undefined ? { theta: base, scaling } : ropeOf(nested, base, undefined);
  };
  return {
    // The fields of transformers 4 stretch only the layers that see everything.
    full_attention: ofType('full_attention', theta, scalingOf(source)),
    sliding_attention: ofType('sliding_attention', localTheta, undefined),
  };
}

function ropeOf(parameters: FieldSource, theta: number, scaling: RopeScaling | undefined): RotaryPositions {
  return { theta: atLeastOne(parameters, 'rope_theta', theta), scaling: readScaling(parameters) ?? scaling };
}

function scalingOf(source: FieldSource): RopeScaling | undefined {
  const scaling = object(source, 'rope_scaling');
  return scaling && readScaling(scaling);
}

function readScaling(source: FieldSource): RopeScaling | undefined {
  const { fields } = source;
  const kind = fields['rope_type'] ?? fields['type'] ?? 'default';
  if (kind === 'default') return undefined;
  if (kind === 'linear') return { kind, factor: atLeastOne(source, 'factor') };
  if (kind !== 'llama3') {
    throw unsupported(source, isSet(fields['rope_type']) ? 'rope_type' : 'type', `is ${JSON.stringify(kind)}, a way to stretch positions that cannot be trained yet`);
  }
  const scaling = {
    kind, factor: atLeastOne(source, 'factor'),
    lowFrequencyFactor: positive(source, 'low_freq_factor'), highFrequencyFactor: positive(source, 'high_freq_factor'),
    originalPositions: count(source, 'original_max_position_embeddings'),
  } as const;
  if (scaling.highFrequencyFactor <= scaling.lowFrequencyFactor) throw invalid(source, 'high_freq_factor', 'is not above low_freq_factor');
  return scaling;
}
