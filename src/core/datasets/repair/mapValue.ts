/** Changes values inside of values, and gives back the very same object where nothing changes. */

import type { Fields } from '../example.ts';
import { isRawNumber } from './rawNumbers.ts';

/** @param changes new values of some fields; an own property is defined for each, so that `__proto__` is a field */
export function mapFields(fields: Fields, changes: Fields): Fields {
  const changed = Object.entries(changes).filter(([key, value]) => value !== fields[key] || !Object.hasOwn(fields, key));
  return changed.length === 0 ? fields : Object.fromEntries([...Object.entries(fields), ...changed]);
}

export function mapList(list: readonly unknown[], change: (item: unknown, index: number) => unknown): readonly unknown[] {
  const changed = list.map(change);
  return changed.some((item, index) => item !== list[index]) ? changed : list;
}

/** All texts, but no names of fields. @throws RangeError when the value is nested deeper than calls may be */
export function mapStrings<T>(value: T, change: (text: string) => string): T {
  return mapAny(value, change) as T;
}

function mapAny(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  if (typeof value !== 'object' || value === null || isRawNumber(value)) return value;
  if (Array.isArray(value)) return mapList(value, (item) => mapAny(item, change));
  let changes: [string, unknown][] | undefined;
  for (const key of Object.keys(value)) {
    const held: unknown = (value as Fields)[key];
    const changed = mapAny(held, change);
    if (changed !== held) (changes ??= []).push([key, changed]);
  }
  return changes ? Object.fromEntries([...Object.entries(value), ...changes]) : value;
}

/** Whether lists and objects are in each other more often than this. Looks without calling itself. */
export function isDeeperThan(value: unknown, most: number): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > most) return true;
    const inner: unknown[] = [];
    for (const one of level) if (typeof one === 'object' && one !== null) for (const held of Object.values(one) as unknown[]) if (typeof held === 'object') inner.push(held);
    level = inner;
  }
  return false;
}
