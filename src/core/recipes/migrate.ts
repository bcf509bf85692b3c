/** Reads recipes of older versions of the format, and brings their text up to date. */

import { isMap, isNode, isScalar, parseDocument } from 'yaml';
import { applyEdit, editField } from './edit.ts';
import { valueAt, withValue, type FieldPath } from './fieldPath.ts';
import { RECIPE_VERSION } from './schema.ts';

/** Where a field went, as dotted names. */
const MOVED_FROM_1: Readonly<Record<string, string>> = {
  'training.method': 'peft.method',
  'training.rank': 'peft.rank',
  'training.alpha': 'peft.alpha',
  'training.maxSteps': 'budget.steps',
  'training.beta': 'preference.beta',
  'training.precision': 'overrides.local.precision',
  'training.memoryLimit': 'overrides.local.memoryLimit',
  'training.threads': 'overrides.local.threads',
  'training.checkpointEverySeconds': 'overrides.local.checkpointEverySeconds',
  'training.keepCheckpoints': 'overrides.local.keepCheckpoints',
};

export interface Migrated {
  readonly value: unknown;
  /** the path in the text of a path in `value` */
  readonly origin: (path: readonly PropertyKey[]) => readonly PropertyKey[];
}

/** @param value a recipe as plain data, of any version; what is no recipe is left as it is */
export function migrate(value: unknown): Migrated {
  if (valueAt(value, ['version']) !== 1) return { value, origin: (path) => path };
  let migrated = withValue(value, ['version'], RECIPE_VERSION);
  for (const [from, to] of movesIn(value)) migrated = withValue(withValue(migrated, from, undefined), to, valueAt(value, from));
  const names = new Map(movesIn(value).map(([from, to]) => [to.join('.'), from]));
  return { value: migrated, origin: (path) => names.get(path.map(String).join('.')) ?? path };
}

/**
 * The text of a recipe of version 1 as one of the newest version: fields that moved take their comments along.
 *
 * @throws UserError as `editField`
 */
export function migrateText(text: string): string {
  const document = parseDocument(text, { logLevel: 'error' });
  const value: unknown = document.toJS();
  if (valueAt(value, ['version']) !== 1) return text;
  let now = text;
  const set = (path: FieldPath, to: unknown, comment = ''): void => {
    const edit = editField(now, path, to);
    if (edit) now = applyEdit(now, comment === '' ? edit : { ...edit, text: edit.text.replace(/(\r?\n)?$/, (end) => `  #${comment}${end}`) });
  };
  for (const [from, to] of movesIn(value)) {
    const group: unknown = document.getIn(from.slice(0, -1), true);
    const pair = isMap(group) ? group.items.find(({ key }) => isScalar(key) && key.value === from.at(-1)) : undefined;
    const comment = isNode(pair?.value) && !isMap(group) ? '' : isNode(pair?.value) ? (pair.value.comment ?? '') : '';
    set(from, undefined);
    set(to, valueAt(value, from), comment);
  }
  const emptied = valueAt(value, ['training']) !== undefined && Object.keys((valueAt(parseDocument(now).toJS(), ['training']) ?? {})).length === 0;
  if (emptied) set(['training'], undefined);
  set(['version'], RECIPE_VERSION);
  return now;
}

function movesIn(value: unknown): readonly (readonly [from: FieldPath, to: FieldPath])[] {
  return Object.entries(MOVED_FROM_1).map(([from, to]) => [from.split('.'), to.split('.')] as const).filter(([from]) => valueAt(value, from) !== undefined);
}
