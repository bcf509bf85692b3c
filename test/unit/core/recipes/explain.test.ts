/** No number without its reason: every field a rule chooses is told with its value, its reason and its source. */

import { describe, expect, test } from 'vitest';
import { parseRecipe } from '../../../../src/core/recipes/document.ts';
import { describeField, explainFields } from '../../../../src/core/recipes/explain.ts';
import { resolveRecipe } from '../../../../src/core/recipes/resolve.ts';

function explain(more: string): ReturnType<typeof explainFields> {
  const { draft } = parseRecipe(`version: 2\nname: a\nbaseModel: starter\ndataset: { train: a.jsonl }\n${more}`);
  if (!draft) throw new Error('no valid recipe');
  return explainFields(resolveRecipe(draft, '/w/a.tune.yaml', { rows: 1000, longestRowCharacters: 400, answerTokens: 20, model: { hiddenSize: 2048, maxPositions: 4096, family: 'llama' } }));
}

describe('explainFields', () => {
  test('every field has a value, a reason, a source and a meaning', () => {
    for (const { field, reason, source, means } of explain('technique: rft\n')) expect([field, reason, source, means]).not.toContain('');
  });

  test('what the recipe says is said to be from there, "auto" is by rule', () => {
    const fields = explain('training: { epochs: 7, learningRate: auto }\n');
    expect(fields.find(({ field }) => field === 'training.epochs')).toMatchObject({ value: 7, from: 'recipe' });
    expect(fields.find(({ field }) => field === 'training.learningRate')).toMatchObject({ value: 0.00049, from: 'rule', source: expect.stringContaining('tinker') as string });
  });

  test('only what the technique and the method mean anything for', () => {
    const names = (more: string): string[] => explain(more).map(({ field }) => field);
    expect(names('')).not.toContain('preference.beta');
    expect(names('technique: dpo\n')).toContain('preference.beta');
    expect(names('peft: { method: full }\n')).not.toContain('peft.rank');
    expect(names('technique: rft\n')).toContain('rl.groupSize');
  });

  test('rewards: room to think four times as long as the answers, and a tenth of the learning rate', () => {
    const fields = new Map(explain('technique: rft\n').map((one) => [one.field, one.value]));
    expect(fields.get('rl.maxCompletionLength')).toBe(128);
    expect(fields.get('training.learningRate')).toBe(0.000049);
  });
});

test('a field is described by the schema', () => {
  expect(describeField('peft.rank')).toContain('LoRA adapter');
  expect(describeField('peft.rang')).toBe('');
});
