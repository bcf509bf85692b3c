/** "Fine-Tune on This Dataset" proposes a recipe that is valid, explains itself, and never writes over a file. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DatasetProfile } from '../../../../src/core/datasets/profile.ts';
import { parseRecipe } from '../../../../src/core/recipes/document.ts';
import { findHeldOutSibling } from '../../../../src/core/recipes/heldOutSibling.ts';
import { proposeForDataset, proposeRecipe, writeRecipeBeside } from '../../../../src/core/recipes/propose.ts';
import { temporaryFolder } from '../datasets/temporaryFolder.ts';

const folder = temporaryFolder();

const profile: DatasetProfile = {
  file: '/data/tickets.jsonl',
  bytes: 200_000,
  target: 'local-sft',
  format: 'chat', formats: [],
  rows: 1000,
  usableRows: 1000,
  turns: { min: 2, max: 2, mean: 2 },
  promptCharacters: { mean: 120, p95: 200, max: 300 },
  answerCharacters: { mean: 10, p95: 14, max: 20 },
  labels: Array.from({ length: 12 }, (_, i) => ({ label: `team ${i}`, count: 84 - i })),
  findings: [],
  seconds: 0.1,
};

describe('the proposal', () => {
  test('for preference pairs is to learn from them', () => {
    const { text, settings } = proposeRecipe({ profile: { ...profile, format: 'preference', labels: undefined }, folder: '/data', siblings: [] });
    expect(text).toContain('technique: dpo');
    expect(settings[0]).toEqual({ label: 'Technique', value: 'direct preference optimization', reason: 'Every row shows a better and a worse answer.' });
  });

  test('is a recipe with a reason beside each value', () => {
    const { text } = proposeRecipe({ profile, folder: '/data', siblings: [] });
    expect(text).toMatchInlineSnapshot(`
      "version: 2
      name: tickets
      technique: sft          # every row shows one of 12 labels as the answer to give
      baseModel: starter
      dataset:
        train: tickets.jsonl
        split: 0.1            # about 100 rows measure accuracy to ±10 points
      peft:
        method: lora          # an adapter is small, fast and keeps the base model intact
        rank: 32              # a small model has few weights at each rank
      training:
        epochs: 3             # usual for 900 rows
        batchSize: 8          # a small model takes 8 rows at once
        learningRate: 0.0031  # by the model's width of 192, ten times that of full training
        maxLength: 512        # the longest row has 320 characters
        seed: 42              # any number; the same one gives the same run
      backend: local          # this machine
      "
    `);
  });

  test('takes the held-out file that lies beside the dataset', () => {
    const { text } = proposeRecipe({ profile, folder: '/data', siblings: ['tickets.heldout.jsonl', 'other.jsonl'] });
    expect(parseRecipe(text).draft?.dataset).toEqual({ train: 'tickets.jsonl', validation: 'tickets.heldout.jsonl' });
  });

  test('names another model by its path', () => {
    const model = { ref: '/models/SmolLM2 135M', facts: { hiddenSize: 576, maxPositions: 2048, family: 'llama' } };
    const { text } = proposeRecipe({ profile, folder: '/data', siblings: [], model });
    expect(parseRecipe(text).draft).toMatchObject({ baseModel: '../models/SmolLM2 135M' });
  });

  test('says how long it takes once a speed was measured, and that it is unknown before', () => {
    expect(proposeRecipe({ profile, folder: '/data', siblings: [] })).toMatchObject({ time: 'not known yet', seconds: undefined });
    const { time, seconds } = proposeRecipe({ profile, folder: '/data', siblings: [], tokensPerSecond: 2000 });
    // 900 rows · 3 epochs · (130 characters / 3.5 + 2 turns · 4) tokens / 2000 a second
    const middle = (900 * 3 * (130 / 3.5 + 8)) / 2000;
    expect(seconds?.low).toBeLessThan(middle);
    expect(seconds?.high).toBeGreaterThan(middle);
    expect(time).toBe('about 45 s to 2 min');
  });

  test('says what speaks against training', () => {
    const few = { ...profile, rows: 30, usableRows: 30, labels: undefined };
    expect(proposeRecipe({ profile: few, folder: '/data', siblings: [] }).doubts).toMatchInlineSnapshot(`
      [
        "Gains are seen from 50 to 100 examples on; there are 30.",
        "Only 6 rows are there to measure on; 30 to 200 tell whether training helped.",
      ]
    `);
    expect(proposeRecipe({ profile, folder: '/data', siblings: [] }).doubts).toEqual([]);
  });

  test('is a valid recipe for any file name and any spread', () => {
    const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }).filter((text) => !/[/\\\0]/.test(text));
    fc.assert(
      fc.property(name, fc.nat({ max: 1_000_000 }), fc.nat({ max: 100_000 }), (stem, usableRows, max) => {
        const any = { ...profile, file: `/data/${stem}.csv`, usableRows, promptCharacters: { mean: max / 2, p95: max, max } };
        const { draft, faults } = parseRecipe(proposeRecipe({ profile: any, folder: '/data', siblings: [] }).text);
        expect(faults).toEqual([]);
        expect(draft?.dataset.train).toBe(`${stem}.csv`);
      }),
      { numRuns: 300 },
    );
  });

  test('looks for held-out files in the dataset’s folder', async () => {
    folder.write('x-test.csv', '');
    const { settings } = await proposeForDataset({ profile: { ...profile, file: folder.write('x-train.csv', '') }, folder: folder.path });
    expect(settings.find(({ label }) => label === 'Held-out rows')?.value).toBe('x-test.csv');
  });
});

describe('held-out siblings', () => {
  test.each([
    ['tickets.jsonl', ['tickets.heldout.jsonl'], 'tickets.heldout.jsonl'],
    ['tickets.jsonl', ['tickets-held-out.jsonl'], 'tickets-held-out.jsonl'],
    ['banking77-train.csv', ['banking77-test.csv', 'banking77-train.csv'], 'banking77-test.csv'],
    ['train.jsonl', ['test.jsonl', 'validation.jsonl', 'train.jsonl'], 'validation.jsonl'],
    ['tickets.jsonl', ['orders.test.jsonl', 'tickets.test.txt', 'tickets-2.jsonl'], undefined],
    ['tickets.test.jsonl', ['tickets.val.jsonl'], undefined],
    ['tickets.jsonl.gz', ['tickets.heldout.parquet', 'tickets.heldout.txt'], 'tickets.heldout.parquet'],
    ['x-train.parquet', ['x-test.json.gz', 'x-train.parquet'], 'x-test.json.gz'],
  ])('%s among %j: %s', (dataset, names, expected) => {
    expect(findHeldOutSibling(dataset, names)).toBe(expected);
  });
});

describe('writing', () => {
  test('beside the dataset, under the next free name', async () => {
    const dataset = join(folder.path, 'mine.jsonl');
    const files = [await writeRecipeBeside(dataset, 'one'), await writeRecipeBeside(dataset, 'two'), await writeRecipeBeside(dataset, 'three')];
    expect(files).toEqual(['mine.tune.yaml', 'mine-2.tune.yaml', 'mine-3.tune.yaml'].map((name) => join(folder.path, name)));
    expect(files.map((file) => readFileSync(file, 'utf8'))).toEqual(['one', 'two', 'three']);
  });

  test('a folder that cannot be written to is an error', async () => {
    await expect(writeRecipeBeside(join(folder.path, 'gone', 'mine.jsonl'), 'x')).rejects.toMatchObject({ code: 'recipe.not-written' });
  });
});
