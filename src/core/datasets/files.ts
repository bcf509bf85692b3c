/** Opens a dataset file: which reader it takes, and whether it is text at all, from its name and its first bytes. */

import { open, stat } from 'node:fs/promises';
import { basename, dirname, extname } from 'node:path';
import { UserError } from '../errors.ts';

export type DatasetKind = 'jsonl' | 'csv';

const KIND_OF_EXTENSION: Readonly<Record<string, DatasetKind>> = {
  '.jsonl': 'jsonl',
  '.ndjson': 'jsonl',
  '.csv': 'csv',
  '.tsv': 'csv',
};

/** With the dot, lower case. */
export const DATASET_EXTENSIONS: readonly string[] = Object.keys(KIND_OF_EXTENSION);

/** @returns undefined when the name's extension is not one of a dataset */
export function datasetKindOf(file: string): DatasetKind | undefined {
  const extension = extname(file).toLowerCase();
  return Object.hasOwn(KIND_OF_EXTENSION, extension) ? KIND_OF_EXTENSION[extension] : undefined;
}

export interface DatasetFile {
  readonly file: string;
  readonly name: string;
  readonly kind: DatasetKind;
  readonly bytes: number;
  /** what the file is instead of UTF-8 text, completing "tickets.jsonl is …" */
  readonly notText: string | undefined;
  /** of CSV */
  readonly delimiter: string;
}

const HEAD_BYTES = 64 * 1024;

/**
 * Looks at a file without reading it.
 *
 * @throws UserError "dataset.missing-file", "dataset.not-a-file", "dataset.unreadable", "dataset.unsupported-file"
 */
export async function openDataset(file: string): Promise<DatasetFile> {
  const name = basename(file);
  const kind = datasetKindOf(file);
  if (!kind) {
    throw new UserError(
      'dataset.unsupported-file',
      `${name} is not a dataset that Tunesmith reads: it reads ${DATASET_EXTENSIONS.join(', ')} files.`,
      'Save the rows as JSON Lines (.jsonl) or CSV',
      { place: { file } },
    );
  }
  const { bytes, head } = await readHead(file, name);
  return { file, name, kind, bytes, notText: findForeignBytes(head), delimiter: kind === 'csv' ? guessDelimiter(head.toString('utf8')) : ',' };
}

/** @throws UserError "dataset.not-text" */
export function requireText({ file, name, notText }: DatasetFile): void {
  if (notText === undefined) return;
  throw new UserError('dataset.not-text', `${name} is ${notText}, not UTF-8 text.`, 'Save the dataset as UTF-8 text', { place: { file } });
}

async function readHead(file: string, name: string): Promise<{ bytes: number; head: Buffer }> {
  try {
    const facts = await stat(file);
    if (!facts.isFile()) {
      throw new UserError('dataset.not-a-file', `${name} is a folder or a device, not a file.`, 'Choose one dataset file', { place: { file } });
    }
    await using handle = await open(file, 'r');
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(Math.min(HEAD_BYTES, facts.size)), 0);
    return { bytes: facts.size, head: buffer.subarray(0, bytesRead) };
  } catch (cause) {
    throw asFileError(cause, file);
  }
}

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

const SIGNATURES: readonly (readonly [bytes: string, name: string])[] = [
  ['1f8b', 'a gzip archive'],
  ['504b0304', 'a zip archive or an Office document'],
  ['50415231', 'a Parquet file'],
  ['28b52ffd', 'a Zstandard archive'],
  ['fffe', 'UTF-16 text'],
  ['feff', 'UTF-16 text'],
];

function findForeignBytes(head: Buffer): string | undefined {
  const start = head.subarray(0, 4).toString('hex');
  const known = SIGNATURES.find(([bytes]) => start.startsWith(bytes));
  if (known) return known[1];
  // One stray NUL is a broken row; a binary file is full of them.
  let zeros = 0;
  for (let at = head.indexOf(0); at !== -1; at = head.indexOf(0, at + 1)) zeros++;
  return zeros > head.length / 100 ? 'binary data' : undefined;
}

/** The candidate that the header line holds most of, outside quotes. */
function guessDelimiter(head: string): string {
  const header = (head.split(/\r?\n/, 1)[0] ?? '').replace(/"[^"]*"/g, '');
  const count = (sign: string): number => header.split(sign).length;
  return [',', '\t', ';'].reduce((best, sign) => (count(sign) > count(best) ? sign : best));
}
