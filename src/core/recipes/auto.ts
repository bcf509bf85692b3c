/** The word "auto" in a recipe: by rule, as if the field were left out, but said. */

import { valueAt, withValue } from './fieldPath.ts';
import { AUTO, RULED_SECTIONS } from './schema.ts';

/** A recipe as plain data without the fields that say "auto" where that may be said. */
export function withoutAuto(value: unknown): unknown {
  let left = value;
  const drop = (path: readonly string[]): void => {
    if (valueAt(left, path) === AUTO) left = withValue(left, path, undefined);
  };
  for (const section of RULED_SECTIONS) {
    const path = section.split('.');
    const fields = valueAt(value, path);
    if (typeof fields === 'object' && fields !== null && !Array.isArray(fields)) for (const field of Object.keys(fields)) drop([...path, field]);
  }
  drop(['dataset', 'split']);
  drop(['technique']);
  return left;
}
