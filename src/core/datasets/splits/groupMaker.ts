/** Finds out which rows stay together, in a few bytes a row. */

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Example } from '../example.ts';
import { fingerprint } from '../fingerprint.ts';
import { RowList } from '../rowList.ts';
import { NearDuplicates } from '../similarity/nearDuplicates.ts';
import { FingerprintNumbers } from './fingerprintNumbers.ts';
import type { Grouping } from './options.ts';
import { promptOf, promptText } from './rowKeys.ts';

export interface RowGroups {
  /** of each row, in their order; groups are numbered by their first row */
  readonly ofRow: Uint32Array;
  readonly count: number;
}

export class GroupMaker {
  readonly #group: Grouping;
  /** of different prompts, by their numbers */
  readonly #alike: NearDuplicates | undefined;
  /** what rows ask, which tells later whether a prompt is in two parts */
  readonly #prompts = new FingerprintNumbers();
  readonly #promptOf = new RowList();
  readonly #columns = new FingerprintNumbers();
  readonly #columnOf = new RowList();
  #alone = 0;

  constructor(group: Grouping) {
    this.#group = group;
    this.#alike = group === 'near-duplicates' ? new NearDuplicates() : undefined;
  }

  /**
   * @param content fingerprint of the row
   * @param shared its value in the column that groups, if there is one
   */
  add(content: number, example: Example | undefined, shared: string | undefined): void {
    // A row in no known format asks what it says.
    const known = this.#prompts.size;
    const prompt = this.#prompts.numberOf(example ? promptOf(example) : content);
    this.#promptOf.add(prompt);
    if (prompt === known && example) this.#alike?.add(prompt, promptText(example));
    if (typeof this.#group === 'object') this.#columnOf.add(this.#columns.numberOf(shared === undefined ? fingerprint(`${this.#alone++}`, ALONE) : fingerprint(shared)));
  }

  /** @throws the signal's reason when aborted */
  async finish(signal?: AbortSignal): Promise<RowGroups> {
    const prompts = this.#promptOf.rows;
    if (this.#group === 'none') return { ofRow: Uint32Array.from(prompts, (_, row) => row), count: prompts.length };
    // Both are numbered in the order of their first rows already.
    if (typeof this.#group === 'object') return { ofRow: this.#columnOf.rows, count: this.#columns.size };
    return this.#alike ? numbered(prompts, await this.#joined(this.#alike, signal)) : this.byPrompt;
  }

  get byPrompt(): RowGroups {
    return { ofRow: this.#promptOf.rows, count: this.#prompts.size };
  }

  /** Of each prompt, the first one of those that it is nearly the same as. */
  async #joined(alike: NearDuplicates, signal: AbortSignal | undefined): Promise<Uint32Array> {
    const first = Uint32Array.from({ length: this.#prompts.size }, (_, prompt) => prompt);
    const steps = alike.steps();
    let step = steps.next();
    for (; step.done !== true; step = steps.next()) {
      await nextTurn();
      signal?.throwIfAborted();
    }
    for (const prompts of step.value) for (const prompt of prompts) first[prompt] = prompts[0] ?? prompt;
    return first;
  }

  /** Rows whose prompt is in more than one part, beyond those of the part that has it first. */
  sharedPrompts(parts: Uint8Array): number {
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

/** @param joined for each prompt, the one that stands for it */
function numbered(prompts: Uint32Array, joined: Uint32Array): RowGroups {
  const numbers = new Int32Array(joined.length).fill(-1);
  let count = 0;
  const ofRow = prompts.map((prompt) => {
    const first = joined[prompt] ?? prompt;
    if ((numbers[first] ?? -1) < 0) numbers[first] = count++;
    return numbers[first] ?? 0;
  });
  return { ofRow, count };
}
