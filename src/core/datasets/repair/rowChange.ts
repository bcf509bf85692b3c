/** A row before and after its repair, as a person reads it. */

import type { Outcome } from './rowRepairer.ts';
import type { SourceRow } from './sourceRows.ts';
import type { RepairId } from './table.ts';

/** Of a text, in characters: enough to see what was done to it. */
const TEXT_SHOWN = 20_000;

export interface RowChange {
  /** of the source, 1-based */
  readonly row: number;
  readonly by: readonly RepairId[];
  readonly before: string;
  /** undefined for a row that is left out */
  readonly after: string | undefined;
}

export function describeChange({ raw, body }: SourceRow, outcome: Exclude<Outcome, { kind: 'same' }>): RowChange {
  const before = raw.fault ? (raw.fault.text ?? body?.toString('utf8', 0, TEXT_SHOWN) ?? raw.fault.detail) : show(raw.value);
  if (outcome.kind === 'dropped') return { row: raw.row, by: [outcome.by], before: before.slice(0, TEXT_SHOWN), after: undefined };
  return { row: raw.row, by: outcome.by, before: before.slice(0, TEXT_SHOWN), after: show(outcome.value).slice(0, TEXT_SHOWN) };
}

function show(value: unknown): string {
  try {
    return JSON.stringify(value, undefined, 2);
  } catch (cause) {
    if (cause instanceof RangeError) return 'This row cannot be shown: it is nested too deeply.';
    throw cause;
  }
}
