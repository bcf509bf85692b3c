/** Turns what the schema objects to into words: the field, what it must be, and what was probably meant. */

import { looksLikePinnedHubId, parseHubId } from '../backends/local/hub/hubId.ts';
import { formatList, nearestWord, quoteBriefly } from '../wording/lists.ts';
import * as z from 'zod/mini';
import { recipeSchema, RECIPE_VERSION } from './schema.ts';

/** A fault of a recipe's content; `document.ts` adds its place. */
export interface FieldFault {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
  /** from the root; the place is the key for an unknown field, else the value, else what should hold it */
  readonly path: readonly PropertyKey[];
  readonly isAboutKey: boolean;
}

type Issue = NonNullable<ReturnType<typeof recipeSchema.safeParse>['error']>['issues'][number];

/** The path in the text, of a path in what an older recipe was brought to. */
type Origin = (path: readonly PropertyKey[]) => readonly PropertyKey[];

/** @param value the whole document as plain data, of the newest version */
export function describeIssue(issue: Issue, value: unknown, origin: Origin = (path) => path): readonly FieldFault[] {
  const found = valueAt(value, issue.path);
  const path = origin(issue.path);
  const field = fieldName(path);
  const fault = (code: string, message: string, remedy: string): readonly FieldFault[] => [{ code, message, remedy, path, isAboutKey: false }];
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownField(path, key));
  if (found === undefined && path.length > 0) {
    return fault('recipe.field.missing', `"${field}" is missing.`, missingRemedy(field));
  }
  switch (issue.code) {
    case 'invalid_type':
      return path.length === 0
        ? fault('recipe.not-a-recipe', 'The file holds no recipe.', `Start with "version: ${RECIPE_VERSION}", "name:", "baseModel:" and "dataset:"`)
        : fault('recipe.field.type', `"${field}" must be ${typeInWords(issue.expected)}, not ${valueInWords(found)}.`, 'Correct the value');
    case 'invalid_value': {
      if (field === 'version') return [versionFault(found, path)];
      const allowed = issue.values.map((one) => JSON.stringify(one));
      const meant = typeof found === 'string' ? nearestWord(found, issue.values.map(String)) : undefined;
      return fault('recipe.field.value', `"${field}" must be ${formatList(allowed, 'or')}, not ${valueInWords(found)}.`, meant === undefined ? `Write ${formatList(allowed, 'or')}` : `Write "${meant}"`);
    }
    case 'too_small':
      if (issue.origin === 'string') return fault('recipe.field.value', `"${field}" is empty.`, 'Fill it in');
      return fault('recipe.field.range', `"${field}" must be ${issue.inclusive === false ? 'above' : 'at least'} ${issue.minimum}, not ${valueInWords(found)}.`, 'Correct the value');
    case 'too_big':
      if (issue.origin === 'string') return fault('recipe.field.value', `"${field}" is longer than ${issue.maximum} characters.`, 'Shorten it');
      return fault('recipe.field.range', `"${field}" must be ${issue.inclusive === false ? 'below' : 'at most'} ${issue.maximum}, not ${valueInWords(found)}.`, 'Correct the value');
    default:
      return fault('recipe.field.value', `"${field}" cannot be ${valueInWords(found)}.`, 'Correct the value');
  }
}

/** What no single field's range can say. */
export function describeConflicts(value: unknown, origin: Origin = (path) => path): readonly FieldFault[] {
  const faults: FieldFault[] = [];
  const base = valueAt(value, ['baseModel']);
  if (typeof base === 'string' && looksLikePinnedHubId(base) && !parseHubId(base)) {
    faults.push({
      code: 'recipe.base-model.invalid', message: `"baseModel" is not the name of a model on the hub: ${quoteBriefly(base)}.`,
      remedy: 'Write "org/name" or "org/name@revision" as on the page of the model', path: ['baseModel'], isAboutKey: false,
    });
  }
  const conflict = (path: readonly string[], message: string, remedy: string): void =>
    void faults.push({ code: 'recipe.field.conflict', message, remedy, path: origin(path), isAboutKey: true });
  if (valueAt(value, ['dataset', 'validation']) !== undefined && valueAt(value, ['dataset', 'split']) !== undefined) {
    conflict(['dataset', 'split'], '"dataset.split" has no meaning beside "dataset.validation".', 'Remove one of the two');
  }
  for (const path of [['peft', 'rank'], ['peft', 'alpha'], ['overrides', 'local', 'precision']]) {
    if (valueAt(value, ['peft', 'method']) === 'full' && valueAt(value, path) !== undefined) {
      conflict(path, `"${fieldName(origin(path))}" belongs to LoRA and has no meaning with "method: full".`, 'Remove it, or write "method: lora"');
    }
  }
  return faults;
}

