/** Which file names are datasets: the one table that readers, file watchers, menus and messages follow. */

import { extname } from 'node:path';

export type DatasetKind = 'jsonl' | 'json' | 'csv' | 'parquet' | 'text-folder';

interface Extension {
  readonly kind: DatasetKind;
  /** may be compressed with gzip, its name then ending in ".gz" */
  readonly gzip: boolean;
  /** most files that end so are no datasets: they count only where their beginning is a list of objects */
  readonly isCommon: boolean;
}

const EXTENSIONS: Readonly<Record<string, Extension>> = {
  '.jsonl': { kind: 'jsonl', gzip: true, isCommon: false },
  '.ndjson': { kind: 'jsonl', gzip: true, isCommon: false },
  '.json': { kind: 'json', gzip: true, isCommon: true },
  '.csv': { kind: 'csv', gzip: true, isCommon: false },
  '.tsv': { kind: 'csv', gzip: true, isCommon: false },
  '.parquet': { kind: 'parquet', gzip: false, isCommon: false },
};

const withGzip = ([name, { gzip }]: readonly [string, Extension]): readonly string[] => (gzip ? [name, `${name}.gz`] : [name]);

/** With the dot, lower case; ".jsonl.gz" and the like are among them. */
export const DATASET_EXTENSIONS: readonly string[] = Object.entries(EXTENSIONS).flatMap(withGzip);

/** As sentences name them; the compressed ones go without saying. */
export const EXTENSIONS_IN_WORDS = Object.keys(EXTENSIONS).join(', ');

/** For file watchers. */
export const DATASET_GLOB = globOf(() => true);

/** For `findFiles`: what is a dataset by its name alone, and what may be one. */
export const SURE_GLOB = globOf(({ isCommon }) => !isCommon);
export const COMMON_GLOB = globOf(({ isCommon }) => isCommon);

function globOf(isMeant: (extension: Extension) => boolean): string {
  return `**/*{${Object.entries(EXTENSIONS).filter(([, extension]) => isMeant(extension)).flatMap(withGzip).join(',')}}`;
}

export interface DatasetName {
  readonly kind: DatasetKind;
  readonly isGzip: boolean;
  readonly isCommon: boolean;
  /** as the file spells it, with the dot */
  readonly extension: string;
}

/** @returns undefined when the name does not end as a dataset's does */
export function parseDatasetName(path: string): DatasetName | undefined {
  const match = /(\.[^./\\]+)(\.gz)?$/i.exec(path);
  const key = match?.[1]?.toLowerCase() ?? '';
  const entry = Object.hasOwn(EXTENSIONS, key) ? EXTENSIONS[key] : undefined;
  if (!match || !entry || (match[2] !== undefined && !entry.gzip)) return undefined;
  return { kind: entry.kind, isGzip: match[2] !== undefined, isCommon: entry.isCommon, extension: match[0] };
}

/** "data/tickets.jsonl.gz" → "data/tickets"; of what is no dataset, the path without its last ending. */
export function datasetStem(path: string): string {
  return path.slice(0, path.length - (parseDatasetName(path)?.extension ?? extname(path)).length);
}

export function datasetKindOf(path: string): DatasetKind | undefined {
  return parseDatasetName(path)?.kind;
}
