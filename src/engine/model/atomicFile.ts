/** Replaces a file in one step, so that a crash or a full disk never leaves half of it behind. */

import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

import { UserError } from '../errors.ts';

/**
 * Writes the parts to a temporary file beside the target, flushes it to the disk and renames it over the target.
 *
 * @throws UserError "file.write.failed" with the system's reason; the old file, if any, is untouched
 */
export async function writeAtomically(file: string, parts: Iterable<Uint8Array>): Promise<void> {
  const temporary = `${file}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    await mkdir(dirname(file), { recursive: true });
    const handle = await open(temporary, 'wx');
    try {
      for (const part of parts) {
        for (let at = 0; at < part.length; ) {
          const { bytesWritten } = await handle.write(part, at, part.length - at);
          at += bytesWritten;
        }
      }
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (cause) {
    await rm(temporary, { force: true });
    if (cause instanceof UserError) throw cause;
    throw new UserError(
      'file.write.failed',
      `${file} could not be written: ${cause instanceof Error ? cause.message : String(cause)}.`,
      'Free some space or choose a folder you may write to, then try again.',
      { cause, place: { file } },
    );
  }
  await syncFolder(dirname(file));
}

/** Makes the rename itself durable where the system allows a folder to be opened (Windows does not). */
async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch {
    // The file is complete either way; only its name could be lost with the power.
  }
}
