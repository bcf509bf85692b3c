/** Where the token for gated models comes from, and what makes sure that it goes nowhere else. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { UserError } from '../../../errors.ts';
import { hubHome } from './hubCache.ts';

/** Asked anew for each download, so that a sign-out counts at once. */
export type TokenProvider = () => Promise<string | undefined>;

/** What the command line and Python's tools use: `HF_TOKEN`, else the file that `hf auth login` writes. */
export function environmentToken(environment: NodeJS.ProcessEnv = process.env): TokenProvider {
  return async () => {
    const named = environment['HF_TOKEN']?.trim() || environment['HUGGING_FACE_HUB_TOKEN']?.trim();
    if (named) return named;
    const file = environment['HF_TOKEN_PATH'] || join(hubHome(environment), 'token');
    return (await readFile(file, 'utf8').catch(() => '')).trim() || undefined;
  };
}

/**
 * Refuses what could not be sent in a header, before a library's error would quote it.
 *
 * @throws UserError "hub.token.invalid", without the token
 */
export function checkedToken(token: string | undefined): string | undefined {
  if (token === undefined || token === '') return undefined;
  if (/^[\x21-\x7e]{8,200}$/.test(token)) return token;
  throw new UserError('hub.token.invalid', 'The Hugging Face token is not one: it holds blanks or other characters that no token has.',
    'Copy it again from https://huggingface.co/settings/tokens.');
}
