/** A recipe file becomes a complete recipe: paths absolute, gaps filled by rule. */

import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { explainRecipe, readRecipe } from '../../../../src/core/recipes/readRecipe.ts';
import { temporaryFolder } from '../datasets/temporaryFolder.ts';

const folder = temporaryFolder();
const MINIMAL = 'version: 2\nname: tickets\nbaseModel: starter\ndataset:\n  train: tickets.jsonl\n';

describe('readRecipe', () => {
  test('fills what is left out and resolves paths against the recipe', async () => {
    folder.write('tickets.jsonl', '{"prompt":"a","completion":"b"}\n'.repeat(1000));
    const recipe = await readRecipe(folder.write('tickets.tune.yaml', MINIMAL));
    expect(recipe).toMatchObject({
      version: 2,
      technique: 'sft',
      backend: 'local',
      baseModel: 'starter',
      dataset: { train: join(folder.path, 'tickets.jsonl'), validation: undefined, split: 0.1 },
      training: { peft: { method: 'lora' }, schedule: 'cosine', maxGradNorm: 1 },
    });
    expect(recipe.training).not.toHaveProperty('maxSteps');
  });

  test('what the recipe says is what is done', async () => {
    const file = folder.write('set.tune.yaml', `${MINIMAL}  validation: ../held.jsonl\npeft: {method: full}\nbudget: {steps: 5}\ntraining: {epochs: 7, learningRate: 1e-4}\n`);
    const recipe = await readRecipe(file);
    expect(recipe.training).toMatchObject({ peft: { method: 'full' }, epochs: 7, maxSteps: 5, learningRate: 1e-4 });
    expect(recipe.dataset).toMatchObject({ validation: join(folder.path, '../held.jsonl'), split: undefined });
  });

  test('every value can be explained', async () => {
    const { training } = await explainRecipe(folder.write('why.tune.yaml', `${MINIMAL}training: {epochs: 2}\n`));
    expect(training.epochs).toEqual({ value: 2, reason: 'set in the recipe', source: 'the recipe', from: 'recipe' });
    for (const { reason, source } of Object.values(training)) expect([reason, source]).not.toContain('');
  });

  test('the learning rate follows the width of the model', async () => {
    folder.write('config.json', '{"model_type":"llama","hidden_size":2048,"max_position_embeddings":4096}');
    const recipe = await readRecipe(folder.write('wide.tune.yaml', MINIMAL.replace('starter', '.')));
    expect(recipe.baseModel).toBe(folder.path);
    // Thinking Machines' figure for Llama-3.2-1B, which is this wide
    expect(recipe.training.learningRate).toBeCloseTo(4.9e-4, 6);
  });

  test('a dataset or model that is not there is left to those who open them', async () => {
    const recipe = await readRecipe(folder.write('gone.tune.yaml', MINIMAL.replace('tickets.jsonl', 'gone.jsonl').replace('starter', './no-model')));
    expect(recipe.baseModel).toBe(join(folder.path, 'no-model'));
  });

  test('a fault names file, line and field, and how many more there are', async () => {
    const file = folder.write('bad.tune.yaml', `${MINIMAL}training:\n  epoch: 3\n  batchSize: 0\n  seed: x\n`);
    await expect(readRecipe(file)).rejects.toMatchObject({
      name: 'UserError',
      code: 'recipe.field.unknown',
      message: 'Line 7 of bad.tune.yaml: "epoch" is not a field of "training" (and 2 more faults).',
      remedy: 'Did you mean "epochs"?',
      place: { file, row: 7, field: 'training.epoch' },
    });
  });

  test('a missing recipe', async () => {
    await expect(readRecipe(join(folder.path, 'none.tune.yaml'))).rejects.toMatchObject({ code: 'recipe.missing-file' });
  });
});
