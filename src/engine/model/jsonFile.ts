/** Reads a JSON file of a model folder, with errors that name the file. */

import { readFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';

import { UserError } from '../errors.ts';

/**
 * @returns the parsed content, or undefined when there is no such file
 * @throws UserError "model.file.invalid" when it cannot be read or is not JSON
 */
export async function readOptionalJson(file: string): Promise<unknown> {
  const text = await readOptionalText(file);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw invalid(file, `is not valid JSON: ${(cause as SyntaxError).message}`, cause);
  }
}

/**
 * @throws UserError "model.file.missing", and as `readOptionalJson`
 */
export async function readJson(file: string): Promise<unknown> {
  const json = await readOptionalJson(file);
  if (json !== undefined) return json;
  throw new UserError(
    'model.file.missing',
    `The model folder ${dirname(file)} has no ${basename(file)}.`,
    'Choose a folder in Hugging Face layout, or download the model again.',
    { place: { file } },
  );
}

/** As `readOptionalJson`, for text. */
export async function readOptionalText(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw invalid(file, `could not be read: ${(cause as Error).message}`, cause);
  }
}

function invalid(file: string, what: string, cause: unknown): UserError {
  return new UserError('model.file.invalid', `${basename(file)} ${what}.`, 'Download the model again.', { cause, place: { file } });
}
