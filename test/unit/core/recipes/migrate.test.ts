/** Recipes of the first version are still read, and brought up to date without losing a comment. */

import { describe, expect, test } from 'vitest';
import { parseRecipe } from '../../../../src/core/recipes/document.ts';
import { migrateText } from '../../../../src/core/recipes/migrate.ts';

const OLD = `# tickets
version: 1
name: tickets
technique: dpo
baseModel: starter
dataset:
  train: tickets.jsonl
training:
  method: lora          # an adapter is small
  rank: 8
  epochs: 3             # usual
  maxSteps: 100
  beta: 0.2   # careful
  threads: 2
backend: local
`;

const NEW = `# tickets
version: 2
name: tickets
technique: dpo
baseModel: starter
dataset:
  train: tickets.jsonl
training:
  epochs: 3             # usual
backend: local
peft:
  method: lora  # an adapter is small
  rank: 8
budget:
  steps: 100
preference:
  beta: 0.2  # careful
overrides:
  local:
    threads: 2
`;

describe('a recipe of version 1', () => {
  test('means what its fields mean where they are now', () => {
    expect(parseRecipe(OLD)).toEqual(parseRecipe(NEW));
    expect(parseRecipe(OLD).draft).toMatchObject({ version: 2, peft: { method: 'lora', rank: 8 }, budget: { steps: 100 } });
  });

  test('is rewritten with its comments', () => {
    expect(migrateText(OLD)).toBe(NEW);
    expect(migrateText(NEW)).toBe(NEW);
  });

  test('a group that is empty then goes', () => {
    expect(migrateText('version: 1\nname: a\ntraining:\n  rank: 8\nbackend: local\n')).toBe('version: 2\nname: a\nbackend: local\npeft:\n  rank: 8\n');
  });

  test('faults have the names and places of the text', () => {
    const { faults } = parseRecipe(OLD.replace('rank: 8', 'rank: 0').replace('lora ', 'full '));
    expect(faults.map(({ field, line, message }) => [field, line, message])).toEqual([
      ['training.rank', 10, '"training.rank" belongs to LoRA and has no meaning with "method: full".'],
      ['training.rank', 10, '"training.rank" must be at least 1, not 0.'],
    ]);
  });
});
