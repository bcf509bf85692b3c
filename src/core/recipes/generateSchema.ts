/** Writes media/recipe.schema.json, which editors use for completion and hovers in recipes. */

import { readFile, writeFile } from 'node:fs/promises';
import { toJSONSchema } from 'zod/mini';
import { recipeSchema } from './schema.ts';

export const SCHEMA_FILE = new URL('../../../media/recipe.schema.json', import.meta.url);

/** The schema file's text. */
export function generateSchema(): string {
  const { $schema, ...schema } = toJSONSchema(recipeSchema, { target: 'draft-7' });
  return `${JSON.stringify({ $schema, title: 'Tunesmith recipe', ...schema }, undefined, 2)}\n`;
}

if (import.meta.main) {
  const text = generateSchema();
  const before = await readFile(SCHEMA_FILE, 'utf8').catch(() => '');
  if (before !== text) await writeFile(SCHEMA_FILE, text);
  process.stdout.write(before === text ? 'media/recipe.schema.json is up to date.\n' : 'Wrote media/recipe.schema.json.\n');
}
