/** Makes a folder of files appear whole or not at all. */

import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rename, rm, rmdir, stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';

import { UserError } from '../errors.ts';

/** Small files beside the weights, and what the file system itself takes. */
const SPARE_BYTES = 1 << 20;

/**
 * Runs `work` in a temporary folder beside the target, then gives it the target's name. When anything fails, the
 * temporary folder goes and the target is as it was.
 *
 * @param bytes about how much will be written
 * @throws UserError "export.target.exists" when there is something already, "export.disk.full", "file.write.failed",
 *   and whatever `work` throws
 */
export async function inStagedFolder<T>(target: string, bytes: number, work: (folder: string) => Promise<T>): Promise<T> {
  await refuseExisting(target);
  const staging = `${target}.${randomBytes(4).toString('hex')}.unfinished`;
  try {
    await mkdir(dirname(target), { recursive: true });
    await requireRoom(dirname(target), bytes);
    await mkdir(staging);
    const result = await work(staging);
    // An empty folder is what a folder dialog leaves behind.
    await rmdir(target).catch(() => undefined);
    await rename(staging, target);
    return result;
  } catch (cause) {
    await rm(staging, { recursive: true, force: true });
    throw asUserError(cause, target);
  }
}

async function refuseExisting(target: string): Promise<void> {
  const found = await stat(target).catch(() => undefined);
  if (found === undefined) return;
  if (found.isDirectory() && (await readdir(target)).length === 0) return;
  throw new UserError('export.target.exists', `${target} is there already.`, 'Choose another name, or remove it first: an export never overwrites anything.', {
    place: { file: target },
  });
}

async function requireRoom(folder: string, bytes: number): Promise<void> {
  const needed = bytes + SPARE_BYTES;
  const free = await statfs(folder).then(({ bavail, bsize }) => bavail * bsize, () => undefined);
  if (free === undefined || free >= needed) return;
  throw new UserError('export.disk.full', `The export needs ${megabytes(needed)} in ${folder}, and ${megabytes(free)} are free.`,
    'Free some space, or choose a folder on another disk.');
}

function asUserError(cause: unknown, target: string): unknown {
  const code = (cause as NodeJS.ErrnoException).code;
  if (cause instanceof UserError || typeof code !== 'string' || (cause as NodeJS.ErrnoException).syscall === undefined) return cause;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new UserError('export.disk.full', `There is no room left on the disk of ${target}. Nothing was kept.`, 'Free some space, or choose a folder on another disk.');
  }
  return new UserError('file.write.failed', `${target} could not be written: ${(cause as Error).message}.`,
    'Free some space or choose a folder you may write to, then try again.', { cause, place: { file: target } });
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1e6).toLocaleString('en-US')} MB`;
}
