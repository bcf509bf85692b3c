/** Tries all formats on the first rows of a dataset, so that a person can choose by what would be lost. */

import { Conversion } from './convert.ts';
import type { DatasetFile } from './files.ts';
import type { FormatId } from './formats/format.ts';
import type { ColumnMapping } from './formats/labelledText.ts';
import { FORMATS } from './formats/table.ts';
import { readBatches } from './readers/table.ts';
import type { RawRow } from './readers/rows.ts';

/** Enough to meet what is usual in a file, few enough for 24 formats in the blink of an eye. */
export const ROWS_TRIED = 100;

export interface ConversionPreview {
  readonly to: FormatId;
  readonly title: string;
  readonly tried: number;
  readonly written: number;
  /** each completes "lost: …", most rows first */
  readonly lost: readonly string[];
  /** why a row cannot be written, of most rows */
  readonly refused: string | undefined;
}

/**
 * @returns what keeps most first: all rows with nothing lost, then fewer losses; formats that can hold no row are left out
 * @throws UserError as `readBatches`
 * @throws the signal's reason when aborted
 */
export async function previewConversions(source: DatasetFile, columns: ColumnMapping | undefined, signal?: AbortSignal): Promise<readonly ConversionPreview[]> {
  const rows = await firstRows(source, signal);
  const tried = FORMATS.map(({ id, title }): ConversionPreview => {
    const conversion = new Conversion({ to: id, ...(columns && { columns }) });
    for (const row of rows) conversion.lineOf(row);
    const { written, lost, refused } = conversion.summary;
    return { to: id, title, tried: rows.length, written, lost: lost.map(({ words }) => words), refused: refused[0]?.words };
  });
  return tried.filter(({ written }) => written > 0).sort((a, b) => b.written - a.written || a.lost.length - b.lost.length);
}

async function firstRows(source: DatasetFile, signal: AbortSignal | undefined): Promise<readonly RawRow[]> {
  const first: RawRow[] = [];
  for await (const { rows } of readBatches(source, { signal, rows: ROWS_TRIED })) {
    first.push(...rows.slice(0, ROWS_TRIED - first.length));
    if (first.length >= ROWS_TRIED) break;
  }
  return first;
}
