/** What looks at the rows of a dataset for faults: one row at a time, or all together at the end. */

import type { Example } from '../example.ts';
import type { RowFindings } from '../rowFindings.ts';
import type { ReadRow } from '../scan.ts';

/** Belongs to one inspection; it may remember a few bytes a row. */
export interface DatasetCheck {
  /** the kinds of examples it looks at; absent for all */
  readonly kinds?: readonly Example['kind'][];
  /** Hears of every row of its kinds that could be read, in the order of the file. */
  row?(read: ReadRow, findings: RowFindings): void;
  /** Called after the last row; and again, after more of them, when the file has grown. */
  finish?(findings: RowFindings, signal?: AbortSignal): void | Promise<void>;
}
