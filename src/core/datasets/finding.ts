/** What is said about the rows of a dataset. */

import type { RepairId } from './repair/table.ts';

export type Severity = 'error' | 'warning' | 'info';

/** One rule's verdict about some rows. Rows that an `error` names are not trained on, or not until the file was converted. */
export interface Finding {
  /** the rule, for example `dataset.row.invalid-json` */
  readonly code: string;
  readonly severity: Severity;
  /** one sentence in the user's words, with numbers */
  readonly message: string;
  /** the next step, as an imperative sentence */
  readonly remedy: string;
  /** 1-based, ascending, at most `ROWS_NAMED` of them */
  readonly rows: readonly number[];
  /** how many rows in all */
  readonly count: number;
  /** what mends it, or a part of it, the gentlest first; absent where only a person can */
  readonly repairs?: readonly RepairId[];
  /** where an editor should open the file for the first of the rows; 1-based, absent when the finding is about no place */
  readonly at?: { readonly line: number; readonly column: number };
}

export const ROWS_NAMED = 100;
