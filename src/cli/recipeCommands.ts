/** The commands about recipes themselves: why each value is what it is. */

import { resolve } from 'node:path';
import { UserError } from '../core/errors.ts';
import { nearestWord } from '../core/wording/lists.ts';
import { EXIT } from './exitCodes.ts';
import type { JsonOption } from './jobCommands.ts';
import type { Services } from './services.ts';
import { columns } from './terminal.ts';

/** @param field dotted, to be told of this one only */
export async function explainRecipeFile({ terminal, explainRecipe }: Pick<Services, 'terminal' | 'explainRecipe'>, file: string, field: string | undefined, options: JsonOption): Promise<number> {
  const { explainFields } = await import('../core/recipes/explain.ts');
  const all = explainFields(await explainRecipe(resolve(file)));
  const fields = field === undefined ? all : all.filter((one) => one.field === field || one.field.endsWith(`.${field}`));
  if (fields.length === 0) throw unknownField(field ?? '', all.map((one) => one.field));
  if (options.json) terminal.json(fields);
  else if (field === undefined) terminal.print(columns(['FIELD', 'VALUE', 'WHY', 'SOURCE'], fields.map((one) => [one.field, String(one.value ?? 'none'), one.reason, one.source]), terminal));
  else terminal.print(fields.map((one) => `${terminal.bold(`${one.field}: ${one.value ?? 'none'}`)}\n${one.means}\nWhy: ${one.reason}\nSource: ${one.source}`).join('\n\n'));
  return EXIT.ok;
}

function unknownField(field: string, known: readonly string[]): UserError {
  const meant = nearestWord(field, [...known, ...known.map((name) => name.split('.').at(-1) ?? name)]);
  return new UserError('recipe.field.unknown', `No rule chooses "${field}" in this recipe.`, meant === undefined ? 'Leave the field out to see all of them' : `Did you mean "${meant}"?`);
}
