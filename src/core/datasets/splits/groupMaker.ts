/** Finds out which rows stay together, in a few bytes a row. */

import type { Example } from '../example.ts';
import { fingerprint } from '../fingerprint.ts';
import { RowList } from '../rowList.ts';
import { FingerprintNumbers } from './fingerprintNumbers.ts';
import type { Grouping } from './options.ts';
import { promptOf } from './rowKeys.ts';

export interface RowGroups {
  /** of each row, in their order; groups are numbered by their first row */
  readonly ofRow: Uint32Array;
  readonly count: number;
}

export class GroupMaker {
  readonly #group: Grouping;
  /** what rows ask, which tells later whether a prompt is in two parts */
  readonly #prompts = new FingerprintNumbers();
  readonly #promptOf = new RowList();
  readonly #columns = new FingerprintNumbers();
  readonly #columnOf = new RowList();
  #alone = 0;

  constructor(group: Grouping) {
    this.#group = group;
  }

  /**
   * @param content fingerprint of the row
   * @param shared its value in the column that groups, if there is one
   */
  add(content: number, example: Example | undefined, shared: string | undefined): void {
    // A row in no known format asks what it says.
    this.#promptOf.add(this.#prompts.numberOf(example ? promptOf(example) : content));
    if (typeof this.#group === 'object') this.#columnOf.add(this.#columns.numberOf(shared === undefined ? fingerprint(`${this.#alone++}`, ALONE) : fingerprint(shared)));
  }

  async finish(): Promise<RowGroups> {
    if (this.#group === 'none') return { ofRow: Uint32Array.from(this.#promptOf.rows, (_, row) => row), count: this.#promptOf.count };
    // Both are numbered in the order of their first rows already.
    if (typeof this.#group === 'object') return { ofRow: this.#columnOf.rows, count: this.#columns.size };
    return Promise.resolve({ ofRow: this.#promptOf.rows, count: this.#prompts.size });
  }

  /** Rows whose prompt is in more than one part, beyond those of the part that has it first. */
  sharedPrompts(parts: Uint8Array): number {
    if (this.#group === 'prompt' || this.#group === 'near-duplicates') return 0;
    const first = new Uint8Array(this.#prompts.size).fill(NO_PART);
    let shared = 0;
    this.#promptOf.rows.forEach((prompt, row) => {
      const part = parts[row] ?? 0;
      if (first[prompt] === NO_PART) first[prompt] = part;
      else if (first[prompt] !== part) shared++;
    });
    return shared;
  }
}

const NO_PART = 255;
/** Seed of the fingerprints of rows that share nothing. */
const ALONE = 1;
