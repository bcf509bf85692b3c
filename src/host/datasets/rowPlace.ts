/** Where a row of a dataset begins in its file, and its text when the file is too large for an editor. */

import { createReadStream } from 'node:fs';

/**
 * The 1-based line on which a record of CSV begins.
 *
 * @param row 1-based, the header not counted
 * @returns undefined when the text has fewer records
 */
export function csvLineOfRow(text: string, row: number): number | undefined {
  let line = 1;
  let record = 0;
  let isQuoted = false;
  let start = 1;
  let isEmpty = true;
  for (let at = 0; at < text.length; at++) {
    const sign = text[at];
    if (sign === '"') isQuoted = !isQuoted;
    if (sign !== '\n') {
      if (sign !== '\r') isEmpty = false;
      continue;
    }
    line++;
    if (isQuoted) continue;
    // Blank lines are no records.
    if (!isEmpty) {
      if (record === row) return start;
      record++;
    }
    start = line;
    isEmpty = true;
  }
  return !isEmpty && record === row ? start : undefined;
}

/** More of one line than anybody reads; a whole file on one line must not fill the memory. */
const MOST_CHARACTERS = 1_000_000;

/**
 * The text of a line of a file of any size, read as a stream; undefined when the file is shorter. The end of a very long
 * line is left out. Only a line feed ends a line, as for the reader of the rows: U+2028 may stand in a JSON text.
 */
export async function readLine(file: string, line: number, most = MOST_CHARACTERS): Promise<string | undefined> {
  const stream = createReadStream(file, 'utf8');
  let at = 1;
  let found = '';
  try {
    for await (const chunk of stream as AsyncIterable<string>) {
      let start = 0;
      for (let end = chunk.indexOf('\n'); end !== -1 && at <= line; end = chunk.indexOf('\n', start)) {
        if (at++ === line) return shortened(found + chunk.slice(start, end), most);
        start = end + 1;
      }
      if (at === line) found += chunk.slice(start);
      if (found.length > most) return shortened(found, most);
    }
    return found === '' ? undefined : shortened(found, most);
  } finally {
    stream.destroy();
  }
}

function shortened(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most)}…` : text.replace(/\r$/, '');
}
