/** Reads a folder of plain text and Markdown: each file is a row with its text and its path. */

import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { asFileError } from '../fileFaults.ts';
import { MAX_ROW_BYTES, tooLong, type RawRow, type RowReader } from './rows.ts';

const TEXT_NAME = /\.(txt|text|md|markdown)$/i;

/** Read between two signs of life. */
const FILES_A_BATCH = 16;

export const readTextFolder: RowReader = async function* (source, { from, signal }) {
  const files = await listTextFiles(source.file, signal);
  let read = 0;
  for (let at = from.at; at < files.length; at += FILES_A_BATCH) {
    signal?.throwIfAborted();
    const batch = files.slice(at, at + FILES_A_BATCH);
    const rows = await Promise.all(batch.map(({ path, bytes }, index) => readText(source.file, path, bytes, at + index + 1)));
    read += batch.reduce((sum, { bytes }) => sum + bytes, 0);
    const next = at + batch.length;
    yield { rows, bytes: read, next: { at: next, row: next, line: next + 1 } };
  }
};

async function readText(folder: string, path: string, bytes: number, row: number): Promise<RawRow> {
  if (bytes > MAX_ROW_BYTES) return tooLong(row, row);
  try {
    const text = await readFile(join(folder, path), 'utf8');
    return { row, line: row, value: { text: text.replace(/^\uFEFF/, ''), path: path.split(sep).join('/') } };
  } catch (cause) {
    throw asFileError(cause, join(folder, path));
  }
}

export interface TextFile {
  /** relative to the folder */
  readonly path: string;
  readonly bytes: number;
  readonly modifiedAt: number;
}

/**
 * The text files below a folder in the order of their paths. Links are followed to what is in the folder itself, so that a
 * link neither leads astray nor in circles; hidden folders are left out.
 *
 * @throws UserError "dataset.missing-file", "dataset.unreadable"
 * @throws the signal's reason when aborted
 */
export async function listTextFiles(folder: string, signal?: AbortSignal): Promise<readonly TextFile[]> {
  try {
    const root = await realpath(folder);
    const found: TextFile[] = [];
    await walk(root, root, new Set([root]), found, signal);
    return found.sort((a, b) => (a.path < b.path ? -1 : 1));
  } catch (cause) {
    throw asFileError(cause, folder);
  }
}

async function walk(root: string, folder: string, seen: Set<string>, found: TextFile[], signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted();
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.name.startsWith('.')) continue;
    const path = join(folder, entry.name);
    // A link to nothing has no real path.
    const real = entry.isSymbolicLink() ? await realpath(path).catch(() => undefined) : path;
    if (real === undefined || seen.has(real) || !real.startsWith(root + sep)) continue;
    const facts = await stat(real);
    if (facts.isDirectory()) {
      seen.add(real);
      await walk(root, real, seen, found, signal);
    } else if (facts.isFile() && TEXT_NAME.test(entry.name)) {
      seen.add(real);
      found.push({ path: relative(root, real), bytes: facts.size, modifiedAt: facts.mtimeMs });
    }
  }
}
