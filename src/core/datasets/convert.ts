/** Turns rows of any format into lines of another, and accounts for what was lost and what was left out. */

import { FormatDetector, FormatVote } from './detect.ts';
import type { Example, Fields } from './example.ts';
import { Refusal, RowFault, type Format, type FormatId } from './formats/format.ts';
import { labelledTextBy, type ColumnMapping } from './formats/labelledText.ts';
import { LOSSES, type LossKind } from './formats/losses.ts';
import { formatOf } from './formats/table.ts';
import { isFields, nameType } from './formats/values.ts';
import type { RawRow } from './readers/rows.ts';
import { RowFindings, type RowPlace } from './rowFindings.ts';
import { ExampleWriter } from './writeExample.ts';

export interface ConversionOptions {
  /** what all rows are; without it each row is what it is recognized as */
  readonly from?: FormatId;
  readonly to: FormatId;
  /** the columns of a table with labels, where their names do not tell */
  readonly columns?: ColumnMapping;
}

/** What happened to some rows, and to which first. */
export interface RowTally {
  readonly words: string;
  readonly count: number;
  /** 1-based */
  readonly firstRow: number;
}

export interface ConversionSummary {
  readonly rows: number;
  readonly written: number;
  /** what the rows were, most first */
  readonly formats: readonly { readonly id: FormatId; readonly title: string; readonly count: number }[];
  /** what the new rows no longer say, most rows first; `words` completes "lost: …" */
  readonly lost: readonly (RowTally & { readonly kind: LossKind })[];
  /** why rows that were read were not written, most rows first; `words` completes "it was left out: …" */
  readonly refused: readonly RowTally[];
}

/** Converts one row after the other; memory does not grow with their number. */
export class Conversion {
  /** rows that could not be read */
  readonly findings = new RowFindings();
  readonly #from: Format | undefined;
  readonly #writer: ExampleWriter;
  readonly #detector = new FormatDetector();
  readonly #formats = new FormatVote();
  readonly #lost = new Tallies<LossKind>();
  readonly #refused = new Tallies<string>();
  #rows = 0;
  #written = 0;

  constructor({ from, to, columns }: ConversionOptions) {
    const labelled = columns && labelledTextBy(columns);
    this.#from = labelled && (from === undefined || from === 'labelled-text') ? labelled : from && formatOf(from);
    this.#writer = new ExampleWriter(formatOf(to));
  }

  /** @returns the row as a line of JSON without its end; undefined when it was left out */
  lineOf(raw: RawRow): string | undefined {
    this.#rows++;
    const example = this.#read(raw);
    if (!example) return undefined;
    try {
      const { row, lost } = this.#writer.write(example);
      const line = stringify(row);
      for (const kind of lost) this.#lost.add(kind, raw.row);
      if (LONG_NUMBER.test(line) && holdsLongNumber(row)) this.#lost.add('digits', raw.row);
      this.#written++;
      return line;
    } catch (fault) {
      if (!(fault instanceof Refusal)) throw fault;
      this.#refused.add(fault.message, raw.row);
      return undefined;
    }
  }

  #read(raw: RawRow): Example | undefined {
    const place: RowPlace = { row: raw.row, line: raw.line };
    if (raw.fault) {
      this.findings.add(raw.fault.code, { ...place, column: raw.fault.column }, raw.fault.detail);
      return undefined;
    }
    const { value } = raw;
    if (!isFields(value)) {
      this.findings.add('dataset.row.not-an-object', place, `it is ${nameType(value)}`);
      return undefined;
    }
    const known = this.#from ? this.#readAs(this.#from, value) : this.#detector.detect(value);
    if (!known) {
      this.findings.add('dataset.row.unknown-format', place, this.#from ? `it is not ${this.#from.title}` : '');
      return undefined;
    }
    this.#formats.add(known.format.id, raw.row);
    try {
      return known.format.read(known.row);
    } catch (fault) {
      if (!(fault instanceof RowFault)) throw fault;
      this.findings.add(fault.code, place, fault.detail);
      return undefined;
    }
  }

  /** Without columns that are null, as recognized rows are. */
  #readAs(format: Format, value: Fields): { readonly format: Format; readonly row: Fields } | undefined {
    const row = Object.fromEntries(Object.entries(value).filter(([, held]) => held !== null));
    return format.hasColumns(new Set(Object.keys(row))) && (format.recognizes?.(row) ?? true) ? { format, row } : undefined;
  }

  get summary(): ConversionSummary {
    return {
      rows: this.#rows,
      written: this.#written,
      formats: this.#formats.counts.map(({ id, count }) => ({ id, title: formatOf(id).title, count })),
      lost: this.#lost.finish((kind) => LOSSES[kind]).map(({ key, ...tally }) => ({ kind: key, ...tally })),
      refused: this.#refused.finish((words) => words).map(({ words, count, firstRow }) => ({ words, count, firstRow })),
    };
  }
}

/** As a number looks in JSON; a text may look so, too. */
const LONG_NUMBER = /[:[,]-?\d{16,}/;

/** Whether a whole number may have lost digits when it was read, as ids of some services do. */
function holdsLongNumber(row: Fields): boolean {
  const open: unknown[] = [row];
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value)) return true;
    // One by one: a list may be longer than a call takes arguments.
    if (typeof value === 'object' && value !== null) for (const inner of Object.values(value) as unknown[]) open.push(inner);
  }
  return false;
}

/** @throws Refusal when the row is nested deeper than JSON can be written */
function stringify(row: Fields): string {
  try {
    return JSON.stringify(row);
  } catch (fault) {
    if (fault instanceof RangeError) throw new Refusal('it is nested too deep');
    throw fault;
  }
}

class Tallies<Key extends string> {
  readonly #tallies = new Map<Key, { count: number; firstRow: number }>();

  add(key: Key, row: number): void {
    const known = this.#tallies.get(key);
    if (known) known.count++;
    else this.#tallies.set(key, { count: 1, firstRow: row });
  }

  finish(words: (key: Key) => string): readonly (RowTally & { readonly key: Key })[] {
    return [...this.#tallies].map(([key, tally]) => ({ key, words: words(key), ...tally })).sort((a, b) => b.count - a.count);
  }
}
