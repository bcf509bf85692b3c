/** What is known of a file after the last row. */

import type { DatasetKind } from '../extensions.ts';
import type { FormatId } from '../formats/format.ts';
import type { LabelCount } from '../labels.ts';
import type { Target } from '../targets/target.ts';

export interface FileFacts {
  readonly name: string;
  readonly kind: DatasetKind;
  readonly isGzip: boolean;
  readonly bytes: number;
  readonly target: Target;
  /** what the file is instead of what its name says, if it is none */
  readonly notText: string | undefined;
  readonly rows: number;
  readonly usableRows: number;
  /** rows that cannot be converted to a format that the target takes */
  readonly unfitRows: number;
  /** keys of the first row that is an object */
  readonly keys: readonly string[];
  /** a row has the keys of a format that can be trained on */
  readonly isRecognized: boolean;
  /** rows that are no JSON or CSV */
  readonly unreadableRows: number;
  /** an unsupported format that rows are in */
  readonly unsupported: string | undefined;
  /** how the rows are written, most rows first */
  readonly formats: readonly { readonly id: FormatId; readonly count: number }[];
  /** the first row is the start of a JSON value that does not end on its line */
  readonly spansLines: boolean;
  /** of CSV: names that more than one column has, and the line of the header */
  readonly repeatedColumns: { readonly names: readonly string[]; readonly line: number };
  /** the one answer that all usable rows share */
  readonly onlyAnswer: string | undefined;
  /** most frequent first; undefined when the answers are not labels */
  readonly labels: readonly LabelCount[] | undefined;
}
