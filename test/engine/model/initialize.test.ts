/** Fresh decoders and fresh adapters have the tensors and the spread that they promise. */

import { expect, it } from 'vitest';
import { initializeDecoder } from '../../../src/engine/model/initialize.ts';
import { decoderShapes } from '../../../src/engine/model/layout.ts';
import { createLoraAdapter, linearFeatures, LORA_MODULES, loraTensorName } from '../../../src/engine/model/lora.ts';
import { TINY } from '../tiny.ts';

const WIDE = { ...TINY, vocabSize: 400, hiddenSize: 64, intermediateSize: 96 };

function deviation(data: Float32Array): number {
  return Math.sqrt(data.reduce((sum, value) => sum + value * value, 0) / data.length);
}

it('a fresh decoder has every tensor, spread as GPT-2 spreads them', () => {
  const weights = initializeDecoder(WIDE, 1);
  expect([...weights].map(([name, { shape }]) => ({ name, shape }))).toEqual(decoderShapes(WIDE));
  for (const [name, { shape, data }] of weights) {
    if (shape.length === 1) {
      expect([...new Set(data)], name).toEqual([1]);
      continue;
    }
    const wanted = /(\.o_proj|down_proj)/.test(name) ? 0.02 / Math.sqrt(2 * WIDE.layers) : 0.02;
    expect(Math.abs(deviation(data) / wanted - 1), name).toBeLessThan(0.1);
  }
});

it('a fresh decoder is the same for the same seed', () => {
  expect(initializeDecoder(TINY, 5)).toEqual(initializeDecoder(TINY, 5));
  expect(initializeDecoder(TINY, 5)).not.toEqual(initializeDecoder(TINY, 6));
});

it('a head of its own is there only when it is not tied', () => {
  expect(initializeDecoder(TINY, 1).has('lm_head.weight')).toBe(false);
  expect(initializeDecoder({ ...TINY, tiedHead: false }, 1).get('lm_head.weight')?.shape).toEqual([29, 16]);
});

it('a fresh adapter changes nothing yet and covers all linear layers of all blocks', () => {
  const adapter = createLoraAdapter(TINY, { rank: 3, alpha: 6, seed: 1 });
  expect(adapter.tensors.size).toBe(2 * 7 * TINY.layers);
  for (const module of LORA_MODULES) {
    const { inputs, outputs } = linearFeatures(TINY, module);
    const [down, up] = [adapter.tensors.get(loraTensorName(1, module, 'A'))!, adapter.tensors.get(loraTensorName(1, module, 'B'))!];
    expect([down.shape, up.shape]).toEqual([[3, inputs], [outputs, 3]]);
    expect(Math.max(...down.data.map(Math.abs))).toBeLessThanOrEqual(1 / Math.sqrt(inputs));
    expect(deviation(down.data) * Math.sqrt(3 * inputs)).toBeCloseTo(1, 0.5);
    expect(up.data.every((value) => value === 0)).toBe(true);
  }
  expect(loraTensorName(0, 'q_proj', 'A')).toBe('base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight');
});
