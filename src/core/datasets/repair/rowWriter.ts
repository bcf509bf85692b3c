/** Writes what a repair has left of a file: untouched rows byte for byte, changed ones anew, brackets and commas as they must be. */

import { Buffer } from 'node:buffer';
import type { Fields } from '../example.ts';
import { isFields } from '../formats/values.ts';
import { parseKeepingNumbers } from './rawNumbers.ts';
import type { Outcome } from './rowRepairer.ts';
import type { SourceRow } from './sourceRows.ts';
import { spellingOf, writeCells, writeJson } from './writeRow.ts';

export interface WriterOptions {
  readonly kind: 'json-lines' | 'json-list' | 'csv';
  readonly delimiter: string;
  /** one object a line, whatever the source has */
  readonly isUnwrapped: boolean;
  /** of lines, and the byte order mark */
  readonly normalizesEnds: boolean;
  /** what is wrong between the rows of a list is mended too */
  readonly mendsList: boolean;
}

const LINE_FEED = Buffer.from('\n');
const NOTHING = Buffer.alloc(0);
const BYTE_ORDER_MARK = Buffer.from('\uFEFF');

export class RowWriter {
  /** lines that end otherwise than before, and the byte order mark */
  endsChanged = 0;
  readonly #options: WriterOptions;
  #header: readonly string[] = [];
  #isFirst = true;
  /** of a row that is left out at the beginning: the header, the bracket of a list */
  #kept: Buffer = NOTHING;
  #lastDropped = false;
  #isBroken = false;
  #isList = false;

  constructor(options: WriterOptions) {
    this.#options = options;
  }

  /** @param names as the header of CSV has them */
  setHeader(names: readonly string[]): void {
    this.#header = names;
  }

  row(piece: SourceRow, outcome: Outcome): readonly Buffer[] {
    const lead = this.#lead(piece);
    this.#lastDropped = outcome.kind === 'dropped';
    if (piece.raw.fault && piece.body?.length === 0) this.#isBroken = true;
    if (outcome.kind === 'dropped') {
      if (piece.raw.fault) this.#isBroken = true;
      if (this.#isFirst) this.#kept = lead;
      return [];
    }
    this.#isFirst = false;
    this.#kept = NOTHING;
    return [lead, outcome.kind === 'changed' ? Buffer.from(this.#write(piece, outcome)) : this.#untouched(piece), this.#end(piece)];
  }

  more(bytes: Buffer): readonly Buffer[] {
    return this.#lastDropped ? [] : [bytes];
  }

  tail(bytes: Buffer): readonly Buffer[] {
    const { isUnwrapped, mendsList } = this.#options;
    if (isUnwrapped) return [];
    if (this.#isList && mendsList && this.#isBroken) return [this.#kept, Buffer.from('\n]\n')];
    return [this.#kept, bytes];
  }

  #lead({ lead }: SourceRow): Buffer {
    if (this.#options.isUnwrapped) return NOTHING;
    if (this.#isFirst) {
      const begin = this.#kept.length > 0 ? this.#kept : lead;
      this.#isList ||= this.#options.kind === 'json-list' && begin.includes('[');
      if (!this.#options.normalizesEnds) return begin;
      if (begin.subarray(0, 3).equals(BYTE_ORDER_MARK)) this.endsChanged++;
      return Buffer.from(begin.toString('utf8').replace(/^\uFEFF/, '').replaceAll('\r\n', '\n'));
    }
    // Of a list that is broken nobody knows how many commas stand there.
    if (this.#isList && this.#options.mendsList) return Buffer.from(`,${/\s*$/.exec(lead.toString('utf8'))?.[0] ?? ''}`);
    return this.#options.normalizesEnds ? Buffer.from(lead.toString('utf8').replaceAll('\r\n', '\n')) : lead;
  }

  #end({ end, body }: SourceRow): Buffer {
    const { isUnwrapped, normalizesEnds } = this.#options;
    if (isUnwrapped || body === undefined) return LINE_FEED;
    if (!normalizesEnds || !end.includes('\r')) return end;
    this.endsChanged++;
    return Buffer.from(end.toString('latin1').replace(/\r*\n|\r/g, '\n'));
  }

  #untouched({ body, raw }: SourceRow): Buffer {
    if (body === undefined) return Buffer.from(JSON.stringify(raw.value));
    if (!this.#options.isUnwrapped || !body.includes('\n') || raw.fault) return body;
    return Buffer.from(writeJson(parseAgain(body.toString('utf8'), raw.value)));
  }

  #write({ body, cells, lead, raw }: SourceRow, { value, apply }: Extract<Outcome, { kind: 'changed' }>): string {
    if (cells) return writeCells(this.#cellsOf(cells, value), this.#options.delimiter);
    if (body === undefined) return JSON.stringify(value);
    const text = body.toString('utf8');
    const again = parseAgain(text, raw.value);
    const spelling = spellingOf(text, lead.toString('utf8'));
    return writeJson(isFields(again) ? apply(again) : value, this.#options.isUnwrapped ? { ...spelling, indent: '' } : spelling);
  }

  /** Of columns with one name, the first is the one that was read. */
  #cellsOf(cells: readonly string[], value: Fields): readonly string[] {
    return cells.map((cell, at) => {
      const name = this.#header[at];
      const held = name === undefined || this.#header.indexOf(name) !== at ? cell : value[name];
      return typeof held === 'string' ? held : cell;
    });
  }
}

/** The row with every digit of its numbers. */
function parseAgain(text: string, known: unknown): unknown {
  try {
    return parseKeepingNumbers(text);
  } catch {
    // Nested deeper than it can be read in this way.
    return known;
  }
}
