/** The data of a job says what makes its result less telling. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Recipe } from '../../../src/core/recipes/recipe.ts';
import { readRecipe } from '../../../src/core/recipes/readRecipe.ts';
import { loadChatTokenizer } from '../../../src/engine/text/chatTokenizer.ts';
import { prepareData } from '../../../src/runner/jobData.ts';

let folder = '';
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'data-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function rows(...prompts: string[]): string {
  return prompts.map((prompt) => `${JSON.stringify({ prompt, completion: 'yes' })}\n`).join('');
}

async function recipe(dataset: string): Promise<Recipe> {
  writeFileSync(join(folder, 'x.tune.yaml'), `version: 2\nname: x\nbaseModel: starter\ndataset:\n  train: train.jsonl\n  ${dataset}\n`);
  return readRecipe(join(folder, 'x.tune.yaml'));
}

it('warns of held-out rows that are trained on', async () => {
  writeFileSync(join(folder, 'train.jsonl'), rows('a', 'b', 'c', 'd'));
  writeFileSync(join(folder, 'held.jsonl'), rows('e', 'b', 'f'));
  const tokenizer = await loadChatTokenizer(join(import.meta.dirname, '../../../media/starter'));
  const prepare = async (dataset: string) => prepareData(await recipe(dataset), tokenizer, new AbortController().signal, () => Promise.resolve());
  expect((await prepare('validation: held.jsonl')).findings.map(({ message }) => message))
    .toEqual(['Line 2 of the held-out file asks a prompt that is also trained on. The comparison flatters the tuned model.']);
  expect((await prepare('split: 0.25')).findings).toEqual([]);
});

it('takes a sample of many held-out rows, for the loss as for the comparison', async () => {
  writeFileSync(join(folder, 'train.jsonl'), rows('a', 'b'));
  writeFileSync(join(folder, 'held.jsonl'), rows(...Array.from({ length: 700 }, (_, index) => `question ${index}`)));
  const tokenizer = await loadChatTokenizer(join(import.meta.dirname, '../../../media/starter'));
  const data = await prepareData(await recipe('validation: held.jsonl'), tokenizer, new AbortController().signal, () => Promise.resolve());
  expect([data.heldOut.length, data.validation.length, data.heldOutRows]).toEqual([500, 500, 700]);
  expect(data.validation.map(({ row }) => row)).toEqual(data.heldOut.map(({ row }) => row));
});

it('puts the recipe\'s system message before rows that have none, and keeps it', async () => {
  writeFileSync(join(folder, 'train.jsonl'), rows('a', 'b'));
  const tokenizer = await loadChatTokenizer(join(import.meta.dirname, '../../../media/starter'));
  const plain = await recipe('split: 0.5');
  const told = { ...plain, prompt: { system: 'Be kind.' } };
  const prepare = (one: Recipe) => prepareData(one, tokenizer, new AbortController().signal, () => Promise.resolve());
  const [without, withIt] = [await prepare(plain), await prepare(told)];
  expect([without.systemPrompt, withIt.systemPrompt]).toEqual([undefined, 'Be kind.']);
  expect(withIt.heldOut[0]?.messages[0]).toEqual({ role: 'system', content: 'Be kind.' });
  expect(withIt.train[0]?.ids.length).toBeGreaterThan(without.train[0]?.ids.length ?? Infinity);
});
