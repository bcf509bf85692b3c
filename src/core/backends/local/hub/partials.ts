/** Files that are not complete yet: each belongs to one writer at a time, who takes it, or gives it back, by renaming it. */

import { createHash, randomBytes } from 'node:crypto';
import { readdir, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';

import type { Processes } from '../../../jobs/processes.ts';

// Not the name that Python's tools use: they append to theirs under a lock that Node cannot take.
const ENDING = '.tunesmith.incomplete';

/**
 * Makes what an earlier attempt left the caller's own; nothing is left, or another process is at it, there is a new name.
 *
 * @param hash of the complete file
 * @returns the path to append to; it need not exist
 */
export async function claimPartial(blobs: string, hash: string, processes: Processes): Promise<string> {
  const own = join(blobs, `${hash}.${ownerText(processes)}-${randomBytes(3).toString('hex')}${ENDING}`);
  const names = (await readdir(blobs)).filter((name) => name.startsWith(`${hash}.`) && name.endsWith(ENDING) && isFree(name, hash, processes));
  const sized = await Promise.all(names.map(async (name) => ({ name, bytes: await stat(join(blobs, name)).then(({ size }) => size, () => 0) })));
  for (const { name } of sized.sort((a, b) => b.bytes - a.bytes)) {
    // Of two who rename the same file, one fails.
    if (await rename(join(blobs, name), own).then(() => true, () => false)) return own;
  }
  return own;
}

/** Leaves it to the next attempt. */
export async function releasePartial(partial: string, blobs: string, hash: string): Promise<void> {
  await rename(partial, join(blobs, `${hash}${ENDING}`)).catch(() => undefined); // there may be nothing yet
}

/** Bytes that a new attempt would not have to load again. */
export async function partialBytes(blobs: string, hash: string): Promise<number> {
  return stat(join(blobs, `${hash}${ENDING}`)).then(({ size }) => size, () => 0);
}

function ownerText({ self }: Processes): string {
  return `${hostText(self.host)}-${self.pid}-${self.born || '0'}`;
}

function isFree(name: string, hash: string, processes: Processes): boolean {
  if (name === `${hash}${ENDING}`) return true;
  const [host, pid, born] = name.slice(hash.length + 1, -ENDING.length).split('-');
  const isHere = host === hostText(processes.self.host);
  return isHere && !processes.isAlive({ host: processes.self.host, pid: Number(pid), born: born === '0' ? '' : born ?? '' });
}

function hostText(host: string): string {
  return createHash('sha256').update(host).digest('hex').slice(0, 8);
}
