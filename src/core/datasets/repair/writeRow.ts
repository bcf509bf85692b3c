/** Writes a repaired row in the spelling of the row it comes from, so that a diff shows what has changed and no more. */

import { isRawNumber } from './rawNumbers.ts';

interface Spelling {
  /** Python's json.dumps writes a space after colons and commas */
  readonly isSpaced: boolean;
  /** it also writes everything beyond ASCII as escapes */
  readonly isAscii: boolean;
  /** how far a level is indented where the value has lines of its own; '' where it is on one line */
  readonly indent: string;
  /** before the lines of the value itself, as inside of a list */
  readonly margin: string;
}

/** @param before what stands before the row on its line */
export function spellingOf(text: string, before = ''): Spelling {
  const indent = /^[{[]\r?\n([ \t]+)/.exec(text)?.[1] ?? '';
  const margin = indent === '' ? '' : (/([ \t]*)$/.exec(before)?.[1] ?? '');
  return {
    isSpaced: /^\{\s*"(?:[^"\\]|\\.){0,200}"\s*: /.test(text),
    isAscii: /\\u[0-9a-fA-F]{4}/.test(text) && !/[^\0-\x7f]/.test(text),
    indent: indent.slice(margin.length),
    margin,
  };
}

const PLAIN: Spelling = { isSpaced: false, isAscii: false, indent: '', margin: '' };

/** @throws RangeError when the value is nested deeper than calls may be */
export function writeJson(value: unknown, spelling: Spelling = PLAIN): string {
  const text = spelling.isSpaced || spelling.indent !== '' ? write(value, spelling, spelling.margin) : JSON.stringify(value);
  return spelling.isAscii ? text.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`) : text;
}

function write(value: unknown, spelling: Spelling, margin: string): string {
  if (typeof value !== 'object' || value === null || isRawNumber(value)) return JSON.stringify(value);
  const inner = margin + spelling.indent;
  const colon = spelling.isSpaced ? ': ' : ':';
  const items = Array.isArray(value)
    ? value.map((item: unknown) => write(item, spelling, inner))
    : Object.entries(value).map(([key, held]) => `${JSON.stringify(key)}${colon}${write(held, spelling, inner)}`);
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  if (items.length === 0) return open + close;
  if (spelling.indent === '') return open + items.join(spelling.isSpaced ? ', ' : ',') + close;
  return `${open}\n${inner}${items.join(`,\n${inner}`)}\n${margin}${close}`;
}

/** A record of CSV without its end. */
export function writeCells(cells: readonly string[], delimiter: string): string {
  return cells.map((cell) => (cell.includes(delimiter) || /["\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(delimiter);
}
