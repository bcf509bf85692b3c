/** Defaults follow rules that can be read: steps that make sense for the rows, a rate that fits the model. */

import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chooseSplit, chooseTraining, countSteps, type ChosenTraining } from '../../../../src/core/recipes/defaults.ts';
import type { ModelFacts } from '../../../../src/core/recipes/models.ts';
import { toSettings } from '../../../../src/core/recipes/resolve.ts';
import { FIELD_PATHS, type RuledField } from '../../../../src/core/recipes/ruledFields.ts';
import { withValue } from '../../../../src/core/recipes/fieldPath.ts';
import { recipeSchema } from '../../../../src/core/recipes/schema.ts';
import { loadChatTokenizer } from '../../../../src/engine/text/chatTokenizer.ts';

const llama8b: ModelFacts = { hiddenSize: 4096, maxPositions: 8192, family: 'llama' };
const tiny: ModelFacts = { hiddenSize: 192, maxPositions: 512, family: 'llama' };

function choose(trainRows: number, model: ModelFacts = llama8b, longestRowCharacters = 400): ChosenTraining {
  return chooseTraining({}, { trainRows, longestRowCharacters, model });
}

function stepsOf(rows: number, { epochs, batchSize, gradientAccumulation }: ChosenTraining): number {
  return countSteps(rows, { epochs: epochs.value, rowsAStep: batchSize.value * gradientAccumulation.value });
}

describe('learning rate', () => {
  // Published results of the formula: Thinking Machines, tinker-cookbook
  test.each<[string, ModelFacts, number]>([
    ['Llama-3.1-8B', llama8b, 2.9e-4],
    ['Llama-3.2-3B', { ...llama8b, hiddenSize: 3072 }, 3.6e-4],
    ['Qwen3-8B', { ...llama8b, family: 'qwen3' }, 4.7e-4],
    ['Qwen3-0.6B', { ...llama8b, family: 'qwen3', hiddenSize: 1024 }, 5.3e-4],
  ])('%s', (_name, model, rate) => {
    expect(choose(1000, model).learningRate.value).toBeCloseTo(rate, 6);
  });

  test('a tiny model takes ten times more, and never more than a hundredth', () => {
    expect(choose(1000, tiny).learningRate.value).toBeGreaterThan(2e-3);
    expect(choose(1000, { ...tiny, hiddenSize: 8 }).learningRate.value).toBe(1e-2);
  });

  test('full training takes a tenth of LoRA', () => {
    const full = chooseTraining({ method: 'full' }, { trainRows: 1000, longestRowCharacters: 400, model: llama8b });
    expect(full.learningRate.value).toBeCloseTo(2.9e-5, 7);
  });
});

describe('preferences', () => {
  const facts = { trainRows: 1000, longestRowCharacters: 400, model: llama8b };

  test('are learned at a tenth of the rate, with the beta of the paper', () => {
    const chosen = chooseTraining({}, { ...facts, technique: 'dpo' });
    expect(chosen.learningRate.value).toBeCloseTo(2.9e-5, 7);
    expect(toSettings(chosen)).toMatchObject({ beta: 0.1, truncation: 'keep_start', packing: false, earlyStoppingPatience: 0 });
    expect(toSettings(chooseTraining({ beta: 0.3 }, { ...facts, technique: 'dpo' })).beta).toBe(0.3);
  });

  test('alone have a beta', () => {
    expect(toSettings(chooseTraining({}, facts))).not.toHaveProperty('beta');
  });
});

describe('steps', () => {
  test.each([100, 300, 900, 3000, 20_000])('%i rows give at least a hundred', (rows) => {
    expect(stepsOf(rows, choose(rows))).toBeGreaterThanOrEqual(100);
  });

  test('many rows are seen once by a large model', () => {
    expect(choose(20_000).epochs.value).toBe(1);
  });

  test('rows are seen ten times at most', () => {
    expect(choose(5).epochs.value).toBe(10);
  });

  test('what the recipe sets feeds the other rules', () => {
    const chosen = chooseTraining({ batchSize: 2 }, { trainRows: 5000, longestRowCharacters: 400, model: llama8b });
    expect([chosen.batchSize.value, chosen.gradientAccumulation.value]).toEqual([2, 8]);
  });

  test('are counted as the trainer counts them', () => {
    expect(countSteps(10, { epochs: 3, rowsAStep: 4 })).toBe(9);
    expect(countSteps(10, { epochs: 3, rowsAStep: 4, maxSteps: 2 })).toBe(2);
    expect(countSteps(1, { epochs: 0.1, rowsAStep: 16 })).toBe(1);
  });
});

