/** The file beside a repaired one that says what it was made from and what became of each row. */

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { RowList } from '../rowList.ts';
import { REPAIRS, REPAIR_IDS, type RepairId } from './table.ts';

export interface FileFacts {
  /** without its folder */
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly rows: number;
}

export interface RepairManifest {
  readonly tunesmith: 'repair';
  readonly version: 1;
  /** the version of Tunesmith */
  readonly by: string;
  /** ISO 8601 */
  readonly date: string;
  readonly source: FileFacts;
  readonly result: FileFacts;
  readonly repairs: readonly { readonly id: RepairId; readonly title: string; readonly rows: number }[];
  /** rows of the source that were left out, ascending */
  readonly dropped: readonly { readonly row: number; readonly by: RepairId }[];
  /** rows of the source that were changed, ascending */
  readonly changed: readonly { readonly row: number; readonly by: readonly RepairId[] }[];
}

export async function factsOf(path: string, file: string, rows: number, signal?: AbortSignal): Promise<FileFacts> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { signal }) as AsyncIterable<Uint8Array>) hash.update(chunk);
  return { file, bytes: (await stat(path)).size, sha256: hash.digest('hex'), rows };
}

/** What became of the rows, in eight bytes for each that did not stay as it was. */
export class ChangeLog {
  readonly #counts = new Map<RepairId, { rows: number; firstRow: number }>();
  readonly #changed = { rows: new RowList(), repairs: new RowList() };
  readonly #dropped = { rows: new RowList(), repairs: new RowList() };

  changed(row: number, by: readonly RepairId[]): void {
    this.#changed.rows.add(row);
    this.#changed.repairs.add(by.reduce((sum, id) => sum + 2 ** REPAIR_IDS.indexOf(id), 0));
    for (const id of by) this.count(id, row);
  }

  dropped(row: number, by: RepairId): void {
    this.#dropped.rows.add(row);
    this.#dropped.repairs.add(REPAIR_IDS.indexOf(by));
    this.count(by, row);
  }

  /** For repairs that change no row. */
  count(id: RepairId, row: number, rows = 1): void {
    const known = this.#counts.get(id);
    if (known) known.rows += rows;
    else this.#counts.set(id, { rows, firstRow: row });
  }

  get changedRows(): number {
    return this.#changed.rows.count;
  }

  get droppedRows(): number {
    return this.#dropped.rows.count;
  }

  /** Those that had something to do, in their order. */
  get repairs(): readonly { readonly id: RepairId; readonly title: string; readonly rows: number; readonly firstRow: number }[] {
    return REPAIRS.flatMap(({ id, title }) => {
      const known = this.#counts.get(id);
      return known ? [{ id, title, ...known }] : [];
    });
  }

  /** The manifest as JSON, a piece at a time. */
  *write(head: Omit<RepairManifest, 'repairs' | 'dropped' | 'changed'>): Generator<string> {
    const repairs = this.repairs.map(({ id, title, rows }) => ({ id, title, rows }));
    yield `${JSON.stringify({ ...head, repairs }, undefined, 2).slice(0, -2)},\n`;
    yield* writeList('dropped', this.#dropped, (by) => JSON.stringify(REPAIR_IDS[by]));
    yield ',\n';
    yield* writeList('changed', this.#changed, (by) => JSON.stringify(REPAIR_IDS.filter((_, at) => Math.floor(by / 2 ** at) % 2 === 1)));
    yield '\n}\n';
  }
}

function* writeList(name: string, { rows, repairs }: { readonly rows: RowList; readonly repairs: RowList }, by: (repairs: number) => string): Generator<string> {
  yield `  "${name}": [`;
  for (let at = 0; at < rows.count; at++) yield `${at === 0 ? '' : ','}\n    { "row": ${rows.rows[at] ?? 0}, "by": ${by(repairs.rows[at] ?? 0)} }`;
  yield rows.count === 0 ? ']' : '\n  ]';
}
