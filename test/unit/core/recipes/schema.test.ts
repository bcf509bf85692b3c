/** The JSON schema that editors use is the one generated from the recipe's schema. */

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { generateSchema, SCHEMA_FILE } from '../../../../src/core/recipes/generateSchema.ts';

test('media/recipe.schema.json is up to date (npm run schema writes it)', () => {
  expect(readFileSync(SCHEMA_FILE, 'utf8')).toBe(generateSchema());
});

test('every field has a description', () => {
  const undescribed: string[] = [];
  const walk = (name: string, node: { properties?: Record<string, { description?: string }>; description?: string }): void => {
    if (!node.description) undescribed.push(name);
    for (const [field, child] of Object.entries(node.properties ?? {})) walk(`${name}.${field}`, child);
  };
  walk('recipe', JSON.parse(generateSchema()) as Parameters<typeof walk>[1]);
  expect(undescribed).toEqual([]);
});
