/** How much may still be written to a disk. */

import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * @param folder need not exist: the nearest one above it that does is asked
 * @returns bytes, or undefined where the system does not say
 */
export async function freeDisk(folder: string): Promise<number | undefined> {
  for (let at = folder; ; at = dirname(at)) {
    try {
      const { bavail, bsize } = await statfs(at);
      return bavail * bsize;
    } catch (fault) {
      if ((fault as NodeJS.ErrnoException).code !== 'ENOENT' || dirname(at) === at) return undefined;
    }
  }
}
