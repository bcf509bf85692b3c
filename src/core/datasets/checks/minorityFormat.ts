/** Finds the rows in another format than most rows that can be used. */

import { formatList } from '../../wording/lists.ts';
import { RowFault, type FormatId } from '../formats/format.ts';
import { formatOf } from '../formats/table.ts';
import type { RowFindings, RowPlace } from '../rowFindings.ts';
import { RowList } from '../rowList.ts';
import type { ReadRow } from '../scan.ts';
import type { DatasetCheck } from './check.ts';

export class MinorityFormat implements DatasetCheck {
  readonly #formats = new Map<FormatId, { readonly id: FormatId; readonly first: RowPlace; readonly list: RowList }>();

  row({ format: id, place, trainable }: ReadRow): void {
    if (trainable instanceof RowFault) return;
    let known = this.#formats.get(id);
    if (!known) this.#formats.set(id, (known = { id, first: place, list: new RowList() }));
    known.list.add(place.row);
  }

  finish(findings: RowFindings): void {
    findings.remove('dataset.row.minority-format');
    const [most, ...others] = [...this.#formats.values()].sort((a, b) => b.list.count - a.list.count);
    const first = others.map((one) => one.first).sort((a, b) => a.row - b.row)[0];
    if (!most || !first) return;
    const rows = others.flatMap(({ list }) => [...list.rows]).sort((a, b) => a - b);
    const words = `${formatList(others.map(({ id }) => formatOf(id).title))} among ${formatOf(most.id).title}`;
    findings.addAll('dataset.row.minority-format', rows, first, words);
  }
}
