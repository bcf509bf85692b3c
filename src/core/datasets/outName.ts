/** Keeps a file from getting a name that says it holds something else, so that nothing could read it. */

import { basename } from 'node:path';

import { UserError } from '../errors.ts';
import { parseDatasetName, type DatasetKind } from './extensions.ts';

const WRITTEN = {
  jsonl: { title: 'JSON Lines', ending: '.jsonl' },
  json: { title: 'a JSON list', ending: '.json' },
  csv: { title: 'CSV', ending: '.csv' },
} as const;

/** JSON Lines are read from .json, too. */
const KINDS: Readonly<Record<keyof typeof WRITTEN, readonly DatasetKind[]>> = { jsonl: ['jsonl', 'json'], json: ['json'], csv: ['csv'] };

/**
 * @param family begins the code, as in "dataset.convert.bad-name"
 * @param written what the file will hold; other endings than those of datasets say nothing about it
 * @throws UserError "….bad-name"
 */
export function requireName(family: string, out: string, written: keyof typeof WRITTEN): void {
  const named = parseDatasetName(out);
  if (!named || KINDS[written].includes(named.kind)) return;
  const { title, ending } = WRITTEN[written];
  throw new UserError(`${family}.bad-name`, `${basename(out)} ends in ${named.extension}, but what is written is ${title}.`, `Let the name after --out end in ${ending}`, { place: { file: out } });
}

/** Whether what is written is to be compressed. */
export function isGzipName(out: string): boolean {
  return /\.gz$/i.test(out);
}
