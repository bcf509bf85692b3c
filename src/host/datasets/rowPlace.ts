/** Where a row of a dataset begins in its file, and its text when the file is too large for an editor. */

import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

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

/** The text of a line of a file of any size, read as a stream; undefined when the file is shorter. */
export async function readLine(file: string, line: number): Promise<string | undefined> {
  const stream = createReadStream(file, 'utf8');
  try {
    let at = 0;
    for await (const text of createInterface({ input: stream, crlfDelay: Infinity })) if (++at === line) return text;
    return undefined;
  } finally {
    stream.destroy();
  }
}
