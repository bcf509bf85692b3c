/** A sweep is many recipes in one: every combination, each valid by itself, with the comments of the whole. */

import { describe, expect, test } from 'vitest';
import { parseRecipe } from '../../../../src/core/recipes/document.ts';
import { expandSweep } from '../../../../src/core/recipes/sweep.ts';

const recipe = (sweep: string): string => `version: 2
name: tickets
baseModel: starter
dataset:
  train: tickets.jsonl
training:
  epochs: 3  # enough
${sweep}backend: local
`;

describe('expandSweep', () => {
  test('a recipe without one is no sweep', () => {
    expect(expandSweep(recipe(''))).toEqual([]);
  });

  test('every combination, the last field fastest', () => {
    const runs = expandSweep(recipe('sweep:\n  training.learningRate: [1e-4, 2e-4]\n  peft.rank: [4, 8]\n'));
    expect(runs.map(({ label }) => label)).toEqual(['learningRate 0.0001, rank 4', 'learningRate 0.0001, rank 8', 'learningRate 0.0002, rank 4', 'learningRate 0.0002, rank 8']);
    expect(runs[1]?.text).toBe(recipe('').replace('name: tickets\n', 'name: "tickets: learningRate 0.0001, rank 8"\n').replace('# enough\n', '# enough\n  learningRate: 0.0001\n').concat('peft:\n  rank: 8\n'));
    for (const { text } of runs) expect(parseRecipe(text).faults).toEqual([]);
  });

  test('a field that the recipe sets is replaced', () => {
    expect(expandSweep(recipe('sweep: { training.epochs: [1, 2] }\n'))[1]?.text).toContain('  epochs: 2  # enough\n');
  });

  test.each([
    ['linear', '{ from: 1, to: 2, count: 3 }', [1, 2]],
    ['of fractions', '{ from: 0.5, to: 1.5, count: 3 }', [0.5, 1, 1.5]],
    ['logarithmic', '{ from: 0.0001, to: 0.01, count: 3, scale: log }', [0.0001, 0.001, 0.01]],
  ])('a range: %s', (_what, range, values) => {
    const field = values[0] === 0.0001 ? 'training.learningRate' : 'training.epochs';
    expect(expandSweep(recipe(`sweep:\n  ${field}: ${range}\n`)).map((run) => run.values[field])).toEqual(values);
  });

  test.each([
    ['too many jobs', 'training.seed: { from: 1, to: 11, count: 11 }\n  peft.rank: { from: 1, to: 10, count: 10 }', 'recipe.sweep.too-many'],
    ['a range that reaches zero on a logarithmic scale', 'training.epochs: { from: 0, to: 1, count: 3, scale: log }', 'recipe.sweep.bad-range'],
    ['a field that there is not', 'training.epoch: [1]', 'recipe.field.unknown'],
    ['a value out of range', 'training.learningRate: [2]', 'recipe.field.range'],
  ])('refuses %s', (_what, sweep, code) => {
    expect(() => expandSweep(recipe(`sweep:\n  ${sweep}\n`))).toThrow(expect.objectContaining({ code }) as Error);
  });
});
