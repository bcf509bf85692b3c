/** Finds the rows that preference training on this machine leaves out. */

import { RowFault } from '../formats/format.ts';
import type { RowFindings } from '../rowFindings.ts';
import type { ReadRow } from '../scan.ts';
import type { DatasetCheck } from './check.ts';

export const pairsOnly: DatasetCheck = {
  row({ trainable, place }: ReadRow, findings: RowFindings): void {
    if (!(trainable instanceof RowFault) && trainable.rejected === undefined) findings.add('dataset.row.no-pair', place);
  },
};
