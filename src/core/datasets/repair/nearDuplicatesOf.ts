/** Finds the rows of a dataset that resemble an earlier one, of those that a repair keeps: only a look at all rows tells. */

import { NearRepetition } from '../checks/nearRepetition.ts';
import { Repetition } from '../checks/repetition.ts';
import { FormatDetector } from '../detect.ts';
import type { DatasetFile } from '../files.ts';
import { readBatches } from '../readers/table.ts';
import { RowFindings } from '../rowFindings.ts';
import { newTotals, visitRow, type RowVisitor } from '../scan.ts';
import type { TargetId } from '../targets/target.ts';
import { RowRepairer } from './rowRepairer.ts';
import type { RepairId } from './table.ts';

export interface NearOptions {
  readonly repairs: readonly RepairId[];
  readonly target?: TargetId;
  readonly signal?: AbortSignal;
}

/**
 * Rows are compared as the other repairs leave them. What these remove is compared to nothing: else the first of two rows
 * would go for its own fault, and the second for resembling it.
 *
 * @returns numbers of rows; none where near duplicates are not to be removed
 * @throws as `readBatches`
 * @throws the signal's reason when aborted
 */
export async function nearDuplicatesOf(source: DatasetFile, { repairs, target, signal }: NearOptions): Promise<ReadonlySet<number>> {
  if (!repairs.includes('remove-near-duplicates')) return new Set();
  const repairer = new RowRepairer(repairs.filter((id) => id !== 'remove-near-duplicates'), undefined, target);
  const findings = new RowFindings();
  const repetition = new Repetition();
  const near = new NearRepetition();
  const visitor: RowVisitor = {
    row: (read) => {
      repetition.row(read, findings);
      near.row(read, findings);
    },
    fault: () => undefined,
  };
  const detector = new FormatDetector();
  const totals = newTotals();
  for await (const { rows } of readBatches(source, { signal })) {
    for (const raw of rows) {
      const outcome = repairer.repair(raw);
      if (outcome.kind !== 'dropped') visitRow(outcome.kind === 'changed' ? { row: raw.row, line: raw.line, value: outcome.value } : raw, detector, visitor, totals);
    }
  }
  await near.finish(findings, signal);
  return new Set(findings.rowsOf('dataset.near-duplicates'));
}
