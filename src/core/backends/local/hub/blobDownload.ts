/** Brings one file of a model into the cache: continued where it broke off, hashed, and there only when complete. */

import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';

import { UserError } from '../../../errors.ts';
import type { Processes } from '../../../jobs/processes.ts';
import { formatBytes } from '../../../wording/numbers.ts';
import { ATTEMPTS, type HubConnection } from './hubConnection.ts';
import { connectionFault, diskFault } from './hubFaults.ts';
import type { HubFile } from './hubListing.ts';
import { claimPartial, releasePartial } from './partials.ts';

export interface BlobDownload {
  readonly connection: HubConnection;
  /** folder of the repository's blobs */
  readonly blobs: string;
  readonly file: HubFile;
  /** address of the file at its commit */
  readonly url: string;
  readonly processes: Processes;
  /** bytes of the file that are on the disk now; can fall when a server makes it start over */
  readonly onBytes: (bytes: number) => void;
}

/**
 * @returns the path of the blob
 * @throws UserError "hub.checksum", "hub.transfer.truncated", "hub.disk.full", and as `HubConnection.open`; the signal's reason
 *   when aborted. What was loaded is kept for the next attempt
 */
export async function downloadBlob(download: BlobDownload): Promise<string> {
  const { blobs, file, onBytes, processes } = download;
  const blob = join(blobs, file.hash);
  if (await isWhole(blob, file.bytes)) {
    onBytes(file.bytes);
    return blob;
  }
  const partial = await claimPartial(blobs, file.hash, processes);
  try {
    const handle = await open(partial, 'a+');
    try {
      await new Transfer(download, handle, partial).run();
      await handle.sync();
    } finally {
      await handle.close();
    }
    // Another process may have been first: its blob is the same.
    await rename(partial, blob);
    return blob;
  } catch (fault) {
    if (fault instanceof UserError && fault.code === 'hub.checksum') await rm(partial, { force: true });
    else await releasePartial(partial, blobs, file.hash);
    throw diskFault(fault, blob);
  }
}

export async function isWhole(blob: string, bytes: number): Promise<boolean> {
  return stat(blob).then((found) => found.isFile() && found.size === bytes, () => false);
}

class Transfer {
  readonly #download: BlobDownload;
  readonly #handle: FileHandle;
  readonly #partial: string;
  #hash: Hash;
  #bytes = 0;

  constructor(download: BlobDownload, handle: FileHandle, partial: string) {
    this.#download = download;
    this.#handle = handle;
    this.#partial = partial;
    this.#hash = newHash(download.file);
  }

  async run(): Promise<void> {
    const { file } = this.#download;
    await this.#takeOver();
    const started = this.#bytes;
    await this.#fill();
    if (this.#digest() === file.hash) return;
    // What an earlier attempt left may be at fault; what was loaded in one go is not.
    if (started > 0) {
      await this.#startOver();
      await this.#fill();
      if (this.#digest() === file.hash) return;
    }
    throw new UserError('hub.checksum', `${file.path} arrived damaged: its content is not what the hub says it is.`,
      'Download it again. If that fails again, something on the way changes it: a proxy, or the address in HF_ENDPOINT.');
  }

  /** Hashes what is there already. */
  async #takeOver(): Promise<void> {
    const { size } = await this.#handle.stat();
    if (size > this.#download.file.bytes) return this.#startOver();
    if (size === 0) return;
    for await (const chunk of createReadStream(this.#partial) as AsyncIterable<Buffer>) this.#hash.update(chunk);
    this.#count(size);
  }

  async #fill(): Promise<void> {
    const { connection, file } = this.#download;
    for (let attempt = 1; this.#bytes < file.bytes; attempt++) {
      const before = this.#bytes;
      const broken = await this.#receive();
      if (this.#bytes >= file.bytes) return;
      if (this.#bytes > before) attempt = 0;
      if (attempt >= ATTEMPTS) throw broken === undefined ? this.#truncated() : connectionFault(broken, connection.faultContext);
      await connection.pause(Math.max(1, attempt));
    }
  }

  /**
   * One request.
   *
   * @returns undefined when the body ended by itself, else what broke it
   */
  async #receive(): Promise<unknown> {
    const { connection, url, file } = this.#download;
    // Compressed on the way, the bytes could not be counted; with a range, fetch says so itself.
    const headers = new Headers(this.#bytes > 0 ? { range: `bytes=${this.#bytes}-` } : { 'accept-encoding': 'identity' });
    const response = await connection.open(url, headers);
    if (!startsAt(response, this.#bytes, file.bytes)) {
      await this.#startOver();
      if (response.status === 206) {
        await response.body?.cancel();
        return undefined;
      }
    }
    if (!response.body) return undefined;
    const pieces = connection.read(response.body);
    try {
      for (;;) {
        let next: IteratorResult<Uint8Array>;
        try {
          next = await pieces.next();
        } catch (fault) {
          connection.throwIfAborted();
          return fault;
        }
        if (next.done) return undefined;
        const room = file.bytes - this.#bytes;
        await this.#append(next.value.subarray(0, room));
        if (next.value.length <= room) continue;
        // Longer than it should be: the hash must not match by leaving the rest out.
        this.#hash.update(next.value.subarray(room));
        return undefined;
      }
    } finally {
      await pieces.return(undefined);
    }
  }

  async #append(chunk: Uint8Array): Promise<void> {
    for (let at = 0; at < chunk.length; ) at += (await this.#handle.write(chunk, at, chunk.length - at)).bytesWritten;
    this.#hash.update(chunk);
    this.#count(this.#bytes + chunk.length);
  }

  async #startOver(): Promise<void> {
    await this.#handle.truncate(0);
    this.#hash = newHash(this.#download.file);
    this.#count(0);
  }

  #count(bytes: number): void {
    this.#bytes = bytes;
    this.#download.onBytes(bytes);
  }

  #digest(): string {
    return this.#hash.copy().digest('hex');
  }

  #truncated(): UserError {
    const { file } = this.#download;
    return new UserError('hub.transfer.truncated', `The transfer of ${file.path} ends at ${formatBytes(this.#bytes)} of ${formatBytes(file.bytes)}, again and again.`,
      'Download again later; it goes on where it was.');
  }
}

/** Large files have a sha256; small ones the hash that git gives them, over a header and the content. */
function newHash({ hash, bytes }: HubFile): Hash {
  return hash.length === 64 ? createHash('sha256') : createHash('sha1').update(`blob ${bytes}\0`);
}

/** A server may ignore the range and send everything. */
function startsAt(response: Response, offset: number, total: number): boolean {
  if (offset === 0) return true;
  const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(response.headers.get('content-range') ?? '');
  return response.status === 206 && Number(range?.[1]) === offset && (range?.[2] === '*' || Number(range?.[2]) === total);
}
