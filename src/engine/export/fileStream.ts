/** A file that is written from its start to its end. */

import { open, type FileHandle } from 'node:fs/promises';

export class FileStream {
  readonly #handle: FileHandle;
  #position = 0;

  private constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  /** Creates the file, hands it to `work`, and flushes it to the disk. */
  static async write(file: string, work: (stream: FileStream) => Promise<void>): Promise<void> {
    const handle = await open(file, 'wx');
    try {
      await work(new FileStream(handle));
      await handle.sync();
    } finally {
      await handle.close();
    }
  }

  /** bytes written so far */
  get position(): number {
    return this.#position;
  }

  async append(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length; ) {
      const { bytesWritten } = await this.#handle.write(bytes, at, bytes.length - at, this.#position + at);
      at += bytesWritten;
    }
    this.#position += bytes.length;
  }

  /** Zeros up to the next multiple. */
  async align(multiple: number): Promise<void> {
    const missing = (multiple - (this.#position % multiple)) % multiple;
    if (missing > 0) await this.append(new Uint8Array(missing));
  }
}