describe('length', () => {
  test('fits the longest row', () => {
    expect(choose(1000, llama8b, 1000).maxLength).toMatchObject({ value: 2048, reason: 'the longest row has 1,000 characters' });
    expect(choose(1000, llama8b, 100).maxLength.value).toBe(384);
  });

  test('fits a row in a script of which the tokenizer knows nothing but its bytes', async () => {
    const tokenizer = await loadChatTokenizer(join(import.meta.dirname, '../../../../media/starter'));
    for (const sentence of ['我的信用卡被重复扣款，请退款给我。', 'Моя карта была списана дважды, верните деньги. ']) {
      const text = sentence.repeat(3);
      expect(choose(1000, tiny, text.length).maxLength.value).toBeGreaterThan(tokenizer.encode(text).length);
    }
  });

  test('ends at what the model has positions for, and says so', () => {
    expect(choose(1000, tiny, 100_000).maxLength).toMatchObject({ value: 512, reason: expect.stringContaining('cut') as string });
  });
});

describe('what the engine needs', () => {
  const facts = { trainRows: 1000, longestRowCharacters: 400, model: llama8b };

  test('is two checkpoints and the memory that is there, unless the recipe says otherwise', () => {
    const chosen = chooseTraining({}, facts);
    expect(chosen.keepCheckpoints).toMatchObject({ value: 2, reason: expect.stringContaining('unreadable') as string });
    expect(chosen.memoryLimit.reason).toContain('free');
    expect(toSettings(chosen)).toMatchObject({ keepCheckpoints: 2 });
    expect(toSettings(chosen)).not.toHaveProperty('memoryBudgetBytes');
  });

  test('is told in bytes what the recipe gives in GB', () => {
    expect(toSettings(chooseTraining({ keepCheckpoints: 5, memoryLimit: 1.5 }, facts))).toMatchObject({ keepCheckpoints: 5, memoryBudgetBytes: 1.5e9 });
  });
});

test('the share held out shrinks with the rows', () => {
  expect([50, 500, 1000, 10_000, 1_000_000].map((rows) => chooseSplit(rows).value)).toEqual([0.2, 0.15, 0.1, 0.05, 0.01]);
});

test('defaults for any dataset and model are a valid recipe, each with reason and source', () => {
  const facts = fc.record({
    trainRows: fc.option(fc.integer({ min: 1, max: 10_000_000 }), { nil: undefined }),
    longestRowCharacters: fc.option(fc.nat(), { nil: undefined }),
    model: fc.option(fc.record({ hiddenSize: fc.integer({ min: 8, max: 16_384 }), maxPositions: fc.integer({ min: 64, max: 131_072 }), family: fc.constantFrom('llama', 'qwen2', 'gemma') }), { nil: undefined }),
  });
  fc.assert(
    fc.property(facts, (known) => {
      const chosen = chooseTraining({}, known);
      const values = Object.fromEntries(Object.entries(chosen).map(([field, { value }]) => [field, value]));
      const recipe = Object.entries(values).reduce<unknown>(
        (made, [field, value]) => (value === undefined ? made : withValue(made, FIELD_PATHS[field as RuledField].split('.'), value)),
        { version: 2, name: 'a', baseModel: 'starter', dataset: { train: 'a.jsonl' } },
      );
      expect(recipeSchema.safeParse(recipe).error).toBeUndefined();
      for (const { reason, source } of Object.values(chosen)) expect([reason, source]).not.toContain('');
      const { maxLength, peft } = toSettings(chosen);
      expect(maxLength).toBeLessThanOrEqual(known.model?.maxPositions ?? 2048);
      expect(peft.method).toBe('lora');
    }),
  );
});
