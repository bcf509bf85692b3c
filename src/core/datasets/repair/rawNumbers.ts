/** Reads and writes JSON without touching a digit: 1.0 stays 1.0, and a number of 20 digits keeps them all. */

/** What ECMAScript 2026 adds to JSON, which Node has had since version 21. */
interface RawJson {
  rawJSON(text: string): object;
  isRawJSON(value: unknown): boolean;
  parse(text: string, reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown): unknown;
}

const raw = JSON as unknown as RawJson;

export function isRawNumber(value: unknown): boolean {
  return raw.isRawJSON(value);
}

/** As JSON.parse; numbers that would be written otherwise than they stand are kept as their text. @throws SyntaxError, RangeError */
export function parseKeepingNumbers(text: string): unknown {
  return raw.parse(text, (_key, value, { source }) => (typeof value === 'number' && source !== undefined && String(value) !== source ? raw.rawJSON(source) : value));
}
