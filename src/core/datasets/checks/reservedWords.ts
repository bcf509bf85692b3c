/** Finds the words that a target keeps for itself. */

import { quoteBriefly } from '../../wording/lists.ts';
import type { RowFindings } from '../rowFindings.ts';
import type { ReadRow } from '../scan.ts';
import type { DatasetCheck } from './check.ts';
import { textsOf } from './spoken.ts';

export class ReservedWords implements DatasetCheck {
  readonly #pattern: RegExp;

  constructor(words: readonly string[]) {
    this.#pattern = new RegExp(words.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|'), 'u');
  }

  row({ example, place }: ReadRow, findings: RowFindings): void {
    for (const text of textsOf(example)) {
      const found = this.#pattern.exec(text);
      if (!found) continue;
      findings.add('dataset.row.reserved-word', place, quoteBriefly(found[0]));
      return;
    }
  }
}
