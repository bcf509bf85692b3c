/** Writes media/recipe.schema.json, which editors use for completion and hovers in recipes. */

import { readFile, writeFile } from 'node:fs/promises';
import { toJSONSchema } from 'zod/mini';
import { AUTO, recipeSchema, RULED_SECTIONS } from './schema.ts';

export const SCHEMA_FILE = new URL('../../../media/recipe.schema.json', import.meta.url);

/** The schema file's text. */
export function generateSchema(): string {
  const { $schema, ...schema } = toJSONSchema(recipeSchema, { target: 'draft-7' });
  for (const section of RULED_SECTIONS) allowAuto(section.split('.').reduce<JsonSchema>((at, name) => at.properties?.[name] ?? {}, schema as JsonSchema));
  return `${JSON.stringify({ $schema, title: 'Tunesmith recipe', ...schema }, undefined, 2)}\n`;
}

interface JsonSchema {
  readonly properties?: Record<string, JsonSchema>;
  readonly description?: string;
}

/** Says of each field of a group that a rule may choose it. */
function allowAuto({ properties = {} }: JsonSchema): void {
  for (const [name, { description, ...field }] of Object.entries(properties)) {
    properties[name] = { ...(description !== undefined && { description }), anyOf: [field, { const: AUTO, description: 'Chosen by rule.' }] } as JsonSchema;
  }
}

if (import.meta.main) {
  const text = generateSchema();
  const before = await readFile(SCHEMA_FILE, 'utf8').catch(() => '');
  if (before !== text) await writeFile(SCHEMA_FILE, text);
  process.stdout.write(before === text ? 'media/recipe.schema.json is up to date.\n' : 'Wrote media/recipe.schema.json.\n');
}
