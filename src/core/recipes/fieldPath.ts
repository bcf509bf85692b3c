/** Values by the names that lead to them. */

import { isDeepStrictEqual } from 'node:util';

/** Names of fields and indexes of lists, from the top. */
export type FieldPath = readonly (string | number)[];

/** Groups and lists around a value, as a path names them. */
export function nest(path: FieldPath, value: unknown): unknown {
  return path.reduceRight((inner, key) => (typeof key === 'number' ? [inner] : { [key]: inner }), value);
}

export function valueAt(root: unknown, path: FieldPath): unknown {
  return path.reduce((at: unknown, key) => (isObject(at) && Object.hasOwn(at, key) ? (at as Record<string | number, unknown>)[key] : undefined), root);
}

/** A copy of a value with another one at a path, or without it. */
export function withValue(root: unknown, path: FieldPath, value: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  if (typeof key === 'number') {
    const items: unknown[] = Array.isArray(root) ? [...(root as readonly unknown[])] : [];
    const item = withValue(items[key], rest, value);
    if (item === undefined) items.splice(key, 1);
    else items[key] = item;
    return items;
  }
  const fields = new Map(isObject(root) && !Array.isArray(root) ? Object.entries(root) : []);
  const inner = withValue(fields.get(key), rest, value);
  if (inner === undefined) fields.delete(key);
  else fields.set(key, inner);
  return Object.fromEntries(fields);
}

export function equals(a: unknown, b: unknown): boolean {
  return isDeepStrictEqual(a ?? undefined, b ?? undefined);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
