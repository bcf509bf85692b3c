/** The rows that the dataset page shows: all of a file, those of a finding, those that say something. */

import { RowList } from '../../core/datasets/rowList.ts';
import { formatCount, formatPercent, formatQuantity } from '../../core/wording/numbers.ts';
import type { RowFilter, TableLine, TableView } from '../../protocol/datasetPage.ts';
import type { TableReader } from '../services.ts';

export const NO_FILTER: RowFilter = { code: undefined, text: '', isPattern: false };

/** More than a screen shows, and few enough for one message. */
const MOST_LINES = 500;
/** A longer search is a mistake, and would be kept with the page. */
const MOST_CHARACTERS = 1000;

export interface TableModelOptions {
  readonly file: string;
  readonly reader: TableReader;
  readonly onChange: (view: TableView) => void;
  /** a fault in words */
  readonly wordsOf: (fault: unknown) => string;
}

export class TableModel {
  readonly #options: TableModelOptions;
  #id = 0;
  #filter = NO_FILTER;
  /** undefined shows all */
  #rows: RowList | undefined;
  #lastRow = 0;
  #share = 0;
  #isBusy = false;
  #isCut = false;
  #fault: string | undefined;
  #abort = new AbortController();
  #isDisposed = false;

  constructor(options: TableModelOptions) {
    this.#options = options;
  }

  get view(): TableView {
    return {
      id: this.#id, filter: this.#filter, count: this.#count, isBusy: this.#isBusy, isFault: this.#fault !== undefined,
      text: this.#fault ?? this.#text(),
    };
  }

  get #count(): number {
    return this.#rows?.count ?? this.#lastRow;
  }

  #text(): string {
    const all = formatQuantity(this.#lastRow, 'row');
    if (!this.#rows) return all;
    const found = `${formatCount(this.#rows.count)} of ${all}`;
    if (this.#isBusy) return `${found} · searched ${formatPercent(this.#share)}`;
    return this.#isCut ? `The first ${found}` : found;
  }

  /** So many rows are known by now, while the file is read for the first time. */
  grow(lastRow: number): void {
    if (lastRow <= this.#lastRow) return;
    this.#lastRow = lastRow;
    this.#tell();
  }

  /** The file is another one, or more is known about it: what is shown is looked for again. */
  async refresh(): Promise<void> {
    const { reader, file } = this.#options;
    try {
      this.#lastRow = (await reader.table(file, [])).lastRow;
    } catch {
      // Of a file that cannot be read, there are the rows that were.
    }
    if (!this.#isDisposed) await this.apply(this.#filter);
  }

  /** Resolves when all rows are found, or another filter is applied. */
  async apply({ code, text, isPattern }: RowFilter): Promise<void> {
    this.#abort.abort();
    const abort = (this.#abort = new AbortController());
    this.#id++;
    this.#filter = { code, text: text.slice(0, MOST_CHARACTERS), isPattern };
    this.#fault = undefined;
    this.#isCut = false;
    this.#share = 0;
    this.#isBusy = code !== undefined || text !== '';
    this.#rows = this.#isBusy ? new RowList() : undefined;
    this.#tell();
    if (!this.#isBusy) return;
    try {
      await this.#find(abort.signal);
    } catch (fault) {
      if (abort.signal.aborted) return;
      this.#fault = this.#options.wordsOf(fault);
    }
    if (abort.signal.aborted) return;
    this.#isBusy = false;
    this.#tell();
  }

  async #find(signal: AbortSignal): Promise<void> {
    const { reader, file } = this.#options;
    const { code, text, isPattern } = this.#filter;
    const add = (found: Uint32Array): void => {
      if (!signal.aborted) for (const row of found) this.#rows?.add(row);
    };
    if (text === '') {
      if (code !== undefined) add(await reader.found(file, code));
      return;
    }
    const { isCut } = await reader.search(file, { text, isPattern }, code, ({ rows, share }) => {
      add(rows);
      if (signal.aborted) return;
      this.#share = share;
      this.#tell();
    }, signal);
    this.#isCut = isCut;
  }

  /** @throws UserError as the reader's `table` */
  async lines(view: number, from: number, count: number): Promise<readonly TableLine[]> {
    const rows = this.#numbers(view, from, count);
    if (rows.length === 0) return [];
    const { lines } = await this.#options.reader.table(this.#options.file, rows);
    const byRow = new Map(lines.map((line) => [line.row, line]));
    return rows.map((row) => byRow.get(row) ?? { row, isBlank: true });
  }

  #numbers(view: number, from: number, count: number): readonly number[] {
    if (view !== this.#id || !Number.isSafeInteger(from) || !Number.isSafeInteger(count) || from < 0) return [];
    const end = Math.min(from + Math.min(count, MOST_LINES), this.#count);
    if (this.#rows) return [...this.#rows.rows.subarray(from, end)];
    return Array.from({ length: Math.max(0, end - from) }, (_, i) => from + i + 1);
  }

  /** The place of a row in the view; of none that is shown, that of the next; at most the last. */
  locate(view: number, row: number): number {
    if (view !== this.#id || !Number.isFinite(row)) return 0;
    const last = Math.max(0, this.#count - 1);
    if (!this.#rows) return Math.min(last, Math.max(0, Math.trunc(row) - 1));
    const place = this.#rows.rows.findIndex((one) => one >= row);
    return place < 0 ? last : place;
  }

  #tell(): void {
    if (!this.#isDisposed) this.#options.onChange(this.view);
  }

  /** Searches no more, and tells nobody. */
  dispose(): void {
    this.#isDisposed = true;
    this.#abort.abort();
  }
}
