/** What a page that shows a dataset asks for: lines of its table, the rows of a finding or a search, one row in full. */

import { FormatDetector } from './detect.ts';
import { openDataset, requireText } from './files.ts';
import type { RawRow } from './readers/rows.ts';
import { readRowsAt, type RowIndex } from './rowIndex.ts';
import { describeRow, summarizeRow } from './rowView.ts';
import { ROW_RULES } from './rules/catalogue.ts';
import { searchRows } from './search.ts';
import type { Target } from './targets/target.ts';
import type { DatasetTasks } from './workerMessages.ts';
import type { Tokenizers } from './tokenizers.ts';

/** What is known of the files that are open. */
export interface OpenFiles {
  /** Reads with an index of the file as it is now. @param farthest number of the last row that will be read */
  read<T>(file: string, farthest: number, signal: AbortSignal, read: (index: RowIndex) => Promise<T>): Promise<T>;
  /** all rows that a rule has found so far, in the order they were found */
  rowsOf(file: string, code: string): Uint32Array;
  /** what the file was checked for */
  targetOf(file: string): Target | undefined;
  /** number of the last row that has been read */
  lastRow(file: string): number;
}

type TableTaskKind = 'table' | 'found' | 'search' | 'row' | 'tokens';

type TableTasks = {
  readonly [Kind in TableTaskKind]: (ask: DatasetTasks[Kind]['ask'], tell: (news: DatasetTasks[Kind]['news']) => void, signal: AbortSignal) => Promise<DatasetTasks[Kind]['answer']>;
};

const CODES = Object.keys(ROW_RULES);

export function tableTasks(files: OpenFiles, tokenizers: Tokenizers): TableTasks {
  const found = new FoundRows(files);
  const readAt = (file: string, numbers: readonly number[], signal: AbortSignal): Promise<readonly RawRow[]> =>
    files.read(file, numbers.at(-1) ?? 0, signal, (index) => readRowsAt(index, numbers, signal));
  const readOne = async (file: string, row: number, signal: AbortSignal): Promise<RawRow | undefined> => (await readAt(file, [row], signal))[0];
  return {
    table: async ({ file, rows }, _tell, signal) => {
      const detector = new FormatDetector();
      const raw = await readAt(file, rows, signal);
      return { lines: raw.map((one) => summarizeRow(one, found.codesOf(file, one.row), detector)), lastRow: files.lastRow(file) };
    },
    found: ({ file, code }) => Promise.resolve(found.of(file, code)),
    search: async ({ file, query, code }, tell, signal) => {
      const source = await openDataset(file);
      requireText(source);
      return searchRows(source, query, { signal, onNews: tell, within: code === undefined ? undefined : found.of(file, code) });
    },
    row: async ({ file, row }, _tell, signal) => {
      const raw = await readOne(file, row, signal);
      return raw && describeRow(raw, found.codesOf(file, row), files.targetOf(file));
    },
    tokens: async ({ file, row, model }, _tell, signal) => {
      const raw = await readOne(file, row, signal);
      const [{ tokenView }, tokenizer] = await Promise.all([import('./tokenView.ts'), tokenizers.take(model)]);
      return raw && tokenView(raw, tokenizer);
    },
  };
}

/** The rows of each rule in the order of the file, sorted again when there are more. */
class FoundRows {
  readonly #files: OpenFiles;
  readonly #sorted = new WeakMap<ArrayBufferLike, { readonly count: number; readonly rows: Uint32Array }>();

  constructor(files: OpenFiles) {
    this.#files = files;
  }

  /** Ascending, each row once. */
  of(file: string, code: string): Uint32Array {
    const rows = this.#files.rowsOf(file, code);
    const known = this.#sorted.get(rows.buffer);
    if (known?.count === rows.length) return known.rows;
    const sorted = rows.toSorted().filter((row, i, all) => row !== all[i - 1]);
    this.#sorted.set(rows.buffer, { count: rows.length, rows: sorted });
    return sorted;
  }

  codesOf(file: string, row: number): readonly string[] {
    return CODES.filter((code) => holds(this.of(file, code), row));
  }
}

/** @param rows ascending */
function holds(rows: Uint32Array, row: number): boolean {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((rows[middle] ?? 0) < row) low = middle + 1;
    else high = middle;
  }
  return rows[low] === row;
}
