/** Every number of a recipe with its reason: what the file says or a rule chose, why, and who says so. */

import { toJSONSchema } from 'zod/mini';
import type { Chosen } from './defaults.ts';
import type { ResolvedRecipe } from './resolve.ts';
import { FIELD_PATHS, type RuledField } from './ruledFields.ts';
import { recipeSchema } from './schema.ts';

export interface ExplainedField {
  /** dotted, as in the file */
  readonly field: string;
  /** undefined where no limit is set */
  readonly value: string | number | boolean | undefined;
  /** one short clause */
  readonly reason: string;
  readonly source: string;
  readonly from: 'recipe' | 'rule';
  /** what the field is, for who does not know */
  readonly means: string;
}

/** All fields that rules choose, those of the recipe included, in the order of the file. */
export function explainFields({ training, rl, split, recipe: { technique } }: ResolvedRecipe): readonly ExplainedField[] {
  const meanings = descriptions();
  const explained = (field: string, { value, reason, source, from }: Chosen<ExplainedField['value']>): ExplainedField => ({ field, value, reason, source, from, means: meanings.get(field) ?? '' });
  const isMeant = (field: RuledField): boolean =>
    (field !== 'beta' || technique === 'dpo') && (training.method.value === 'lora' || (field !== 'rank' && field !== 'alpha' && field !== 'precision'));
  const ruled = (Object.keys(FIELD_PATHS) as RuledField[]).filter(isMeant).map((field) => explained(FIELD_PATHS[field], training[field]));
  const rewarded = Object.entries(rl ?? {}).map(([name, chosen]) => explained(`rl.${name}`, chosen));
  return [...(split ? [explained('dataset.split', split)] : []), ...ruled, ...rewarded];
}

/** @param field dotted; @returns the schema's sentence about it, empty for what is no field */
export function describeField(field: string): string {
  return descriptions().get(field) ?? '';
}

function descriptions(): ReadonlyMap<string, string> {
  return new Map(describe('', toJSONSchema(recipeSchema, { target: 'draft-7' }) as JsonSchema));
}

interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly description?: string;
}

function describe(name: string, { properties = {}, description = '' }: JsonSchema): readonly (readonly [string, string])[] {
  return [[name, description], ...Object.entries(properties).flatMap(([field, schema]) => describe(name === '' ? field : `${name}.${field}`, schema))];
}
