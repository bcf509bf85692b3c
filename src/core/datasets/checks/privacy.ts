/** Finds secrets and personal data anywhere in a row, and tells their kind without telling them. */

import { formatList } from '../../wording/lists.ts';
import { formatCount } from '../../wording/numbers.ts';
import type { Fields } from '../example.ts';
import { findSensitive, type Sensitive } from '../privacy/sensitive.ts';
import type { RowFindings } from '../rowFindings.ts';
import type { ReadRow } from '../scan.ts';
import type { DatasetCheck } from './check.ts';

/** Shorter texts, such as names of roles, hold nothing. "a@b.de" has six characters. */
const SHORTEST = 6;
/** Shorter ones are searched as fast as they are compared. */
const LONG = 48;
const REMEMBERED = 4;
/** What is nested deeper is nobody's example. */
const DEEPEST = 500;

export class Privacy implements DatasetCheck {
  /** of the row that is looked at */
  #found: Sensitive[] = [];
  /** texts that hold nothing: the instructions of one row are often those of the next */
  readonly #clean: string[] = [];
  #oldest = 0;

  row({ fields, place }: Pick<ReadRow, 'fields' | 'place'>, findings: RowFindings): void {
    this.#visit(fields, 0);
    if (this.#found.length === 0) return;
    const secrets = this.#found.filter(({ kind }) => kind === 'secret');
    const personal = this.#found.filter(({ kind }) => kind !== 'secret');
    this.#found = [];
    if (secrets.length > 0) findings.add('dataset.row.secret', place, describe(secrets));
    if (personal.length > 0) findings.add('dataset.row.personal-data', place, describe(personal));
  }

  #search(text: string): void {
    const found = findSensitive(text);
    for (const one of found) this.#found.push(one);
    if (found.length > 0 || text.length < LONG) return;
    this.#clean[this.#oldest] = text;
    this.#oldest = (this.#oldest + 1) % REMEMBERED;
  }

  #visit(value: unknown, depth: number): void {
    if (typeof value === 'string') {
      if (value.length >= SHORTEST && !this.#clean.includes(value)) this.#search(value);
    } else if (Array.isArray(value)) {
      if (depth < DEEPEST) for (const inner of value as readonly unknown[]) this.#visit(inner, depth + 1);
    } else if (typeof value === 'object' && value !== null && depth < DEEPEST) {
      for (const key in value) this.#visit((value as Fields)[key], depth + 1);
    }
  }
}

const NAMED = 3;

/** "a card number ending in 4242 and a phone number ending in 71" */
function describe(found: readonly Sensitive[]): string {
  const words = [...new Set(found.map((one) => one.words))];
  const named = words.slice(0, NAMED);
  return formatList(words.length > NAMED ? [...named, `${formatCount(words.length - NAMED)} more`] : named);
}
