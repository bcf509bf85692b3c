/** Cuts bytes of CSV into the records that they hold, by the lines on which these begin: where one cannot be parsed, its end is not known. */

import { Buffer } from 'node:buffer';
import type { RawRow } from '../readers/rows.ts';
import type { SourceRow } from './sourceRows.ts';

const LINE_FEED = 0x0a;
const RETURN = 0x0d;

/**
 * @param bytes from the end of the record before to the end of the last of these
 * @param firstLine 1-based number of the line that `header`, else `bytes`, begins on
 * @param rows in order
 * @param header goes before the first of them
 */
export function cutRecords(bytes: Buffer, firstLine: number, rows: readonly RawRow[], cellsOf: (row: number) => readonly string[] | undefined, header: Buffer): readonly SourceRow[] {
  const start = lineBehind(header, firstLine);
  let at = 0;
  let line = start;
  return rows.map((raw, index): SourceRow => {
    const next = rows[index + 1];
    let to = next ? at : bytes.length;
    while (next && line < next.line && to < bytes.length) {
      to = behindLine(bytes, to);
      line++;
    }
    const whole = bytes.subarray(at, to);
    at = to;
    let blank = 0;
    while (whole[blank] === LINE_FEED || whole[blank] === RETURN) blank++;
    const lead = whole.subarray(0, blank);
    const cells = cellsOf(raw.row);
    return { kind: 'row', raw, lead: index === 0 ? Buffer.concat([header, lead]) : lead, ...splitEnds(whole.subarray(blank)), ...(cells && { cells }) };
  });
}

/** The number of the line behind some bytes that begin on a line. */
export function lineBehind(bytes: Buffer, line: number): number {
  let behind = line;
  for (let at = 0; at < bytes.length; at = behindLine(bytes, at)) behind++;
  return behind;
}

/** Lines end in a line feed, a return, or both. */
function behindLine(bytes: Buffer, from: number): number {
  for (let at = from; at < bytes.length; at++) {
    if (bytes[at] === LINE_FEED) return at + 1;
    if (bytes[at] === RETURN) return bytes[at + 1] === LINE_FEED ? at + 2 : at + 1;
  }
  return bytes.length;
}

/** A row apart from the end of its line. */
export function splitEnds(bytes: Buffer): { readonly body: Buffer; readonly end: Buffer } {
  let end = bytes.length;
  while (end > 0 && (bytes[end - 1] === LINE_FEED || bytes[end - 1] === RETURN)) end--;
  return { body: bytes.subarray(0, end), end: bytes.subarray(end) };
}
