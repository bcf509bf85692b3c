/** What went wrong when a run could not write what it keeps on the disk, in words with a way out. */

import { UserError } from '../errors.ts';

/**
 * Full disks are the one fault here that users meet and can mend.
 *
 * @param what with its article, for example "the checkpoint of step 4"
 * @param place the file or folder that it was to go to
 * @returns UserError "disk.full" or "file.write.failed"
 */
export function writeFault(cause: unknown, what: string, place: string): UserError {
  for (let fault: unknown = cause; fault instanceof Error; fault = fault.cause) {
    const { code } = fault as NodeJS.ErrnoException;
    if (code !== 'ENOSPC' && code !== 'EDQUOT') continue;
    return new UserError('disk.full', `There is no space left to write ${what} to ${place}.`,
      'Free some space and resume; the last checkpoint is intact.', { cause, place: { file: place } });
  }
  if (cause instanceof UserError) return cause;
  return new UserError('file.write.failed',
    `${what.charAt(0).toUpperCase()}${what.slice(1)} could not be written to ${place}: ${cause instanceof Error ? cause.message : String(cause)}.`,
    'Choose a folder you may write to, then resume.', { cause, place: { file: place } });
}
