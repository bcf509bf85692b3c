/** Whatever rows are written, in whatever kind of file, the same rows come back; wherever the bytes are cut. */

import { Buffer } from 'node:buffer';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, test } from 'vitest';
import { CsvRecords } from '../../../../../src/core/datasets/readers/csv.ts';
import { LineSplitter } from '../../../../../src/core/datasets/readers/jsonLines.ts';
import { ValueSplitter } from '../../../../../src/core/datasets/readers/jsonValues.ts';
import { START, type RawRow } from '../../../../../src/core/datasets/readers/rows.ts';
import { temporaryFolder } from '../temporaryFolder.ts';
import { readAll } from './readAll.ts';

const folder = temporaryFolder();

/** Rows as JSON sees them. */
const jsonRows = fc.array(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue()), { maxLength: 12 }).map((rows) => JSON.parse(JSON.stringify(rows)) as unknown[]);

/** Text that survives UTF-8, in columns with names that are not blank. */
const cell = fc.string({ unit: fc.constantFrom('a', 'é', '😀', '"', ',', '\t', ';', '\n', '\r\n', ' ', '{', '\\', '\u2028') });
const table = fc.record({ rows: fc.array(fc.tuple(cell, cell), { maxLength: 12 }) }).map(({ rows }) => rows);

const quote = (text: string): string => `"${text.replaceAll('"', '""')}"`;
const asCsv = (rows: readonly (readonly string[])[], end = '\n'): string => [['text', 'label'], ...rows].map((cells) => cells.map(quote).join(',')).join(end);

describe('what was written comes back', () => {
  test.each([
    ['JSON Lines', 'rows.jsonl', (rows: unknown[]) => rows.map((row) => JSON.stringify(row)).join('\n')],
    ['JSON Lines of Windows', 'rows.ndjson', (rows: unknown[]) => `\uFEFF${rows.map((row) => `${JSON.stringify(row)}\r\n`).join('\r\n')}`],
    ['a JSON list', 'rows.json', (rows: unknown[]) => JSON.stringify(rows)],
    ['a JSON list for people', 'pretty.json', (rows: unknown[]) => `\uFEFF${JSON.stringify(rows, undefined, 2)}\n`],
    ['JSON values one after the other', 'many.json', (rows: unknown[]) => rows.map((row) => JSON.stringify(row, undefined, 1)).join('\n')],
  ])('%s', async (_what, name, write) => {
    await fc.assert(
      fc.asyncProperty(jsonRows, fc.boolean(), async (rows, isPacked) => {
        const bytes = Buffer.from(write(rows));
        const file = isPacked ? folder.write(`${name}.gz`, gzipSync(bytes)) : folder.write(name, bytes);
        expect((await readAll(file)).map(({ value }) => value)).toEqual(rows);
      }),
      { numRuns: 40 },
    );
  });

  test('CSV, quotes over lines included', async () => {
    await fc.assert(
      fc.asyncProperty(table, fc.constantFrom('\n', '\r\n'), fc.boolean(), async (rows, end, isPacked) => {
        const bytes = Buffer.from(asCsv(rows, end));
        const file = isPacked ? folder.write('rows.csv.gz', gzipSync(bytes)) : folder.write('rows.csv', bytes);
        expect((await readAll(file)).map(({ value }) => value)).toEqual(rows.map(([text, label]) => ({ text, label })));
      }),
      { numRuns: 40 },
    );
  });

  test('Parquet, with empty values, numbers and lists', async () => {
    const row = fc.record({
      text: fc.option(fc.string()), count: fc.integer(), share: fc.double({ noNaN: true, noDefaultInfinity: true }), isGood: fc.boolean(),
      messages: fc.array(fc.record({ role: fc.constantFrom('user', 'assistant'), content: fc.string() }), { maxLength: 4 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 30 }), fc.boolean(), async (rows, offsetIndex) => {
        const column = <Key extends keyof (typeof rows)[number]>(name: Key) => ({ name, data: rows.map((one) => one[name]), offsetIndex });
        const bytes = parquetWriteBuffer({
          columnData: [
            { ...column('text'), type: 'STRING' }, { ...column('count'), type: 'INT32' }, { ...column('share'), type: 'DOUBLE' }, { ...column('isGood'), type: 'BOOLEAN' },
            { ...column('messages'), type: 'JSON' },
          ],
          rowGroupSize: 7,
        });
        const found = await readAll(folder.write('rows.parquet', new Uint8Array(bytes)));
        expect(found).toEqual(rows.map((value, index) => ({ row: index + 1, line: index + 1, value: { ...value, share: value.share } })));
      }),
      { numRuns: 40 },
    );
  });
});

