/** Finds the rows that differ from most rows in something that all should have in common. */

import type { RowFindings, RowPlace } from '../rowFindings.ts';
import { RowList } from '../rowList.ts';
import type { RowRuleCode } from '../rules/catalogue.ts';

interface Group {
  readonly first: RowPlace;
  readonly list: RowList;
}

export class Groups<Key> {
  readonly #groups = new Map<Key, Group>();
  #rows = 0;
  #latest: { readonly key: Key; readonly group: Group } | undefined;

  get size(): number {
    return this.#groups.size;
  }

  /** of all groups */
  get rows(): number {
    return this.#rows;
  }

  has(key: Key): boolean {
    return this.#groups.has(key);
  }

  add(key: Key, place: RowPlace): void {
    this.#rows++;
    // Neighbours are mostly alike, and comparing a text is faster than looking for it.
    if (this.#latest && key === this.#latest.key) {
      this.#latest.group.list.add(place.row);
      return;
    }
    let group = this.#groups.get(key);
    if (!group) this.#groups.set(key, (group = { first: place, list: new RowList() }));
    group.list.add(place.row);
    this.#latest = { key, group };
  }

  /** Most rows first. */
  get counts(): readonly { readonly key: Key; readonly count: number }[] {
    return [...this.#groups].map(([key, { list }]) => ({ key, count: list.count })).sort((a, b) => b.count - a.count);
  }

  /** Names the rows of some groups, in the order of the file. */
  name(code: RowRuleCode, keys: readonly Key[], findings: RowFindings, detail = ''): void {
    const named = keys.flatMap((key) => this.#groups.get(key) ?? []);
    const first = named.map((group) => group.first).sort((a, b) => a.row - b.row)[0];
    if (!first) return;
    const rows = named.length === 1 ? named[0]?.list.rows ?? [] : named.flatMap(({ list }) => [...list.rows]).sort((a, b) => a - b);
    findings.addAll(code, rows, first, detail);
  }
}
