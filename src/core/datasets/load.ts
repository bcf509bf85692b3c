/** Loads what can be trained on, and accounts for every row that cannot. */

import { basename } from 'node:path';
import { UserError } from '../errors.ts';
import { formatQuantity } from '../wording/numbers.ts';
import type { TrainingExample } from './example.ts';
import type { Finding } from './finding.ts';
import type { DatasetKind } from './extensions.ts';
import { openDataset, requireText } from './files.ts';
import { RowFault } from './formats/format.ts';
import { RowFindings } from './rowFindings.ts';
import { scanRows, type RowVisitor } from './scan.ts';

export interface LoadedExamples {
  readonly kind: DatasetKind;
  /** in the order of the file */
  readonly examples: readonly TrainingExample[];
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
  const examples: TrainingExample[] = [];
  const faults = new RowFindings();
  const visitor: RowVisitor = {
    row: ({ trainable, place }) => {
      if (trainable instanceof RowFault) faults.add(trainable.code, place, trainable.detail);
      else examples.push(trainable);
    },
    fault: faults.add.bind(faults),
  };
  const { rows } = await scanRows(source, visitor, options.signal ? { signal: options.signal } : {});
  const skipped = faults.finish(source.name, source.kind);
  if (examples.length === 0) throw nothingToTrainOn(file, source.name, rows, skipped);
  return { kind: source.kind, examples, rows, skippedRows: rows - examples.length, skipped };
}

/**
 * Only the rows that hold two answers.
 *
 * @throws UserError "dataset.no-pairs" when there is none
 */
export function onlyPairs(loaded: LoadedExamples, file: string): LoadedExamples {
  const examples = loaded.examples.filter(({ rejected }) => rejected !== undefined);
  if (examples.length === loaded.examples.length) return loaded;
  const name = basename(file);
  if (examples.length === 0) {
    throw new UserError('dataset.no-pairs', `None of the ${formatQuantity(loaded.rows, 'row')} of ${name} holds two answers to choose between.`,
      'Write rows with "prompt", "chosen" and "rejected", or set technique to "sft"', { place: { file } });
  }
  const single = new RowFindings();
  for (const { row, rejected } of loaded.examples) if (rejected === undefined) single.add('dataset.row.no-pair', { row, line: row });
  return {
    ...loaded, examples, skippedRows: loaded.rows - examples.length, skipped: [...loaded.skipped, ...single.finish(name, loaded.kind)],
  };
}

function nothingToTrainOn(file: string, name: string, rows: number, skipped: readonly Finding[]): UserError {
  const first = skipped[0];
  if (!first) return new UserError('dataset.nothing-to-train-on', `${name} holds no rows.`, 'Add rows, or choose another file', { place: { file } });
  const message = `None of the ${formatQuantity(rows, 'row')} of ${name} can be trained on. ${skipped.slice(0, 2).map((finding) => finding.message).join(' ')}`;
  const row = first.rows[0];
  return new UserError('dataset.nothing-to-train-on', message, first.remedy, { place: row === undefined ? { file } : { file, row } });
}
