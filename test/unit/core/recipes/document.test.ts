/** A recipe's text is checked as it is typed: each fault with its place, its words and its remedy; nothing throws. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseRecipe, type RecipeFault } from '../../../../src/core/recipes/document.ts';
import { anyText } from '../datasets/anyText.ts';

const MINIMAL = `version: 2
name: tickets
baseModel: starter
dataset:
  train: tickets.jsonl
`;

function faultOf(text: string): RecipeFault {
  const { draft, faults } = parseRecipe(text);
  expect(draft).toBeUndefined();
  const [fault, ...others] = faults;
  if (!fault || others.length > 0) throw new Error(`one fault expected: ${faults.map(({ message }) => message).join(' | ')}`);
  return fault;
}

describe('a valid recipe', () => {
  test('the shortest one', () => {
    expect(parseRecipe(MINIMAL)).toEqual({
      draft: { version: 2, name: 'tickets', baseModel: 'starter', dataset: { train: 'tickets.jsonl' } },
      faults: [],
    });
  });

  test('with everything in it', () => {
    const text = `${MINIMAL}  validation: held out.csv
technique: sft
backend: local
peft:
  method: lora
  rank: 8
  alpha: auto
training:
  epochs: 0.5
  batchSize: 4
  gradientAccumulation: 2
  learningRate: 2e-4 # a comment
  schedule: linear
  warmupRatio: 0.1
  weightDecay: 0
  maxGradNorm: 0
  maxLength: 256
  evalEverySteps: 0
  seed: 7
budget:
  steps: 100
overrides:
  local:
    checkpointEverySeconds: 30
    threads: 2
tags: [support, "2026"]
sweep:
  training.learningRate: [1e-4, 2e-4]
  peft.rank: { from: 4, to: 16, count: 3, scale: log }
`;
    expect(parseRecipe(text)).toMatchObject({ draft: { training: { learningRate: 2e-4, epochs: 0.5 }, peft: { rank: 8 }, overrides: { local: { threads: 2 } } }, faults: [] });
  });

  test('anchors are followed', () => {
    const { draft } = parseRecipe(MINIMAL.replace('tickets\n', '&name tickets\n').replace('tickets.jsonl', '*name'));
    expect(draft?.dataset.train).toBe('tickets');
  });
});

describe('faults name the field, the place and the next step', () => {
  test.each([
    ['a misspelt field', `${MINIMAL}training:\n  epoch: 3\n`, { code: 'recipe.field.unknown', field: 'training.epoch', line: 7, column: 3, endColumn: 8, remedy: 'Did you mean "epochs"?' }],
    ['another way to write it', `${MINIMAL}training:\n  learning_rate: 1e-3\n`, { remedy: 'Did you mean "learningRate"?' }],
    ['a field of another section', `${MINIMAL}batchSize: 3\n`, { code: 'recipe.field.unknown', remedy: 'Move it under "training"', line: 6 }],
    ['a field that nothing resembles', `${MINIMAL}colour: red\n`, { message: '"colour" is not a field of a recipe.' }],
    ['text for a number', `${MINIMAL}training:\n  epochs: three\n`, { code: 'recipe.field.type', message: '"training.epochs" must be a number, not the text "three".', line: 7, column: 11 }],
    ['a fraction for a whole number', `${MINIMAL}peft:\n  rank: 1.5\n`, { message: '"peft.rank" must be a whole number, not 1.5.' }],
    ['not a number', `${MINIMAL}training:\n  epochs: .nan\n`, { code: 'recipe.field.type' }],
    ['out of range', `${MINIMAL}training:\n  learningRate: 1\n`, { code: 'recipe.field.range', message: '"training.learningRate" must be below 1, not 1.' }],
    ['a word that is not offered', `${MINIMAL}training:\n  schedule: cosin\n`, { code: 'recipe.field.value', remedy: 'Write "cosine"', line: 7 }],
    ['a group that is text', MINIMAL.replace(/dataset:[^]*/, 'dataset: tickets.jsonl\n'), { message: '"dataset" must be a group of fields, not the text "tickets.jsonl".', line: 4 }],
    ['nothing after the colon', MINIMAL.replace('name: tickets', 'name:'), { message: '"name" must be text, not empty.', line: 2 }],
    ['a field that is missing', MINIMAL.replace('baseModel: starter\n', ''), { code: 'recipe.field.missing', message: '"baseModel" is missing.' }],
    ['a field of a section that is missing', MINIMAL.replace('train:', 'split: 0.1 #'), { field: 'dataset.train', line: 4, column: 1 }],
    ['a newer version', MINIMAL.replace('version: 2', 'version: 3'), { code: 'recipe.newer-version', remedy: 'Update Tunesmith' }],
    ['both ways to hold out', `${MINIMAL}  validation: a.jsonl\n  split: 0.1\n`, { code: 'recipe.field.conflict', line: 7 }],
    ['LoRA settings without LoRA', `${MINIMAL}peft:\n  method: full\n  rank: 8\n`, { code: 'recipe.field.conflict', field: 'peft.rank', line: 8 }],
    ['a key named __proto__', `${MINIMAL}__proto__:\n  a: 1\n`, { code: 'recipe.field.unknown', field: '__proto__' }],
    ['a tab', `${MINIMAL}training:\n\tepochs: 3\n`, { code: 'recipe.not-yaml', message: 'A tab stands where YAML wants spaces.', line: 7 }],
    ['a key twice', `${MINIMAL}name: again\n`, { code: 'recipe.not-yaml', remedy: 'Remove one of the two', line: 6 }],
    ['an open quote', `${MINIMAL}backend: "local\n`, { code: 'recipe.not-yaml' }],
    ['a merge conflict', `${MINIMAL}<<<<<<< HEAD\nbackend: local\n=======\n>>>>>>> other\n`, { code: 'recipe.merge-conflict', line: 6 }],
    ['nothing', '', { code: 'recipe.not-a-recipe', line: 1, column: 1 }],
    ['a list', '- version: 2\n', { code: 'recipe.not-a-recipe' }],
    ['two documents', `${MINIMAL}---\n${MINIMAL}`, { code: 'recipe.not-yaml' }],
    ['binary', 'a\0b', { code: 'recipe.not-text' }],
    ['ten thousand brackets', '['.repeat(10_000), { code: 'recipe.not-yaml', message: 'The file cannot be read as YAML: it is nested too deeply.' }],
    ['far more than a page', 'a: 1\n'.repeat(7_600), { code: 'recipe.too-large' }],
  ])('%s', (_what, text, expected) => {
    expect(faultOf(text)).toMatchObject(expected);
  });

  test('all faults are told, in the order of the text', () => {
    const { faults } = parseRecipe(`${MINIMAL}training:\n  epochs: x\n  batchSize: 0\nbackend: cloud\n`);
    expect(faults.map(({ field, line }) => [field, line])).toEqual([['training.epochs', 7], ['training.batchSize', 8], ['backend', 9]]);
  });

  test('aliases that multiply are refused', () => {
    const levels = Array.from({ length: 12 }, (_, i) => `l${i}: &l${i} [${i === 0 ? 'x' : Array.from({ length: 10 }, () => `*l${i - 1}`).join(', ')}]`);
    expect(parseRecipe(levels.join('\n')).draft).toBeUndefined();
  });
});

