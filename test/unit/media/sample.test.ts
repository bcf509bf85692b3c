/** The sample project: made by its generator, nothing held out is trained on, and a recipe that fits the files. */

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { makeTickets, SAMPLE_SEED, skeleton, SYSTEM, writeSample } from '../../../media/sample/generate.ts';
import { TEAMS } from '../../../media/sample/teams.ts';
import { parse } from 'yaml';
import { recipeSchema } from '../../../src/core/recipes/schema.ts';

const SAMPLE = join(import.meta.dirname, '../../../media/sample');

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sample-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Row {
  readonly messages: readonly { readonly role: string; readonly content: string }[];
}

async function rowsOf(file: string): Promise<Row[]> {
  return (await readFile(join(SAMPLE, file), 'utf8')).trimEnd().split('\n').map((line) => JSON.parse(line) as Row);
}

describe('the committed files', () => {
  test('are what the generator writes', async () => {
    await writeSample(folder, SAMPLE_SEED);
    for (const file of ['tickets.jsonl', 'tickets.heldout.jsonl']) {
      expect(await readFile(join(SAMPLE, file), 'utf8')).toBe(await readFile(join(folder, file), 'utf8'));
    }
  });

  test('hold conversations of instruction, ticket and team', async () => {
    const names = TEAMS.map(({ name }) => name);
    for (const [file, count] of [['tickets.jsonl', 1000], ['tickets.heldout.jsonl', 200]] as const) {
      const rows = await rowsOf(file);
      expect(rows).toHaveLength(count);
      for (const { messages } of rows) {
        expect(messages.map(({ role }) => role)).toEqual(['system', 'user', 'assistant']);
        expect(messages[0].content).toBe(SYSTEM);
        expect(messages[1].content).not.toMatch(/[{}()|]/);
        expect(names).toContain(messages[2].content);
      }
    }
  });

  test('fit the recipe, whose fields are valid', async () => {
    const recipe = recipeSchema.parse(parse(await readFile(join(SAMPLE, 'ticket-routing.tune.yaml'), 'utf8')));
    expect(recipe).toMatchObject({ baseModel: 'starter', dataset: { train: 'tickets.jsonl', validation: 'tickets.heldout.jsonl' } });
  });
});

describe.each([SAMPLE_SEED, 1, 2])('seed %d', (seed) => {
  const { train, heldout } = makeTickets(seed);

  test('repeats no ticket, within a file or across them, whatever its capitals, numbers and punctuation', () => {
    const keys = [...train, ...heldout].map(({ text }) => skeleton(text));
    expect(new Set(keys).size).toBe(1200);
  });

  test('gives every team its share', () => {
    for (const { name } of TEAMS) {
      expect(train.filter(({ team }) => team === name).length).toBeGreaterThanOrEqual(83);
      expect(heldout.filter(({ team }) => team === name).length).toBeGreaterThanOrEqual(16);
    }
  });
});

test('no wording is both for training and held out only', () => {
  const train = new Set(TEAMS.flatMap(({ train: patterns }) => patterns));
  expect(TEAMS.flatMap(({ heldout }) => heldout).filter((pattern) => train.has(pattern))).toEqual([]);
});
