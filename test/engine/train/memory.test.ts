/** The arithmetic of memory before a run, and what is decided by it. */

import { describe, expect, it } from 'vitest';
import { LORA_MODULES } from '../../../src/engine/model/lora.ts';
import { measureMachine } from '../../../src/engine/train/machine.ts';
import { defaultBudget, demandOf, estimateMemory, foretellMemory, planMemory, type MemoryDemand } from '../../../src/engine/train/memory.ts';
import { TINY } from '../tiny.ts';

const GB = 1e9;
const SMALL: MemoryDemand = {
  // The shape of SmolLM2-135M.
  config: { ...TINY, vocabSize: 49_152, hiddenSize: 576, intermediateSize: 1536, layers: 30, heads: 9, kvHeads: 3, headDim: 64, maxPositions: 8192 },
  lora: { rank: 16, alpha: 32, targetModules: LORA_MODULES }, trainableParameters: 4_884_480, rows: 4, length: 256,
};
const FULL: MemoryDemand = { ...SMALL, lora: undefined, trainableParameters: 134_515_008 };
const part = (demand: MemoryDemand, what: string): number =>
  estimateMemory(demand, 'saved').parts.find((one) => one.what === what)?.bytes ?? NaN;

describe('an estimate', () => {
  it('is the sum of its parts, of which weights and moments are exact', () => {
    const { parts, total } = estimateMemory(SMALL, 'saved');
    expect(total).toBe(parts.reduce((sum, { bytes }) => sum + bytes, 0));
    expect(part(SMALL, 'base weights')).toBe(134_515_008 * 4);
    expect(part(SMALL, 'adapter')).toBe(4_884_480 * 4);
    expect(part(SMALL, 'optimizer')).toBe(4_884_480 * 8);
    expect(part(FULL, 'trained copy') + part(FULL, 'gradients') + part(FULL, 'optimizer')).toBe(134_515_008 * 16);
  });

  it('grows with rows in proportion, and with the square of their length beyond that', () => {
    expect(part({ ...SMALL, rows: 8 }, 'activations')).toBeCloseTo(2 * part(SMALL, 'activations'), -3);
    const [short, long] = [part({ ...SMALL, length: 1024 }, 'activations'), part({ ...SMALL, length: 2048 }, 'activations')];
    expect(long / short).toBeGreaterThan(2);
    expect(long / short).toBeLessThan(4);
  });

  it.each([
    ['whole-step', SMALL, 2.7], ['saved', SMALL, 2.2], ['recomputed', SMALL, 1.1], ['saved', FULL, 4.3],
  ] as const)('of %s comes near what was measured for 4 rows of 256 tokens', (activations, demand, measured) => {
    const ratio = estimateMemory(demand, activations).total / (measured * GB);
    expect(ratio).toBeGreaterThan(0.8);
    expect(ratio).toBeLessThan(1.2);
  });
});

describe('a plan', () => {
  it('takes the fastest way that fits', () => {
    for (const activations of ['whole-step', 'saved', 'recomputed'] as const) {
      const estimate = estimateMemory(SMALL, activations);
      expect(planMemory(SMALL, { bytes: estimate.total, steady: estimate.total })).toEqual({ activations, estimate });
    }
  });

  it('does not make the way that rounds otherwise depend on what is free at the moment', () => {
    const { total } = estimateMemory(SMALL, 'whole-step');
    expect(planMemory(SMALL, { bytes: 10 * total, steady: total - 1 }).activations).toBe('saved');
  });

  it('refuses what does not fit, with the arithmetic and what to do about it', () => {
    expect(() => planMemory(SMALL, { bytes: 0.5 * GB, steady: 0.5 * GB })).toThrow(expect.objectContaining({
      code: 'training.memory.too-little',
      message: expect.stringMatching(/^Training needs about 1\.\d GB of memory and may take 500 MB: base weights 538 MB \+ adapter 20 MB \+ gradients 20 MB \+ optimizer 39 MB \+ activations \d+ MB for 4 × 256 tokens \+ logits \d+ MB \+ runtime 250 MB\.$/) as string,
      remedy: 'Close other programs, or lower batchSize from 4 and raise gradientAccumulation as much, or lower maxLength, or hold the base model in half precision (precision: float16), or choose a smaller base model.',
    }) as Error);
    expect(() => planMemory({ ...FULL, rows: 1 }, { bytes: GB, steady: GB })).toThrow(expect.objectContaining({
      remedy: 'Close other programs, or lower maxLength, or train an adapter (method: lora), or choose a smaller base model.',
    }) as Error);
  });
});

