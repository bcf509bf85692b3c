/** Streams the bytes of a file, unpacked where it is compressed, and notices when the file changes meanwhile. */

import { Buffer } from 'node:buffer';
import { open, stat, type FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { UserError } from '../../errors.ts';
import { asFileError } from '../fileFaults.ts';
import type { DatasetFile } from '../files.ts';
import type { ReaderOptions } from './rows.ts';

export interface Chunk {
  /** valid until the next chunk is asked for */
  readonly bytes: Buffer;
  /** bytes of the file, as it lies on the disk, read so far */
  readonly read: number;
}

/** Small enough that a chunk is parsed within a few milliseconds; between chunks the event loop is free. */
export const CHUNK_BYTES = 256 * 1024;

/**
 * @param options.from where to start, in unpacked bytes
 * @throws UserError "dataset.changed-while-read" when the file is deleted or gets shorter, "dataset.damaged-archive"
 * @throws the signal's reason when aborted
 */
export async function* readBytes(source: DatasetFile, { from, signal, onBytes }: ReaderOptions): AsyncGenerator<Chunk> {
  try {
    if (source.isGzip) yield* unpack(source, from.at, signal);
    else yield* readPlain(source, from.at, signal, onBytes);
  } catch (cause) {
    throw asFileError(cause, source.file);
  }
}

async function* readPlain(source: DatasetFile, from: number, signal: AbortSignal | undefined, onBytes?: ReaderOptions['onBytes']): AsyncGenerator<Chunk> {
  await using handle = await open(source.file, 'r');
  const buffers = [Buffer.allocUnsafe(CHUNK_BYTES), Buffer.allocUnsafe(CHUNK_BYTES)] as const;
  let at = from;
  // The disk reads into one buffer while the other is parsed.
  let pending = readInto(handle, buffers[0], at, source);
  for (let turn = 1; at < source.bytes; turn++) {
    const bytes = await pending;
    signal?.throwIfAborted();
    if (bytes.length === 0) throw changedWhileRead(source, 'shorter');
    at += bytes.length;
    if (at < source.bytes) pending = readInto(handle, buffers[turn % 2 === 0 ? 0 : 1], at, source);
    onBytes?.(bytes);
    yield { bytes, read: at };
  }
  await pending;
  signal?.throwIfAborted();
  await requireThere(source);
}

function readInto(handle: FileHandle, buffer: Buffer, at: number, { bytes }: DatasetFile): Promise<Buffer> {
  const reading = handle.read(buffer, 0, Math.max(0, Math.min(CHUNK_BYTES, bytes - at)), at).then(({ bytesRead }) => buffer.subarray(0, bytesRead));
  // Who stops in the middle does not wait for the chunk read ahead.
  reading.catch(() => undefined);
  return reading;
}

async function* unpack(source: DatasetFile, from: number, signal: AbortSignal | undefined): AsyncGenerator<Chunk> {
  let read = 0;
  async function* packed(): AsyncGenerator<Buffer> {
    for await (const chunk of readPlain(source, 0, signal)) {
      read = chunk.read;
      yield Buffer.from(chunk.bytes);
    }
  }
  const input = Readable.from(packed());
  const gunzip = createGunzip({ chunkSize: CHUNK_BYTES });
  input.on('error', (cause) => gunzip.destroy(cause));
  try {
    let left = from;
    for await (const bytes of input.pipe(gunzip) as AsyncIterable<Buffer>) {
      signal?.throwIfAborted();
      if (left < bytes.length) yield { bytes: bytes.subarray(left), read };
      left = Math.max(0, left - bytes.length);
    }
  } catch (cause) {
    throw asArchiveError(cause, source);
  } finally {
    gunzip.destroy();
    input.destroy();
  }
}

function asArchiveError(cause: unknown, { name, file }: DatasetFile): unknown {
  if (!(cause instanceof Error) || !('code' in cause) || typeof cause.code !== 'string' || !cause.code.startsWith('Z_')) return cause;
  const what = cause.code === 'Z_BUF_ERROR' ? 'ends in the middle of the compressed data' : 'is damaged: it cannot be unpacked';
  return new UserError('dataset.damaged-archive', `${name} ${what}.`, 'Copy or download the file again', { cause, place: { file } });
}

/** @throws UserError "dataset.changed-while-read" when there is no file of that path any more, or a shorter one */
export async function requireThere(source: DatasetFile): Promise<void> {
  const size = await stat(source.file).then((facts) => facts.size, () => undefined);
  if (size === undefined) throw changedWhileRead(source, 'gone');
  if (size < source.bytes) throw changedWhileRead(source, 'shorter');
}

export function changedWhileRead({ name, file }: Pick<DatasetFile, 'name' | 'file'>, how: 'gone' | 'shorter'): UserError {
  const what = how === 'gone' ? 'deleted' : 'made shorter';
  return new UserError('dataset.changed-while-read', `${name} was ${what} while it was read.`, 'Check the file, and try again once nothing writes to it', { place: { file } });
}
