/** What writes or finds files beside a dataset in its thread: conversions, splits, and where rows are in the text. */

import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

import { convertFile } from './convertFile.ts';
import { openDataset, requireText } from './files.ts';
import { previewConversions } from './previewConversions.ts';
import { readRowsAt } from './rowIndex.ts';
import { ruleOf } from './rules/catalogue.ts';
import { MANIFEST_ENDING, readManifest } from './splits/manifest.ts';
import { sourceOf, splitFile, updateSplit } from './splits/splitFile.ts';
import { verifySplit } from './splits/verifySplit.ts';
import type { OpenFiles } from './tableTasks.ts';
import type { BytesRead, DatasetTasks, SplitSummary } from './workerMessages.ts';

type FileTaskKind = 'convert' | 'conversions' | 'split' | 'updateSplit' | 'verifySplit' | 'splits' | 'rules' | 'places';

type FileTasks = {
  readonly [Kind in FileTaskKind]: (ask: DatasetTasks[Kind]['ask'], tell: (news: DatasetTasks[Kind]['news']) => void, signal: AbortSignal) => Promise<DatasetTasks[Kind]['answer']>;
};

export function fileTasks(files: Pick<OpenFiles, 'read'>): FileTasks {
  return {
    convert: ({ file, options }, tell, signal) => convertFile(file, { ...options, signal, onProgress: inPercents(tell) }),
    conversions: async ({ file, columns }, _tell, signal) => {
      const source = await openDataset(file);
      requireText(source);
      return previewConversions(source, columns, signal);
    },
    split: ({ file, options }, tell, signal) => splitFile(file, { ...options, signal, onProgress: inPercents(tell) }),
    updateSplit: ({ file, force }, tell, signal) => updateSplit(file, { force, signal, onProgress: inPercents(tell) }),
    verifySplit: ({ file }, _tell, signal) => verifySplit(file, { signal }),
    splits: ({ file }, _tell, signal) => findSplits(file, signal),
    rules: ({ codes }) => Promise.resolve(codes.flatMap((code) => {
      const rule = ruleOf(code);
      return rule ? [{ code, one: 'one' in rule ? String(rule.one) : undefined, means: rule.means }] : [];
    })),
    places: async ({ file, rows }, _tell, signal) => {
      const found = await files.read(file, rows.at(-1) ?? 0, signal, (index) => readRowsAt(index, rows, signal));
      return found.map(({ row, line }) => ({ row, line }));
    },
  };
}

/** A percent is what can be seen; a message a chunk would keep the asker busy. */
function inPercents(tell: (news: BytesRead) => void): (read: BytesRead) => void {
  let told = 0;
  return (read) => {
    if (read.bytes - told < read.totalBytes / 100) return;
    told = read.bytes;
    tell(read);
  };
}

/** The manifests beside a dataset that are of it. A file that is no manifest is somebody else's. */
async function findSplits(file: string, signal: AbortSignal): Promise<readonly SplitSummary[]> {
  const folder = dirname(file);
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith(MANIFEST_ENDING)).sort();
  const found: SplitSummary[] = [];
  for (const name of names) {
    signal.throwIfAborted();
    const path = join(folder, name);
    const manifest = await readManifest(path).catch(() => undefined);
    if (!manifest || sourceOf(path, manifest) !== file) continue;
    const { by, seed } = manifest.options;
    found.push({ manifest: path, name: basename(path), rows: manifest.source.rows, bytes: manifest.source.bytes, by, seed, parts: manifest.parts.map((part) => ({ name: part.name, file: join(folder, part.file), rows: part.rows })) });
  }
  return found;
}
