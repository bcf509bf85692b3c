/** A row as a person reads it. */

import type { RawRow } from '../../core/datasets/readers/rows.ts';

/** More than anybody reads; a whole file on one line must not fill the memory. */
const MOST_CHARACTERS = 1_000_000;

/** Its value as indented JSON; of a row that cannot be read what it holds, else why. The end of a very long one is left out. */
export function rowText({ value, fault }: Pick<RawRow, 'value' | 'fault'>, most = MOST_CHARACTERS): string {
  const text = fault ? (fault.text ?? `This row cannot be read: ${fault.detail}.`) : asJson(value);
  return text.length > most ? `${text.slice(0, most)}…` : text;
}

/** Beyond so many lists and objects, what is nested in each other would be indented to many times its length. */
const MOST_INDENTED = 1000;

function asJson(value: unknown): string {
  try {
    const text = JSON.stringify(value);
    return (text.match(/[[{]/g)?.length ?? 0) > MOST_INDENTED ? text : JSON.stringify(value, undefined, 2);
  } catch (cause) {
    // JSON.parse has no limit of depth; JSON.stringify has one.
    if (cause instanceof RangeError) return 'This row cannot be shown: it is nested too deeply.';
    throw cause;
  }
}
