/** Recognizes what each row is by its columns and their structure, and what a file is by the vote of all its rows. */

import type { DatasetFormat, Fields } from './example.ts';
import { ROWS_NAMED } from './finding.ts';
import type { Format, FormatId } from './formats/format.ts';
import { LABEL_COLUMNS, TEXT_COLUMNS } from './formats/labelledText.ts';
import { PROMPT_COLUMNS } from './formats/pairs.ts';
import { PAIR_COLUMNS } from './formats/promptCompletion.ts';
import { FORMATS, formatOf } from './formats/table.ts';

/** What a person can be told to write instead. */
export const FORMATS_IN_WORDS =
  'chat (a "messages" list of {"role", "content"}), prompt and completion ("prompt" and "completion", "instruction" and "output", "question" and "answer"), ' +
  'labelled text (a "text" and a "label" or "category" column), or preference pairs ("prompt", "chosen" and "rejected")';

/** Columns that people also write with capital letters or spaces around, as spreadsheets have them. */
export const SPELLED: ReadonlySet<string> = new Set([
  'messages', 'conversations', 'chosen', 'rejected', 'preferred_output', 'non_preferred_output', 'instruction', 'completion',
  ...PROMPT_COLUMNS, ...PAIR_COLUMNS.flat(), ...TEXT_COLUMNS, ...LABEL_COLUMNS,
]);

export interface Detected {
  readonly format: Format;
  /** the row as the format reads it */
  readonly row: Fields;
}

interface Plan {
  readonly candidates: readonly Format[];
  /** column → its usual spelling; undefined when all are spelled so */
  readonly renames: ReadonlyMap<string, string> | undefined;
}

/** Detects row by row, remembering what equal columns may be. */
export class FormatDetector {
  readonly #plans = new Map<string, Plan>();

  /**
   * A column that is null counts as absent, for Arrow gives every row the columns of all rows; only a row that is nothing
   * without it is taken by the names of its columns.
   */
  detect(row: Fields): Detected | undefined {
    const columns = Object.keys(row);
    if (columns.every((column) => row[column] !== null)) return this.#find(row, columns, false);
    const present = columns.filter((column) => row[column] !== null);
    return this.#find(row, present, true) ?? this.#find(row, columns, false);
  }

  #find(row: Fields, columns: readonly string[], hasNulls: boolean): Detected | undefined {
    const { candidates, renames } = this.#plan(columns);
    if (candidates.length === 0) return undefined;
    // fromEntries defines own properties, so that a column named __proto__ is a column.
    const spelled = hasNulls || renames ? Object.fromEntries(columns.map((column) => [renames?.get(column) ?? column, row[column]])) : row;
    const format = candidates.find((one) => one.recognizes?.(spelled) ?? true);
    return format && { format, row: spelled };
  }

  #plan(columns: readonly string[]): Plan {
    const signature = columns.join('\0');
    const known = this.#plans.get(signature);
    if (known) return known;
    const renames = findRenames(columns);
    const names = new Set(columns.map((column) => renames.get(column) ?? column));
    const plan = { candidates: FORMATS.filter((format) => format.hasColumns(names)), renames: renames.size > 0 ? renames : undefined };
    // A file whose every row has other columns must not fill the memory.
    if (this.#plans.size < 1000 && signature.length < 4000) this.#plans.set(signature, plan);
    return plan;
  }
}

function findRenames(columns: readonly string[]): ReadonlyMap<string, string> {
  const taken = new Set(columns);
  const renames = new Map<string, string>();
  for (const column of columns) {
    const usual = column.trim().toLowerCase();
    if (taken.has(usual) || !SPELLED.has(usual)) continue;
    taken.add(usual);
    renames.set(column, usual);
  }
  return renames;
}

/** The rows of one format in a file. */
export interface FormatCount {
  readonly id: FormatId;
  readonly count: number;
  /** 1-based, ascending, at most `ROWS_NAMED` */
  readonly rows: readonly number[];
}

/** Counts which format each row is in. */
export class FormatVote {
  readonly #counts = new Map<FormatId, { count: number; rows: number[] }>();

  add(id: FormatId, row: number): void {
    const known = this.#counts.get(id);
    if (!known) this.#counts.set(id, { count: 1, rows: [row] });
    else if (known.count++ < ROWS_NAMED) known.rows.push(row);
  }

  /** Most rows first; the earlier in the table wins a tie. */
  get counts(): readonly FormatCount[] {
    return FORMATS.flatMap(({ id }) => {
      const known = this.#counts.get(id);
      return known ? [{ id, ...known }] : [];
    }).sort((a, b) => b.count - a.count);
  }

  /** The format that most rows are in; undefined when no row is in any. */
  get winner(): FormatId | undefined {
    return this.counts[0]?.id;
  }

  /** What training takes the file for: what most of its rows that can be trained on are. */
  get trainsAs(): DatasetFormat | undefined {
    const votes = new Map<DatasetFormat, number>();
    for (const { id, count } of this.counts) {
      const { trainsAs } = formatOf(id);
      if (trainsAs) votes.set(trainsAs, (votes.get(trainsAs) ?? 0) + count);
    }
    return voteFormat(votes);
  }
}

/** The one with most votes; the earlier in the list wins a tie. */
export function voteFormat(counts: ReadonlyMap<DatasetFormat, number>): DatasetFormat | undefined {
  let winner: DatasetFormat | undefined;
  for (const format of ['chat', 'prompt-completion', 'labelled-text', 'preference'] as const) {
    const votes = counts.get(format) ?? 0;
    if (votes > (winner === undefined ? 0 : (counts.get(winner) ?? 0))) winner = format;
  }
  return winner;
}
