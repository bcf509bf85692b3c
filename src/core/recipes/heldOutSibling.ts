/** Finds the held-out file that lies beside a training file, by its name. */

import { basename } from 'node:path';
import { datasetStem, parseDatasetName } from '../datasets/extensions.ts';

/** Best first. */
const HELD_OUT_WORDS = ['validation', 'valid', 'val', 'dev', 'heldout', 'eval', 'test'];
const TRAIN_WORDS = ['train', 'training'];

/**
 * @param dataset the training file, name or path
 * @param names the file names in its folder
 * @returns the sibling's name: tickets.jsonl → tickets.heldout.jsonl, x-train.csv → x-test.csv, train.jsonl → validation.jsonl;
 *   undefined when there is none, or when the dataset is itself a held-out file
 */
export function findHeldOutSibling(dataset: string, names: readonly string[]): string | undefined {
  const own = basename(dataset);
  const { base, role } = splitName(own);
  if (role !== undefined && HELD_OUT_WORDS.includes(role)) return undefined;
  let best: string | undefined;
  let bestRank = HELD_OUT_WORDS.length;
  for (const name of names.toSorted()) {
    if (name === own || !parseDatasetName(name)) continue;
    const other = splitName(name);
    const rank = other.role === undefined ? -1 : HELD_OUT_WORDS.indexOf(other.role);
    if (rank === -1 || rank >= bestRank || other.base !== base) continue;
    [best, bestRank] = [name, rank];
  }
  return best;
}

/** "banking77-train.csv" → base "banking77", role "train" */
function splitName(name: string): { readonly base: string; readonly role: string | undefined } {
  const stem = datasetStem(basename(name)).toLowerCase().replace(/held[-_. ]out/g, 'heldout');
  const words = stem.split(/[-_. ]+/);
  const roles = words.filter((word) => HELD_OUT_WORDS.includes(word) || TRAIN_WORDS.includes(word));
  return { base: words.filter((word) => !roles.includes(word)).join('-'), role: roles.at(-1) };
}
