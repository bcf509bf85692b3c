/** Gives finished files their names: all of them or none, and never over another file unasked. */

import { randomUUID } from 'node:crypto';
import { access, constants, copyFile, link, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';

import { UserError } from '../errors.ts';

export interface Publication {
  /** what is finished, in the folder of `out` */
  readonly partial: string;
  readonly out: string;
}

/** "tickets.jsonl" → "tickets.jsonl.….partial", beside it, where no other file is. */
export function partialName(out: string): string {
  return `${out}.${randomUUID()}.partial`;
}

/** Permissions of what is made from a file: who may not read the one may not read the other. @throws the file system's error */
export async function modeFor(source: string): Promise<number> {
  return ((await stat(source)).mode & 0o666) | 0o200;
}

export async function exists(file: string): Promise<boolean> {
  return access(file).then(() => true, () => false);
}

/**
 * A link is refused where the name is taken, even by somebody who took it this moment; so is a copy where there are no links.
 *
 * @throws the file system's error, "EEXIST" when the name is taken and `force` is not set
 */
export async function publish({ partial, out }: Publication, force: boolean): Promise<void> {
  if (force) return rename(partial, out);
  try {
    await link(partial, out);
  } catch (cause) {
    if (isTaken(cause)) throw cause;
    await copyFile(partial, out, constants.COPYFILE_EXCL);
  }
}

/**
 * As `publish`, one after the other; what was there before is there again when one of them fails. A name that is taken is
 * never without a file meanwhile, whatever ends the program.
 */
export async function publishAll(files: readonly Publication[], force: boolean): Promise<void> {
  const undo: (() => Promise<void>)[] = [];
  const kept: string[] = [];
  try {
    for (const file of files) {
      const { out } = file;
      const isReplaced = force && (await exists(out));
      const aside = `${out}.${randomUUID()}.replaced`;
      if (isReplaced) {
        kept.push(aside);
        await keepUnder(aside, out);
      }
      await publish(file, isReplaced);
      undo.push(() => (isReplaced ? rename(aside, out) : rm(out, { force: true })));
    }
  } catch (cause) {
    for (const step of undo.toReversed()) await step();
    throw cause;
  } finally {
    for (const aside of kept) await rm(aside, { force: true });
  }
}

/** Gives a file a second name, or a copy where there are no links. */
async function keepUnder(aside: string, file: string): Promise<void> {
  await link(file, aside).catch(() => copyFile(file, aside, constants.COPYFILE_EXCL));
}

export function isTaken(cause: unknown): boolean {
  return codeOf(cause) === 'EEXIST';
}

/** @param family begins the code, as in "dataset.convert.exists" */
export function alreadyThere(family: string, out: string, cause?: unknown): UserError {
  return new UserError(`${family}.exists`, `${basename(out)} exists already in ${dirname(out)}.`, 'Choose another name with --out, or replace it with --force', { cause, place: { file: out } });
}

/** A fault of the file system while `out` was written, in words; everything else as it is. */
export function asWriteError(family: string, cause: unknown, out: string): unknown {
  if (cause instanceof UserError || codeOf(cause) === undefined || !(cause instanceof Error)) return cause;
  if (isTaken(cause)) return alreadyThere(family, out, cause);
  return new UserError(`${family}.unwritable`, `${basename(out)} cannot be written: ${cause.message}.`, 'Choose a folder that exists and can be written to with --out', { cause, place: { file: out } });
}

function codeOf(cause: unknown): unknown {
  return cause instanceof Error && 'code' in cause ? cause.code : undefined;
}
