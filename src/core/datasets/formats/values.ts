/** Reads single values of a row: texts, numbers and pieces of content, whoever wrote them. */

import type { ContentPart, Dialect, Example, Fields } from '../example.ts';
import { RowFault } from './format.ts';

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** "a list", "a number", "null" … for messages. */
export function nameType(value: unknown): string {
  if (value === null || value === undefined) return value === null ? 'null' : 'missing';
  if (Array.isArray(value)) return 'a list';
  switch (typeof value) {
    case 'object':
      return 'an object';
    case 'string':
      return 'text';
    case 'boolean':
      return String(value);
    default:
      return `a ${typeof value}`;
  }
}

export interface Content {
  readonly content: string;
  readonly parts?: readonly ContentPart[];
}

/**
 * Text, a number or a boolean as text, or a list of pieces. One piece of text is the same as that text.
 *
 * @param dialect of pieces that are not text
 * @throws RowFault
 */
export function readContent(value: unknown, what: string, dialect: Dialect): Content {
  if (typeof value === 'string') return { content: value };
  if (typeof value === 'number' || typeof value === 'boolean') return { content: String(value) };
  if (Array.isArray(value)) return joinParts(value.map((part: unknown) => readPart(part, what, dialect)));
  // Arrow fills absent values with null; an absent text is an empty one, and the rules for empty ones apply.
  if (value === null || value === undefined) return { content: '' };
  throw new RowFault('dataset.row.not-text-content', `${what} is ${nameType(value)}, not text`);
}

export function joinParts(parts: readonly ContentPart[]): Content {
  const content = parts.map((part) => (part.type === 'text' ? part.text : '')).join('');
  return parts.length === 0 || (parts.length === 1 && parts[0]?.type === 'text') ? { content } : { content, parts };
}

function readPart(part: unknown, what: string, dialect: Dialect): ContentPart {
  if (typeof part === 'string') return { type: 'text', text: part };
  if (!isFields(part)) throw new RowFault('dataset.row.not-text-content', `${what} has parts that are not text`);
  if (typeof part['text'] === 'string') return { type: 'text', text: part['text'] };
  return { type: 'other', dialect, value: withoutNulls(part) };
}

/** @throws RowFault when the value is more than text */
export function readText(value: unknown, what: string): string {
  const { content, parts } = readContent(value, what, 'openai');
  if (parts?.some(({ type }) => type === 'other')) throw new RowFault('dataset.row.not-text-content', `${what} has parts that are not text`);
  return content;
}

/** A number, or one that a spreadsheet wrote as text. @throws RowFault */
export function readNumber(value: unknown, what: string): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number === 'number' && Number.isFinite(number)) return number;
  throw new RowFault('dataset.row.bad-value', `${what} is ${nameType(value)}, not a number`);
}

/** true, "true", 1 and their opposites; undefined for what is neither. */
export function asBoolean(value: unknown): boolean | undefined {
  if (value === true || value === 1) return true;
  if (value === false || value === 0) return false;
  if (typeof value !== 'string') return undefined;
  const word = value.trim().toLowerCase();
  return word === 'true' || word === '1' ? true : word === 'false' || word === '0' ? false : undefined;
}

/** Arrow gives every object the keys of all of them, null where it had none. */
export function withoutNulls(fields: Fields): Fields {
  if (Object.values(fields).every((value) => value !== null)) return fields;
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
}

/** What a turn says beside the fields that were read, to be spread into a message. */
export function readMore(turn: Fields, known: ReadonlySet<string>): { readonly more?: Fields } {
  const more = Object.entries(turn).filter(([key, value]) => !known.has(key) && value !== null);
  return more.length > 0 ? { more: Object.fromEntries(more) } : {};
}

/** The columns that a format has no word for, with the row's id apart. */
export function readCarried(row: Fields, known: ReadonlySet<string>): Pick<Example, 'id' | 'metadata'> {
  const { id } = row;
  if (Object.keys(row).every((column) => known.has(column))) return {};
  const hasId = (typeof id === 'string' || typeof id === 'number') && !known.has('id');
  // fromEntries defines own properties, so that a column named __proto__ is a column.
  const other = Object.entries(row).filter(([column]) => !known.has(column) && !(hasId && column === 'id'));
  return { ...(hasId && { id }), ...(other.length > 0 && { metadata: Object.fromEntries(other) }) };
}

/** The format's own fields, and after them the id and the other columns; a column of the same name gives way. */
export function writeRow({ id, metadata }: Example, own: Fields): Fields {
  return { ...own, ...(id !== undefined && { id }), ...metadata, ...own };
}

/** The value of a JSON text, or undefined when it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