/** Field names by the section that holds them; '' is the recipe itself. */
const FIELDS_OF: ReadonlyMap<string, readonly string[]> = new Map(sections('', recipeSchema));

/** Every group of fields of the schema by its dotted name, outermost first. */
function sections(name: string, schema: unknown): readonly (readonly [string, readonly string[]])[] {
  const inner = schema instanceof z.ZodMiniOptional ? schema.def.innerType : schema;
  if (!(inner instanceof z.ZodMiniObject)) return [];
  const fields = Object.entries(inner.shape);
  return [[name, fields.map(([field]) => field)], ...fields.flatMap(([field, one]) => sections(name === '' ? field : `${name}.${field}`, one))];
}

function unknownField(path: readonly PropertyKey[], key: string): FieldFault {
  const section = fieldName(path);
  const fields = FIELDS_OF.get(section) ?? [];
  const message = `${quoteBriefly(key)} is not a field of ${section === '' ? 'a recipe' : `"${section}"`}.`;
  const fault = (remedy: string): FieldFault => ({ code: 'recipe.field.unknown', message, remedy, path: [...path, key], isAboutKey: true });
  const meant = nearestWord(key, fields);
  if (meant !== undefined) return fault(`Did you mean "${meant}"?`);
  for (const [other, others] of FIELDS_OF) {
    if (other !== section && others.includes(key)) return fault(other === '' ? 'Move it out to the left margin' : `Move it under "${other}"`);
  }
  return fault(`Remove it; the fields here are ${formatList(fields)}`);
}

function versionFault(found: unknown, path: readonly PropertyKey[]): FieldFault {
  const isNewer = typeof found === 'number' && found > RECIPE_VERSION;
  return {
    code: isNewer ? 'recipe.newer-version' : 'recipe.field.value',
    message: isNewer ? `The recipe has version ${found}; this Tunesmith knows version ${RECIPE_VERSION}.` : `"version" must be ${RECIPE_VERSION}, not ${valueInWords(found)}.`,
    remedy: isNewer ? 'Update Tunesmith' : `Write "version: ${RECIPE_VERSION}"`,
    path,
    isAboutKey: false,
  };
}

function missingRemedy(field: string): string {
  switch (field) {
    case 'version':
      return `Add "version: ${RECIPE_VERSION}"`;
    case 'baseModel':
      return 'Add "baseModel: starter", or the folder of a model';
    case 'dataset':
    case 'dataset.train':
      return 'Name the file of training rows with "train:" under "dataset:"';
    default:
      return `Add "${field}"`;
  }
}

export function fieldName(path: readonly PropertyKey[]): string {
  return path.map(String).join('.');
}

export function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let at = value;
  for (const key of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return undefined;
    at = (at as Record<PropertyKey, unknown>)[key];
  }
  return at;
}

function typeInWords(expected: string): string {
  switch (expected) {
    case 'int':
      return 'a whole number';
    case 'number':
      return 'a number';
    case 'string':
      return 'text';
    case 'object':
      return 'a group of fields';
    default:
      return expected;
  }
}

function valueInWords(value: unknown): string {
  if (value === null || value === undefined) return 'empty';
  if (typeof value === 'string') return `the text ${quoteBriefly(value)}`;
  if (typeof value === 'object') return Array.isArray(value) ? 'a list' : 'a group of fields';
  return typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint' ? String(value) : `a ${typeof value}`;
}
