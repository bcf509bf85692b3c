/** Takes over a repaired version that somebody has looked at: as a copy beside the dataset, or in its place, which can be undone. */

import { chmod, constants, copyFile, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, extname } from 'node:path';

import { UserError } from '../../errors.ts';
import { datasetStem } from '../extensions.ts';
import { asWriteError, exists, isTaken, partialName, publishAll } from '../publish.ts';
import { factsOf, type RepairManifest } from './manifest.ts';
import { manifestName } from './names.ts';

/** A repaired version and its manifest, where they wait. */
export interface StagedRepair {
  readonly out: string;
  readonly manifest: string;
}

/** Nobody has so many copies. */
const MOST_NAMES = 1000;

/**
 * @param to if that name is taken, one with a number is used
 * @returns the names that the copies got
 * @throws UserError "dataset.repair.unwritable"
 */
export async function saveCopy(staged: StagedRepair, to: string): Promise<StagedRepair> {
  return withFreeName((number) => numbered(to, number), (out) => place(staged, out, false));
}

/**
 * Of a link, what it leads to is replaced. A manifest that the original had goes with it.
 *
 * @returns the name that the original has now
 * @throws UserError "dataset.changed" when the file is not what was repaired, "dataset.repair.unwritable"
 */
export async function replaceOriginal(staged: StagedRepair, file: string): Promise<{ readonly backup: string }> {
  await requireSame(file, (await readManifest(staged.manifest)).source.sha256, 'repaired');
  const original = await realpath(file);
  // No ending of datasets: it shall not be found as another one.
  const backup = await withFreeName((number) => (number === 1 ? `${original}.original` : `${original}.original-${number}`), async (name) => {
    await copyFile(original, name, constants.COPYFILE_EXCL);
    return name;
  });
  try {
    if (await exists(manifestName(original))) await copyFile(manifestName(original), manifestName(backup));
    await place(staged, original, true);
  } catch (cause) {
    // The original is still where it was.
    for (const copy of [backup, manifestName(backup)]) await rm(copy, { force: true });
    throw asWriteError('dataset.repair', cause, original);
  }
  return { backup };
}

/**
 * Gives the original its name back, and its manifest; the repaired version is gone then.
 *
 * @throws UserError "dataset.changed" when the file has been changed since it was replaced
 */
export async function undoReplace(file: string, backup: string): Promise<void> {
  const original = await realpath(file).catch(() => file);
  const manifest = manifestName(original);
  await requireSame(original, (await readManifest(manifest)).result.sha256, 'replaced');
  try {
    await rename(backup, original);
    if (await exists(manifestName(backup))) await rename(manifestName(backup), manifest);
    else await rm(manifest, { force: true });
  } catch (cause) {
    throw asWriteError('dataset.repair', cause, file);
  }
}

async function place(staged: StagedRepair, out: string, force: boolean): Promise<StagedRepair> {
  const manifest = manifestName(out);
  const files = [{ partial: partialName(out), out }, { partial: partialName(manifest), out: manifest }] as const;
  try {
    const known = await readManifest(staged.manifest);
    await copyFile(staged.out, files[0].partial, constants.COPYFILE_EXCL);
    if (force) await chmod(files[0].partial, (await stat(out)).mode);
    await writeFile(files[1].partial, `${JSON.stringify({ ...known, result: { ...known.result, file: basename(out) } }, undefined, 2)}\n`, { flag: 'wx' });
    await publishAll(files, force);
    return { out, manifest };
  } catch (cause) {
    throw isTaken(cause) ? cause : asWriteError('dataset.repair', cause, out);
  } finally {
    for (const { partial } of files) await rm(partial, { force: true });
  }
}

async function withFreeName<T>(name: (number: number) => string, use: (name: string) => Promise<T>): Promise<T> {
  for (let number = 1; ; number++) {
    try {
      return await use(name(number));
    } catch (cause) {
      if (!isTaken(cause) || number === MOST_NAMES) throw asWriteError('dataset.repair', cause, name(number));
    }
  }
}

/** ("tickets.repaired.jsonl", 2) → "tickets.repaired-2.jsonl" */
function numbered(file: string, number: number): string {
  if (number === 1) return file;
  const stem = datasetStem(file);
  return `${stem}-${number}${file.slice(stem.length) || extname(file)}`;
}

async function readManifest(file: string): Promise<RepairManifest> {
  return JSON.parse(await readFile(file, 'utf8')) as RepairManifest;
}

async function requireSame(file: string, sha256: string, since: string): Promise<void> {
  const now = await factsOf(file, basename(file), 0).then((facts) => facts.sha256, () => undefined);
  if (now !== sha256) throw new UserError('dataset.changed', `${basename(file)} has changed since it was ${since}.`, 'Look at it, and repair it again', { place: { file } });
}
