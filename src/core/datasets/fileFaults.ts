/** Says in words why a file cannot be read. */

import { basename, dirname } from 'node:path';
import { UserError } from '../errors.ts';

/** Turns a fault of the file system into words; passes everything else through. */
export function asFileError(cause: unknown, file: string): unknown {
  // An AbortError has a code as well, which is a number.
  if (cause instanceof UserError || !(cause instanceof Error) || !('code' in cause) || typeof cause.code !== 'string') return cause;
  const name = basename(file);
  const place = { file };
  switch (cause.code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new UserError('dataset.missing-file', `${name} does not exist in ${dirname(file)}.`, 'Check the path, or choose another dataset', { cause, place });
    case 'EACCES':
    case 'EPERM':
      return new UserError('dataset.unreadable', `${name} cannot be read: permission denied.`, 'Allow your user to read the file', { cause, place });
    default:
      return new UserError('dataset.unreadable', `${name} cannot be read: ${cause.message}.`, 'Check the disk and try again', { cause, place });
  }
}
