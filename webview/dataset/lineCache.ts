/** The lines of the table that have come from the host, fetched a screen at a time, those in view first. */

import type { TableLine, Unanswered } from '../../src/protocol/datasetPage.ts';
import type { RowRange } from './scroll.ts';

export type FetchLines = (view: number, from: number, count: number) => Promise<readonly TableLine[] | Unanswered>;

/** Asked for at once; what is around the rows in view comes with them. */
const BLOCK = 50;
/** Lines that are kept; those far from view go first. */
const KEPT = 4000;

export class LineCache {
  readonly #fetch: FetchLines;
  readonly #onLines: (fault: string | undefined) => void;
  #view = -1;
  #lines = new Map<number, TableLine>();
  /** of the view before, shown until the new ones are there */
  #old = new Map<number, TableLine>();
  #isFetching = false;
  #wanted: RowRange = { first: 0, end: 0 };
  /** an answer with fewer lines than asked for is not asked for again until there are more */
  #missing = new Set<number>();

  /** @param onLines called when lines have come, or why they have not */
  constructor(fetch: FetchLines, onLines: (fault: string | undefined) => void) {
    this.#fetch = fetch;
    this.#onLines = onLines;
  }

  /** @param isSame the same rows as before are shown, as they are now */
  reset(view: number, isSame: boolean): void {
    this.#view = view;
    this.#old = isSame ? new Map([...this.#old, ...this.#lines]) : new Map<number, TableLine>();
    this.#lines = new Map();
    this.#missing = new Set();
  }

  /** There are more lines than before. */
  grow(): void {
    this.#missing = new Set();
  }

  get(index: number): TableLine | undefined {
    return this.#lines.get(index) ?? this.#old.get(index);
  }

  /** Sees to it that these lines come, if they are not here; of several ranges only the newest counts. */
  want(range: RowRange): void {
    this.#wanted = range;
    if (!this.#isFetching) void this.#next();
  }

  async #next(): Promise<void> {
    const block = this.#missingBlock();
    if (block === undefined) return;
    this.#isFetching = true;
    const view = this.#view;
    let fault: string | undefined;
    try {
      const lines = await this.#fetch(view, block, BLOCK);
      if (view === this.#view) fault = this.#take(block, lines);
    } finally {
      this.#isFetching = false;
    }
    this.#onLines(fault);
    void this.#next();
  }

  #take(from: number, lines: readonly TableLine[] | Unanswered): string | undefined {
    const isAnswer = !('fault' in lines);
    if (isAnswer) lines.forEach((line, i) => this.#lines.set(from + i, line));
    for (let i = isAnswer ? lines.length : 0; i < BLOCK; i++) this.#missing.add(from + i);
    this.#forget();
    return isAnswer ? undefined : lines.fault;
  }

  /** The first block that a wanted line is missing of. */
  #missingBlock(): number | undefined {
    for (let index = this.#wanted.first; index < this.#wanted.end; index++) {
      if (!this.#lines.has(index) && !this.#missing.has(index)) return index - (index % BLOCK);
    }
    return undefined;
  }

  #forget(): void {
    for (const lines of [this.#lines, this.#old]) {
      if (lines.size <= KEPT) continue;
      for (const index of lines.keys()) if (Math.abs(index - this.#wanted.first) > KEPT / 4) lines.delete(index);
    }
  }
}