describe('text typed halfway', () => {
  function check(text: string): void {
    const { draft, faults } = parseRecipe(text);
    expect(draft === undefined).toBe(faults.length > 0);
    const lines = text.split('\n').length;
    for (const { line, column, endLine, message, remedy } of faults) {
      expect(line).toBeGreaterThanOrEqual(1);
      expect(line).toBeLessThanOrEqual(lines);
      expect(endLine).toBeGreaterThanOrEqual(line);
      expect(column).toBeGreaterThanOrEqual(1);
      expect([message, remedy]).not.toContain('');
    }
  }

  test('every beginning of a recipe', () => {
    const text = `${MINIMAL}  split: 0.1\ntraining: {seed: 8, schedule: "cosine"}\nbackend: local\n`;
    for (let length = 0; length <= text.length; length++) check(text.slice(0, length));
  });

  test('any change of a recipe', () => {
    const pieces = fc.constantFrom('', ':', '  ', '\n', '\t', '"', "'", '[', '{', '}', '- ', '#', '&a ', '*a', '!!int ', '? ', '|', '>', '%', '@', '__proto__', '<<: ', '1e999', 'null');
    fc.assert(
      fc.property(fc.nat(), fc.nat({ max: 20 }), pieces, (place, removed, piece) => {
        const at = place % MINIMAL.length;
        check(MINIMAL.slice(0, at) + piece + MINIMAL.slice(at + removed));
      }),
      { numRuns: 1000 },
    );
  });

  test('any text', () => {
    fc.assert(fc.property(anyText(200), check), { numRuns: 200 });
  });
});
