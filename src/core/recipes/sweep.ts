/** Expands the sweep of a recipe into recipes of one job each. */

import { UserError } from '../errors.ts';
import { formatCount } from '../wording/numbers.ts';
import { parseRecipe } from './document.ts';
import { applyEdit, editField } from './edit.ts';
import { LONGEST_NAME } from './schema.ts';

export type SweepValue = string | number | boolean;

export interface SweepRun {
  /** "learningRate 0.0002, rank 8" */
  readonly label: string;
  /** by the dotted names of the fields */
  readonly values: Readonly<Record<string, SweepValue>>;
  /** the recipe of this run: comments and all, without the sweep */
  readonly text: string;
}

/** More jobs than anybody waits for; a larger one is a slip of the pen. */
export const MOST_RUNS = 100;

type Range = { readonly from: number; readonly to: number; readonly count: number; readonly scale?: 'linear' | 'log' | undefined };

/**
 * @param text of a recipe
 * @returns every combination of the values, the last field varying fastest; none where the recipe has no sweep
 * @throws UserError "recipe.sweep.too-many", "recipe.sweep.bad-range"; the code of the first fault when a run would be no valid
 *   recipe, or the recipe itself is none
 */
export function expandSweep(text: string): readonly SweepRun[] {
  const { draft, faults } = parseRecipe(text);
  const fault = faults[0];
  if (!draft) throw new UserError(fault?.code ?? 'recipe.not-a-recipe', fault?.message ?? 'The file holds no recipe.', fault?.remedy ?? 'Correct the file');
  if (!draft.sweep) return [];
  const fields = Object.entries(draft.sweep).map(([field, given]) => ({ field, values: Array.isArray(given) ? given : valuesOf(field, given) }));
  const count = fields.reduce((product, { values }) => product * values.length, 1);
  if (count > MOST_RUNS) {
    throw new UserError('recipe.sweep.too-many', `The sweep would make ${formatCount(count)} jobs; the most is ${MOST_RUNS}.`, 'Leave out values, or sweep over fewer fields');
  }
  const combinations = fields.reduce<readonly Record<string, SweepValue>[]>((made, { field, values }) => made.flatMap((one) => values.map((value) => ({ ...one, [field]: value }))), [{}]);
  return combinations.map((values) => makeRun(text, draft.name, values));
}

function makeRun(text: string, name: string, values: Readonly<Record<string, SweepValue>>): SweepRun {
  const label = Object.entries(values).map(([field, value]) => `${field.split('.').at(-1) ?? field} ${value}`).join(', ');
  let made = edit(text, 'sweep', undefined);
  for (const [field, value] of Object.entries(values)) made = edit(made, field, value);
  made = edit(made, 'name', `${name}: ${label}`.slice(0, LONGEST_NAME).trim());
  const fault = parseRecipe(made).faults[0];
  if (fault) throw new UserError(fault.code, `The sweep makes no valid recipe with ${label}: ${fault.message}`, fault.remedy);
  return { label, values, text: made };
}

function edit(text: string, field: string, value: SweepValue | undefined): string {
  const change = editField(text, field.split('.'), value);
  return change ? applyEdit(text, change) : text;
}

/** Evenly between both ends, or on a logarithmic scale, to three digits; whole where both ends are. */
function valuesOf(field: string, { from, to, count, scale }: Range): readonly number[] {
  const isLog = scale === 'log';
  if (isLog && (from <= 0 || to <= 0)) {
    throw new UserError('recipe.sweep.bad-range', `The range of "${field}" is logarithmic and reaches ${Math.min(from, to)}.`, 'Let both ends be greater than 0, or write "scale: linear"');
  }
  const isWhole = Number.isInteger(from) && Number.isInteger(to);
  const at = (share: number): number => (isLog ? from * (to / from) ** share : from + (to - from) * share);
  const values = Array.from({ length: count }, (_, index) => at(index / (count - 1))).map((value) => (isWhole ? Math.round(value) : Number(value.toPrecision(3))));
  return [...new Set(values)];
}
