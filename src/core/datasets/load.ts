/** Loads what can be trained on, and accounts for every row that cannot. */

import { UserError } from '../errors.ts';
import { formatQuantity } from '../wording/numbers.ts';
import type { Example, Finding } from './example.ts';
import { openDataset, requireText } from './files.ts';
import { RowFindings } from './rowFindings.ts';
import { scanRows } from './scan.ts';

export interface LoadedExamples {
  /** in the order of the file */
  readonly examples: readonly Example[];
  /** rows in the file, blank lines not counted */
  readonly rows: number;
  readonly skippedRows: number;
  /** why rows were skipped, one finding a rule */
  readonly skipped: readonly Finding[];
}

/**
 * The usable rows of a dataset as conversations, all in memory.
 *
 * @throws UserError "dataset.nothing-to-train-on" when no row is usable, naming the first faults; "dataset.not-text";
 *   and as `openDataset`
 * @throws the signal's reason when aborted
 */
export async function loadExamples(file: string, options: { readonly signal?: AbortSignal } = {}): Promise<LoadedExamples> {
  const source = await openDataset(file);
  requireText(source);
  const examples: Example[] = [];
  const faults = new RowFindings();
  const visitor = { example: (example: Example) => void examples.push(example), fault: faults.add.bind(faults) };
  const { rows } = await scanRows(source, visitor, options.signal ? { signal: options.signal } : {});
  const skipped = faults.finish(source.name, source.kind);
  if (examples.length === 0) throw nothingToTrainOn(file, source.name, rows, skipped);
  return { examples, rows, skippedRows: rows - examples.length, skipped };
}

function nothingToTrainOn(file: string, name: string, rows: number, skipped: readonly Finding[]): UserError {
  const first = skipped[0];
  if (!first) return new UserError('dataset.nothing-to-train-on', `${name} holds no rows.`, 'Add rows, or choose another file', { place: { file } });
  const message = `None of the ${formatQuantity(rows, 'row')} of ${name} can be trained on. ${skipped.slice(0, 2).map((finding) => finding.message).join(' ')}`;
  const row = first.rows[0];
  return new UserError('dataset.nothing-to-train-on', message, first.remedy, { place: row === undefined ? { file } : { file, row } });
}
