/** Writes one part of a split, and knows its hash and size. */

import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';

const FIRST_ROOM = 64 * 1024;

export class PartWriter {
  readonly #handle: FileHandle;
  readonly #hash = createHash('sha256');
  /** used again and again: a buffer a chunk would be more garbage than the collector keeps up with */
  #buffer = Buffer.allocUnsafe(FIRST_ROOM);
  #waiting = 0;
  bytes = 0;

  private constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  /** @param mode its permissions. @throws the file system's error, also when there is such a file */
  static async create(file: string, mode: number): Promise<PartWriter> {
    return new PartWriter(await open(file, 'wx', mode));
  }

  add(bytes: Buffer): void {
    const needed = this.#waiting + bytes.length;
    if (needed > this.#buffer.length) {
      const grown = Buffer.allocUnsafe(Math.max(needed, 2 * this.#buffer.length));
      this.#buffer.copy(grown, 0, 0, this.#waiting);
      this.#buffer = grown;
    }
    bytes.copy(this.#buffer, this.#waiting);
    this.#waiting = needed;
  }

  async flush(): Promise<void> {
    if (this.#waiting === 0) return;
    const bytes = this.#buffer.subarray(0, this.#waiting);
    this.#hash.update(bytes);
    this.bytes += bytes.length;
    await this.#handle.appendFile(bytes);
    this.#waiting = 0;
  }

  /** @returns the hash of all that was written, in hexadecimal */
  async close(): Promise<string> {
    await this.flush();
    await this.#handle.close();
    return this.#hash.digest('hex');
  }

  /** Of what is not wanted any more. */
  async abandon(): Promise<void> {
    // Closed already where the fault came later.
    await this.#handle.close().catch(() => undefined);
  }
}
