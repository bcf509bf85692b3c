/** Writes one part of a split, and knows its hash and size. */

import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';

export class PartWriter {
  readonly #handle: FileHandle;
  readonly #hash = createHash('sha256');
  #waiting: Buffer[] = [];
  bytes = 0;

  private constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  /** @throws the file system's error, also when there is such a file */
  static async create(file: string): Promise<PartWriter> {
    return new PartWriter(await open(file, 'wx'));
  }

  /** @param bytes must stay as they are until `flush` */
  add(bytes: Buffer): void {
    this.#waiting.push(bytes);
  }

  async flush(): Promise<void> {
    if (this.#waiting.length === 0) return;
    const bytes = Buffer.concat(this.#waiting);
    this.#waiting = [];
    this.#hash.update(bytes);
    this.bytes += bytes.length;
    await this.#handle.appendFile(bytes);
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
