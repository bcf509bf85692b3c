/** Opens a dataset file: which reader it takes, and whether it is text at all, from its name and its first bytes. */

import { open, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { constants, gunzipSync } from 'node:zlib';
import { UserError } from '../errors.ts';
import { EXTENSIONS_IN_WORDS, parseDatasetName, type DatasetKind } from './extensions.ts';
import { asFileError } from './fileFaults.ts';
import { listTextFiles } from './readers/textFolder.ts';

export interface DatasetFile {
  readonly file: string;
  readonly name: string;
  readonly kind: DatasetKind;
  readonly isGzip: boolean;
  /** on the disk; of a folder, its text files together */
  readonly bytes: number;
  /** what the file is instead of what its name says, completing "tickets.jsonl is …" */
  readonly notText: string | undefined;
  /** of CSV */
  readonly delimiter: string;
}

const HEAD_BYTES = 64 * 1024;
/** Enough to see that a list begins. */
const GLANCED_BYTES = 4096;

/**
 * Looks at a file, or at a folder of text files, without reading it.
 *
 * @throws UserError "dataset.missing-file", "dataset.not-a-file", "dataset.unreadable", "dataset.unsupported-file"
 */
export async function openDataset(file: string): Promise<DatasetFile> {
  const name = basename(file);
  const parsed = parseDatasetName(name);
  if (!parsed) return openTextFolder(file);
  const { kind, isGzip } = parsed;
  const { bytes, head } = await readHead(file, name);
  const text = isGzip ? unpackHead(head) : head;
  const notText = bytes === 0 ? undefined : text === undefined ? 'not compressed with gzip' : kind === 'parquet' ? findForeignParquet(head) : findForeignBytes(text);
  return { file, name, kind, isGzip, bytes, notText, delimiter: kind === 'csv' && text ? guessDelimiter(text.toString('utf8')) : ',' };
}

async function openTextFolder(file: string): Promise<DatasetFile> {
  const name = basename(file);
  const isFolder = await stat(file).then((facts) => facts.isDirectory(), () => false);
  const files = isFolder ? await listTextFiles(file) : [];
  if (files.length > 0) {
    return { file, name, kind: 'text-folder', isGzip: false, bytes: files.reduce((sum, { bytes }) => sum + bytes, 0), notText: undefined, delimiter: ',' };
  }
  const what = isFolder ? 'has no text files' : 'is not a dataset that Tunesmith reads';
  throw new UserError(
    'dataset.unsupported-file',
    `${name} ${what}: it reads ${EXTENSIONS_IN_WORDS} files, and folders of .txt and .md files.`,
    'Save the rows as JSON Lines (.jsonl) or CSV',
    { place: { file } },
  );
}

/** @throws UserError "dataset.not-text" */
export function requireText({ file, name, kind, notText }: DatasetFile): void {
  if (notText === undefined) return;
  throw new UserError('dataset.not-text', describeForeign({ name, kind, notText }), remedyForForeign(kind), { place: { file } });
}

/** "tickets.jsonl is UTF-16 text, not UTF-8 text." */
export function describeForeign({ name, kind, notText = '' }: Pick<DatasetFile, 'name' | 'kind' | 'notText'>): string {
  return notText.startsWith('not ') ? `${name} is ${notText}.` : `${name} is ${notText}, not ${kind === 'parquet' ? 'a Parquet file' : 'UTF-8 text'}.`;
}

export function remedyForForeign(kind: DatasetKind): string {
  return kind === 'parquet' ? 'Give the file the ending of what it is, or write it again' : 'Save the dataset as UTF-8 text';
}

async function readHead(file: string, name: string, most = HEAD_BYTES): Promise<{ bytes: number; head: Buffer }> {
  try {
    const facts = await stat(file);
    if (!facts.isFile()) {
      throw new UserError('dataset.not-a-file', `${name} is a folder or a device, not a file.`, 'Choose one dataset file', { place: { file } });
    }
    await using handle = await open(file, 'r');
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(Math.min(most, facts.size)), 0);
    return { bytes: facts.size, head: buffer.subarray(0, bytesRead) };
  } catch (cause) {
    throw asFileError(cause, file);
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

/**
 * Whether a file is a dataset: by its name, and where other files are named alike by its beginning, which must be a list of
 * objects or objects one a line.
 */
export async function isDataset(file: string): Promise<boolean> {
  const parsed = parseDatasetName(file);
  if (!parsed?.isCommon) return parsed !== undefined;
  const head = await readHead(file, basename(file), GLANCED_BYTES).then((read) => read.head, () => undefined);
  const text = head && parsed.isGzip ? unpackHead(head) : head;
  return /^\uFEFF?\s*(?:\[\s*\{|\{[^\n]*\}\s*\n\s*\{)/.test(text?.toString('utf8') ?? '');
}

/** The beginning, unpacked as far as it goes. @returns undefined when it is not compressed with gzip */
function unpackHead(head: Buffer): Buffer | undefined {
  if (head[0] !== 0x1f || head[1] !== 0x8b) return undefined;
  try {
    // The cut-off end is expected, and so is a head that unpacks to much more.
    return gunzipSync(head, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: 256 * HEAD_BYTES });
  } catch {
    // What is wrong with it is told when it is read.
    return Buffer.alloc(0);
  }
}

function findForeignParquet(head: Buffer): string | undefined {
  return head.subarray(0, 4).toString('latin1') === 'PAR1' ? undefined : (findForeignBytes(head) ?? 'text');
}

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
