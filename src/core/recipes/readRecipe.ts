/** Reads a recipe file into a complete recipe, or says which line is wrong. */

import { readFile } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { estimateRows } from '../datasets/estimateRows.ts';
import { findCached, hubCacheFolder } from '../backends/local/hub/hubCache.ts';
import { parseHubId } from '../backends/local/hub/hubId.ts';
import { UserError } from '../errors.ts';
import { formatCount, formatQuantity } from '../wording/numbers.ts';
import { parseRecipe, type RecipeFault } from './document.ts';
import { isModelFolder, readModelFacts, resolveModelRef, STARTER, STARTER_FACTS, type ModelFacts } from './models.ts';
import { curatedFacts, curatedModel } from './curatedModels.ts';
import type { Recipe } from './recipe.ts';
import { resolveRecipe, type ResolvedRecipe } from './resolve.ts';

export interface ReadRecipeOptions {
  /** the folder of the starter model, for defaults that depend on its width */
  readonly starterFolder?: string;
  /** default: where all tools keep what they download from the hub */
  readonly hubCache?: string;
  /** rows of the training file, if they are known already; else its lines are counted */
  readonly rows?: number;
  readonly longestRowCharacters?: number;
}

/**
 * Reads and completes a recipe. Paths in it are relative to its folder; whether they lead anywhere is checked by who opens them.
 *
 * @throws UserError "recipe.missing-file", "recipe.unreadable", or the code of the first fault, with file, line and field
 */
export async function readRecipe(file: string, options: ReadRecipeOptions = {}): Promise<Recipe> {
  return (await explainRecipe(file, options)).recipe;
}

/** As `readRecipe`, with the reason for every value. */
export async function explainRecipe(file: string, options: ReadRecipeOptions = {}): Promise<ResolvedRecipe> {
  const { draft, faults } = parseRecipe(await readText(file));
  if (!draft) throw firstFault(file, faults);
  const folder = dirname(file);
  const hasModelFolder = await isModelFolder(draft.baseModel, folder);
  return resolveRecipe(draft, file, {
    hasModelFolder,
    rows: options.rows ?? (await estimateRows(resolve(folder, draft.dataset.train))),
    longestRowCharacters: options.longestRowCharacters,
    model: await modelFacts(resolveModelRef(draft.baseModel, folder, hasModelFolder), options),
  });
}

async function readText(file: string): Promise<string> {
  const name = basename(file);
  const place = { file };
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    throw code === 'ENOENT'
      ? new UserError('recipe.missing-file', `The recipe ${name} does not exist.`, 'Check the path, or make a recipe from a dataset', { cause, place })
      : new UserError('recipe.unreadable', `The recipe ${name} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}.`, 'Check that it is a file you may read', { cause, place });
  }
}

function firstFault(file: string, faults: readonly RecipeFault[]): UserError {
  const [first] = faults;
  if (!first) return new UserError('recipe.not-a-recipe', `${basename(file)} holds no recipe.`, 'Correct the file', { place: { file } });
  const others = faults.length - 1;
  const more = others === 0 ? '' : ` (and ${formatQuantity(others, 'more fault')})`;
  const message = `Line ${formatCount(first.line)} of ${basename(file)}: ${first.message.replace(/\.$/, '')}${more}.`;
  const field = first.field === undefined || first.field === '' ? {} : { field: first.field };
  return new UserError(first.code, message, first.remedy, { place: { file, row: first.line, ...field } });
}

/**
 * What defaults depend on, of a model that may not be there.
 *
 * @param ref as in a `Recipe`
 */
export async function modelFacts(ref: string, { starterFolder, hubCache = hubCacheFolder() }: ReadRecipeOptions): Promise<ModelFacts | undefined> {
  if (ref === STARTER) return (starterFolder === undefined ? undefined : await readModelFacts(starterFolder)) ?? STARTER_FACTS;
  const id = parseHubId(ref);
  if (!id) return readModelFacts(ref);
  const cached = await findCached(hubCache, id);
  const listed = curatedModel(id.name);
  return (cached && await readModelFacts(cached.folder)) ?? (listed && curatedFacts(listed));
}
