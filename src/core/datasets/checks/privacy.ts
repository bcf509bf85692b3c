/** Finds secrets and personal data anywhere in a row, and tells their kind without telling them. */

import { formatList } from '../../wording/lists.ts';
import { formatCount } from '../../wording/numbers.ts';
import { findSensitive, type Sensitive } from '../privacy/sensitive.ts';
import type { RowFindings } from '../rowFindings.ts';
import type { ReadRow } from '../scan.ts';
import type { DatasetCheck } from './check.ts';

export class Privacy implements DatasetCheck {
  /** used again for each row */
  readonly #open: unknown[] = [];

  row({ fields, place }: Pick<ReadRow, 'fields' | 'place'>, findings: RowFindings): void {
    let found: Sensitive[] | undefined;
    const open = this.#open;
    open.push(fields);
    while (open.length > 0) {
      const value = open.pop();
      if (typeof value === 'string') {
        const some = findSensitive(value);
        if (some.length > 0) found = found ? found.concat(some) : [...some];
      } else if (typeof value === 'object' && value !== null) {
        // The last one is looked at first.
        for (const inner of (Object.values(value) as unknown[]).reverse()) if (typeof inner === 'string' || typeof inner === 'object') open.push(inner);
      }
    }
    if (!found) return;
    const secrets = found.filter(({ kind }) => kind === 'secret');
    const personal = found.filter(({ kind }) => kind !== 'secret');
    if (secrets.length > 0) findings.add('dataset.row.secret', place, describe(secrets));
    if (personal.length > 0) findings.add('dataset.row.personal-data', place, describe(personal));
  }
}

const NAMED = 3;

/** "a card number ending in 4242 and a phone number ending in 71" */
function describe(found: readonly Sensitive[]): string {
  const words = [...new Set(found.map((one) => one.words))];
  const named = words.slice(0, NAMED);
  return formatList(words.length > NAMED ? [...named, `${formatCount(words.length - NAMED)} more`] : named);
}