describe('any cut into chunks gives the same rows', () => {
  /** Cuts at these places, each chunk in memory that is overwritten afterwards, as readers' buffers are. */
  function inChunks(bytes: Buffer, cuts: readonly number[], take: (chunk: Buffer) => readonly RawRow[]): RawRow[] {
    const places = [...new Set([0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length])].sort((a, b) => a - b);
    return places.slice(1).flatMap((end, index) => {
      const chunk = Buffer.from(bytes.subarray(places[index], end));
      const rows = take(chunk);
      chunk.fill(0);
      return rows;
    });
  }
  const cutPlaces = fc.array(fc.nat(), { maxLength: 30 });
  /** Sound and broken text alike. */
  const jsonText = fc.oneof(
    jsonRows.map((rows) => `\uFEFF${JSON.stringify(rows)}`), jsonRows.map((rows) => JSON.stringify(rows, undefined, 1)), jsonRows.map((rows) => rows.map((row) => JSON.stringify(row)).join('\n')),
    fc.string({ unit: fc.constantFrom('[', ']', '{', '}', '"', '\\', ',', ':', '1', 'true', ' ', '\n', '\r', 'é', '\0') }),
  );

  test('of JSON Lines', () => {
    fc.assert(fc.property(jsonText, cutPlaces, (text, cuts) => {
      const read = (places: readonly number[]): RawRow[] => {
        const lines = new LineSplitter(START);
        return [...inChunks(Buffer.from(text), places, (chunk) => lines.take(chunk)), ...lines.end()];
      };
      expect(read(cuts)).toEqual(read([]));
    }));
  });

  test('of JSON values', () => {
    fc.assert(fc.property(jsonText, cutPlaces, (text, cuts) => {
      const read = (places: readonly number[]): RawRow[] => {
        const values = new ValueSplitter(START);
        return [...inChunks(Buffer.from(text), places, (chunk) => values.take(chunk)), ...values.end()];
      };
      expect(read(cuts)).toEqual(read([]));
    }));
  });

  test('of CSV', async () => {
    await fc.assert(fc.asyncProperty(fc.oneof(table.map((rows) => asCsv(rows)), cell.map((text) => `text,label\n${text}`)), cutPlaces, async (text, cuts) => {
      const read = async (places: readonly number[]): Promise<RawRow[]> => {
        const records = new CsvRecords(',', START);
        const rows = inChunks(Buffer.from(text), places, (chunk) => {
          records.take(Buffer.from(chunk));
          return records.flush();
        });
        await records.end();
        return [...rows, ...records.flush()];
      };
      expect(await read(cuts)).toEqual(await read([]));
    }));
  });
});

test('JSON values are rows exactly where JSON.parse takes the whole list', () => {
  const text = fc.oneof(
    jsonRows.map((rows) => JSON.stringify(rows, undefined, 1)),
    fc.tuple(jsonRows, fc.nat(), fc.constantFrom('', ',', ']', '[', '{', '}', '"', '\\', '1', ' ')).map(([rows, at, sign]) => {
      const sound = JSON.stringify(rows);
      const place = at % sound.length;
      return `${sound.slice(0, place)}${sign}${sound.slice(place + (sign === '' ? 1 : 0))}`;
    }),
  );
  fc.assert(fc.property(text, (written) => {
    // What UTF-8 makes of half a surrogate pair is another test's matter.
    const list = written.toWellFormed();
    const values = new ValueSplitter(START);
    const rows = [...values.take(Buffer.from(list)), ...values.end()];
    let parsed: unknown;
    try {
      parsed = JSON.parse(list);
    } catch {
      parsed = undefined;
    }
    if (!list.trimStart().startsWith('[')) return;
    if (parsed === undefined) expect(rows.some(({ fault }) => fault)).toBe(true);
    else expect(rows.map(({ value }) => value)).toEqual(parsed);
  }), { numRuns: 500 });
});
