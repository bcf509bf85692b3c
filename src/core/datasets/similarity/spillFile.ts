/** A temporary file of numbers that nobody else sees and that is gone with whoever holds it. */

import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../../errors.ts';

// The holder may be forgotten at any time, which nobody could tell the file.
const forgotten = new FinalizationRegistry<number>((descriptor) => closeSync(descriptor));

export class SpillFile {
  readonly #descriptor: number;
  #length = 0;

  /** @throws UserError "dataset.temporary-file" */
  constructor() {
    this.#descriptor = this.#named(() => {
      const folder = mkdtempSync(join(tmpdir(), 'tunesmith-'));
      try {
        return openSync(join(folder, 'keys'), 'w+', 0o600);
      } finally {
        // Without its name, the file lives as long as it is open, even when the process is ended by force.
        rmSync(folder, { recursive: true, force: true });
      }
    });
    forgotten.register(this, this.#descriptor);
  }

  /** @throws UserError "dataset.temporary-file" */
  append(numbers: Uint32Array): void {
    this.#length += this.#named(() => writeAll(this.#descriptor, numbers, this.#length));
  }

  /** Fills `into` from the number at `position` on. @throws UserError "dataset.temporary-file" */
  read(position: number, into: Uint32Array): void {
    this.#named(() => {
      for (let done = 0; done < into.byteLength; ) {
        const got = readSync(this.#descriptor, into, done, into.byteLength - done, position * Uint32Array.BYTES_PER_ELEMENT + done);
        if (got === 0) throw new Error('it ends too early');
        done += got;
      }
    });
  }

  #named<Result>(run: () => Result): Result {
    try {
      return run();
    } catch (cause) {
      throw new UserError('dataset.temporary-file', `A temporary file in ${tmpdir()} cannot be used: ${(cause as Error).message}.`, 'Free some disk space, or set TMPDIR to a folder that has some', { cause });
    }
  }
}

function writeAll(descriptor: number, numbers: Uint32Array, at: number): number {
  let done = 0;
  while (done < numbers.byteLength) done += writeSync(descriptor, numbers, done, numbers.byteLength - done, at + done);
  return done;
}