describe('a base model in float16', () => {
  it('takes half, room for its largest matrix in float32, and never the graph of a whole step', () => {
    const half = { ...SMALL, precision: 'float16' as const };
    expect(part(half, 'base weights')).toBe(part(SMALL, 'base weights') / 2);
    expect(part(half, 'widened weights')).toBe(4 * SMALL.config.vocabSize * SMALL.config.hiddenSize);
    expect(planMemory(half, { bytes: 100 * GB, steady: 100 * GB }).activations).toBe('saved');
  });
});

describe('completions that are sampled', () => {
  const sampling: MemoryDemand = { ...SMALL, sampled: { rows: 64, length: 300 } };

  it('need room for keys and values of every token, which grows by a quarter at a time, and for the logits of one token each', () => {
    const aToken = 30 * 2 * 3 * 64 * 4;
    expect(part(sampling, 'rollouts')).toBe(64 * 1.25 * 300 * aToken + 64 * 49_152 * 4);
    expect(estimateMemory(sampling, 'saved').total - estimateMemory(SMALL, 'saved').total).toBe(part(sampling, 'rollouts'));
  });

  it('that do not fit are refused with what would help', () => {
    const bytes = estimateMemory(SMALL, 'recomputed').total;
    expect(() => planMemory(sampling, { bytes, steady: bytes, isLimit: true })).toThrow(expect.objectContaining({
      code: 'training.memory.too-little', message: expect.stringContaining('rollouts 1.1 GB') as string, remedy: expect.stringContaining('lower maxCompletionLength') as string,
    }) as Error);
  });
});

describe('a forecast', () => {
  it('is the plan for settings alone, of a machine where nothing else runs', () => {
    const pass = { rows: 4, length: 256 };
    expect(demandOf(SMALL.config, { method: 'lora', rank: 16, alpha: 32 }, pass)).toEqual(SMALL);
    expect(demandOf(SMALL.config, { method: 'full' }, pass)).toEqual(FULL);
    expect(foretellMemory(SMALL, 16 * GB)).toEqual({ bytes: estimateMemory(SMALL, 'whole-step').total, budget: 12.8 * GB });
    expect(foretellMemory(SMALL, 3 * GB).bytes).toBe(estimateMemory(SMALL, 'saved').total);
  });

  it('of what cannot fit is the least that it would take', () => {
    const { bytes, budget } = foretellMemory(FULL, 1 * GB);
    expect(bytes).toBe(estimateMemory(FULL, 'recomputed').total);
    expect(bytes).toBeGreaterThan(budget);
  });
});

describe('the budget', () => {
  it('is a share of what is free or held already, and at least half of the machine', () => {
    expect(defaultBudget({ total: 16 * GB, available: 12 * GB, resident: 1 * GB })).toEqual({ bytes: expect.closeTo(10.4 * GB, -3) as number, steady: 8 * GB });
    expect(defaultBudget({ total: 16 * GB, available: 1 * GB, resident: 1 * GB })).toEqual({ bytes: 8 * GB, steady: 8 * GB });
  });

  it('is measured on this machine', () => {
    const machine = measureMachine();
    expect(machine.available).toBeGreaterThan(0);
    expect(machine.available).toBeLessThanOrEqual(machine.total);
    expect(machine.resident).toBeGreaterThan(1e7);
  });
});
