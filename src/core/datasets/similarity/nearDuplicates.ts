/** Finds rows that say almost the same. */

import { Sample, type Boilerplate } from './boilerplate.ts';
import { compareAlike } from './collisions.ts';
import { Sketcher } from './sketcher.ts';
import { SketchStore, type StoreLimits } from './sketchStore.ts';

/** From which share of shingles in common on two texts are nearly the same. @see Lee et al. 2022, §4.2 */
export const NEAR = 0.8;

export interface NearLimits extends StoreLimits {
  readonly slots: number;
}

interface SampledRow {
  readonly row: number;
  readonly texts: readonly string[];
}

/**
 * Groups texts whose Jaccard index of shingles (see `shingleLengths`) is about 0.8 or more: case, punctuation and white
 * space do not count, nor does what a tenth of all rows shares (see `findBoilerplate`). Chains are followed, so that two rows of a group can be less alike. Deterministic.
 * Takes 36 bytes of memory a text, 9 more and 4 MB for comparing, and 80 bytes of disk for each text beyond 65,536.
 *
 * Finds 99.8% of pairs at 0.8 as candidates; what these share is then estimated with a standard deviation of 0.04.
 */
export class NearDuplicates {
  readonly #limits: NearLimits | undefined;
  readonly #store: SketchStore;
  readonly #sketcher = new Sketcher();
  /** until they tell what all rows share */
  #sample: Sample<SampledRow> | undefined = new Sample();
  #boilerplate: Boilerplate | undefined;

  /** @param limits smaller ones than usual, for tests */
  constructor(limits?: NearLimits) {
    this.#limits = limits;
    this.#store = new SketchStore(limits);
  }

  /**
   * @param row each one once, in any order
   * @param text or several, which count as one; texts without a letter or digit are like no other
   * @throws UserError "dataset.temporary-file"
   */
  add(row: number, text: string | readonly string[]): void {
    const texts = typeof text === 'string' ? [text] : text;
    if (this.#boilerplate) return this.#sketch(this.#store, { row, texts }, this.#boilerplate);
    if (!this.#sample?.add({ row, texts })) return;
    this.#boilerplate = this.#sample.findBoilerplate();
    this.#sketchAll(this.#store, this.#sample.rows, this.#boilerplate);
    this.#sample = undefined;
  }

  #sketch(store: SketchStore, { row, texts }: SampledRow, boilerplate: Boilerplate): void {
    this.#sketcher.sketch(texts, boilerplate, (sketch) => store.add(row, sketch));
  }

  #sketchAll(store: SketchStore, rows: readonly SampledRow[], boilerplate: Boilerplate): SketchStore {
    for (const row of rows) this.#sketch(store, row, boilerplate);
    return store;
  }

  /**
   * More may be added afterwards, and this be asked again.
   *
   * @returns groups of two rows or more, disjoint, each ascending, by their first rows
   * @throws UserError "dataset.temporary-file"
   */
  finish(): readonly (readonly number[])[] {
    const steps = this.steps();
    for (;;) {
      const { done, value } = steps.next();
      if (done === true) return value;
    }
  }

  /** As `finish`, with a pause wherever other work can be done. */
  *steps(): Generator<void, readonly (readonly number[])[]> {
    // As long as there are few rows, more of them may change what counts.
    const store = this.#sample ? this.#sketchAll(new SketchStore(this.#limits), this.#sample.rows, this.#sample.findBoilerplate()) : this.#store;
    const groups = new DisjointSets(store.size);
    // A row that is cut in two ways is two entries, one after the other.
    for (let entry = 1; entry < store.size; entry++) if (store.rowOf(entry) === store.rowOf(entry - 1)) groups.join(entry, entry - 1);
    yield* compareAlike(
      store,
      {
        joins: () => true,
        meet: (entry, earlier) => {
          if (groups.find(entry) === groups.find(earlier)) return true;
          if (store.similarity(entry, earlier) < NEAR) return false;
          groups.join(entry, earlier);
          return true;
        },
      },
      this.#limits?.slots,
    );
    return rowsOf(groups, store);
  }
}

function rowsOf(groups: DisjointSets, store: SketchStore): readonly (readonly number[])[] {
  const members = new Map<number, number[]>();
  for (let entry = 0; entry < store.size; entry++) {
    const group = groups.find(entry);
    if (groups.isAlone(group)) continue;
    const rows = members.get(group) ?? [];
    const row = store.rowOf(entry);
    if (rows.at(-1) !== row) rows.push(row);
    members.set(group, rows);
  }
  const found = [...members.values()].filter((rows) => rows.length > 1);
  for (const rows of found) rows.sort((a, b) => a - b);
  return found.sort(([a = 0], [b = 0]) => a - b);
}

/** Union-find. @see Tarjan & van Leeuwen 1984, path halving; the smaller number is the root */
class DisjointSets {
  readonly #parents: Uint32Array;
  readonly #isShared: Uint8Array;

  constructor(size: number) {
    this.#parents = new Uint32Array(size);
    for (let i = 0; i < size; i++) this.#parents[i] = i;
    this.#isShared = new Uint8Array(size);
  }

  find(member: number): number {
    const parents = this.#parents;
    let at = member;
    for (let parent = parents[at] ?? at; parent !== at; parent = parents[at] ?? at) {
      const above = parents[parent] ?? parent;
      parents[at] = above;
      at = above;
    }
    return at;
  }

  join(a: number, b: number): void {
    const [first, second] = [this.find(a), this.find(b)].sort((x, y) => x - y);
    if (first === undefined || second === undefined || first === second) return;
    this.#parents[second] = first;
    this.#isShared[first] = 1;
  }

  /** @param root as `find` gives it */
  isAlone(root: number): boolean {
    return this.#isShared[root] === 0;
  }
}
