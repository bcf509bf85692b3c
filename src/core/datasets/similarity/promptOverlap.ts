/** Finds the prompts of one file that other files ask as well, or nearly so. */

import { setImmediate as turn } from 'node:timers/promises';
import type { Message } from '../example.ts';
import { Fingerprinter } from '../fingerprint.ts';
import { RowFault } from '../formats/format.ts';
import type { ReadRow } from '../scan.ts';
import { Sample, type Boilerplate } from './boilerplate.ts';
import { compareAlike } from './collisions.ts';
import { NEAR } from './nearDuplicates.ts';
import { Sketcher } from './sketcher.ts';
import { SketchStore } from './sketchStore.ts';

type Turn = Pick<Message, 'role' | 'content'>;

/** A row that asks what a row of another file asks. */
export interface Overlap {
  readonly row: number;
  readonly other: { readonly file: string; readonly row: number };
}

interface KnownRow {
  readonly file: string;
  readonly row: number;
  readonly texts: readonly string[];
}

/** The rows of other files come first, then those of the one that is looked at. System messages do not count: they are the same for many rows. */
export class PromptOverlap {
  readonly #isNear: boolean;
  readonly #store = new SketchStore();
  readonly #sketcher = new Sketcher();
  /** the first row that asks a prompt, by its fingerprint */
  readonly #exact = new Map<number, Overlap['other']>();
  /** with the first entry of each */
  readonly #files: { readonly file: string; readonly from: number }[] = [];
  readonly #overlaps = new Map<number, Overlap>();
  #known = 0;
  readonly #sample = new Sample<KnownRow>();
  #boilerplate: Boilerplate | undefined;

  /** @param isNear whether to look for more than equal prompts */
  constructor(isNear: boolean) {
    this.#isNear = isNear;
  }

  addKnown(read: ReadRow, file: string): void {
    const prompt = promptOf(read);
    if (prompt.length === 0) return;
    const { row } = read.place;
    const key = keyOf(prompt);
    if (!this.#exact.has(key)) this.#exact.set(key, { file, row });
    if (!this.#isNear) return;
    const known = { file, row, texts: prompt.map(({ content }) => content) };
    if (this.#boilerplate) this.#sketchKnown(known, this.#boilerplate);
    else if (this.#sample.add(known)) this.#learn();
  }

  addAsking(read: ReadRow): void {
    const prompt = promptOf(read);
    if (prompt.length === 0) return;
    const { row } = read.place;
    const other = this.#exact.get(keyOf(prompt));
    if (other) this.#overlaps.set(row, { row, other });
    else if (this.#isNear) this.#sketcher.sketch(prompt.map(({ content }) => content), this.#boilerplate ?? this.#learn(), (sketch) => this.#store.add(row, sketch));
  }

  /** What the known rows share, of which there are no more to come or enough. */
  #learn(): Boilerplate {
    this.#boilerplate = this.#sample.findBoilerplate();
    for (const known of this.#sample.rows.splice(0)) this.#sketchKnown(known, this.#boilerplate);
    return this.#boilerplate;
  }

  #sketchKnown({ file, row, texts }: KnownRow, boilerplate: Boilerplate): void {
    if (this.#files.at(-1)?.file !== file) this.#files.push({ file, from: this.#store.size });
    this.#sketcher.sketch(texts, boilerplate, (sketch) => this.#store.add(row, sketch));
    this.#known = this.#store.size;
  }

  /**
   * @returns of the rows that ask, those that ask what a known row asks, ascending
   * @throws the signal's reason when aborted; UserError "dataset.temporary-file"
   */
  async finish(signal?: AbortSignal): Promise<readonly Overlap[]> {
    const store = this.#store;
    const steps = compareAlike(store, {
      joins: (entry) => entry < this.#known,
      meet: (entry, earlier) => {
        if (entry < this.#known) return false;
        const row = store.rowOf(entry);
        if (!this.#overlaps.has(row) && store.similarity(entry, earlier) >= NEAR) this.#overlaps.set(row, { row, other: this.#rowOf(earlier) });
        return this.#overlaps.has(row);
      },
    });
    while (steps.next().done !== true) {
      await turn();
      signal?.throwIfAborted();
    }
    return [...this.#overlaps.values()].sort((a, b) => a.row - b.row);
  }

  #rowOf(entry: number): Overlap['other'] {
    return { file: this.#files.findLast(({ from }) => from <= entry)?.file ?? '', row: this.#store.rowOf(entry) };
  }
}

function keyOf(prompt: readonly Turn[]): number {
  const key = new Fingerprinter();
  for (const { role, content } of prompt) key.add(role).add('\0').add(content.trim()).add('\0');
  return key.value;
}

/** What a row asks; nothing of a row that asks nothing. */
function promptOf({ example, trainable }: ReadRow): readonly Turn[] {
  if (!(trainable instanceof RowFault)) return withoutSystem(trainable.messages.slice(0, -1));
  switch (example.kind) {
    case 'conversation': {
      const answer = example.messages.findLastIndex(({ role }) => role === 'assistant');
      return withoutSystem(answer < 0 ? example.messages : example.messages.slice(0, answer));
    }
    case 'text':
      return [];
    default:
      return withoutSystem(example.prompt);
  }
}

function withoutSystem(messages: readonly Turn[]): readonly Turn[] {
  return messages.filter(({ role }) => role !== 'system');
}
