/** Reads datasets whole, for tests. */

import { openDataset, requireText } from '../../../../../src/core/datasets/files.ts';
import type { RawRow } from '../../../../../src/core/datasets/readers/rows.ts';
import { readBatches } from '../../../../../src/core/datasets/readers/table.ts';
import { UserError } from '../../../../../src/core/errors.ts';

export async function readAll(file: string): Promise<RawRow[]> {
  const source = await openDataset(file);
  requireText(source);
  const rows: RawRow[] = [];
  for await (const batch of readBatches(source)) rows.push(...batch.rows);
  return rows;
}

/** The code of the UserError that a promise fails with; the words of any other outcome. */
export async function codeOf(promise: Promise<unknown>): Promise<string> {
  const fault: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return fault instanceof UserError ? fault.code : String(fault);
}
