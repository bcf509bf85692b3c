/** A repaired file has lost its faults and nothing else: untouched rows byte for byte, the original as it was, a manifest beside it. */

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { parquetWriteFile } from 'hyparquet-writer';
import { describe, expect, test } from 'vitest';
import { inspectDataset } from '../../../../../src/core/datasets/inspect.ts';
import { repairedName } from '../../../../../src/core/datasets/repair/names.ts';
import { repairFile, type RepairReport } from '../../../../../src/core/datasets/repair/repairFile.ts';
import type { RepairManifest } from '../../../../../src/core/datasets/repair/manifest.ts';
import { REPAIR_IDS, repairOf, SAFE_REPAIRS, type RepairId } from '../../../../../src/core/datasets/repair/table.ts';
import type { TargetId } from '../../../../../src/core/datasets/targets/target.ts';
import { temporaryFolder } from '../temporaryFolder.ts';

const folder = temporaryFolder();
let files = 0;

const repair = (file: string, repairs: readonly RepairId[], more = {}): Promise<RepairReport> => repairFile(file, { repairs, version: '1.2.3', ...more });

/** @returns the repaired file's text, or undefined where nothing was repaired */
async function repairText(text: string | Uint8Array, extension: string, ...repairs: RepairId[]): Promise<string | undefined> {
  const file = folder.write(`file${++files}${extension}`, text);
  const { out } = await repair(file, repairs);
  return out === undefined ? undefined : readFileSync(out, 'utf8');
}

const manifestOf = ({ manifest }: RepairReport): RepairManifest => JSON.parse(readFileSync(manifest ?? '', 'utf8')) as RepairManifest;

const sha256 = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex');

describe('JSON Lines', () => {
  test('keep the bytes of rows that are not named, and the spelling of those that are', async () => {
    const rows = [
      '{"completion" :  "b",   "prompt":"a", "n": 1.0}',
      '{"prompt": "c\\u0000", "completion": "\\u00e9", "id": 12345678901234567890, "n": [1e3, 1.50]}',
      '',
      '{"prompt":"d","completion":"é","x":"\\u0000"}',
      '{"prompt": "broken',
      '  {"prompt":"e","completion":"f"}  ',
    ];
    expect(await repairText(`\uFEFF${rows.join('\r\n')}`, '.jsonl', 'clean-damaged-text')).toBe(
      `\uFEFF${rows.with(1, '{"prompt": "c", "completion": "\\u00e9", "id": 12345678901234567890, "n": [1e3, 1.50]}').with(3, '{"prompt":"d","completion":"é","x":""}').join('\r\n')}`,
    );
  });

  test('keep bytes that are no UTF-8 in rows that are not named', async () => {
    const bad = Buffer.concat([Buffer.from('{"prompt":"'), Buffer.from([0xe9, 0xff]), Buffer.from('","completion":"b"}\n')]);
    const file = folder.write('latin1.jsonl', Buffer.concat([bad, Buffer.from('{"prompt":"a\\u0000","completion":"b"}\n')]));
    const { out } = await repair(file, ['clean-damaged-text']);
    expect(readFileSync(out ?? '')).toEqual(Buffer.concat([bad, Buffer.from('{"prompt":"a","completion":"b"}\n')]));
  });

  test('lose rows that cannot be read, a line longer than the memory as well', async () => {
    const long = `{"prompt":"${'x'.repeat(9_000_000)}","completion":"b"}`;
    const good = '{"prompt":"a","completion":"b"}';
    expect(await repairText(`${long}\n${good}\n[1]\nnonsense\n${good}\n${long}`, '.jsonl', 'remove-unreadable')).toBe(`${good}\n${good}\n`);
    expect(await repairText(`${long}\n${good}\n${good}\n`, '.jsonl', 'remove-duplicates')).toBe(`${long}\n${good}\n`);
  });

  test('that are one value over several lines become one object a line', async () => {
    const text = `[\n  {\n    "prompt": "a b",\n    "completion": "c",\n    "id": 12345678901234567890\n  },\n  {"prompt": "d", "completion": "e\\u0000"}\n]\n`;
    expect(await repairText(text, '.jsonl', 'unwrap-json', 'clean-damaged-text')).toBe('{"prompt":"a b","completion":"c","id":12345678901234567890}\n{"prompt": "d", "completion": "e"}\n');
    expect(await repairText('{"prompt":"a","completion":"b"}\n', '.jsonl', 'unwrap-json')).toBeUndefined();
  });

  test('end their lines alike', async () => {
    expect(await repairText('\uFEFF{"prompt":"a\\r\\n","completion":"b"}\r\n\r\n{"prompt":"c","completion":"d"}\n', '.jsonl', 'line-ends'))
      .toBe('{"prompt":"a\\r\\n","completion":"b"}\n\n{"prompt":"c","completion":"d"}\n');
  });

  test('keep the last of repeated fields', async () => {
    expect(await repairText('{"prompt": "x", "prompt": "a", "completion": "b"}\n', '.jsonl', 'keep-last-key')).toBe('{"prompt": "a", "completion": "b"}\n');
  });

  test('that are compressed stay so', async () => {
    const file = folder.write('packed.jsonl.gz', gzipSync('{"prompt":"a\\u0000","completion":"b"}\n'));
    const { out } = await repair(file, ['clean-damaged-text']);
    expect(basename(out ?? '')).toBe('packed.repaired.jsonl.gz');
    expect(gunzipSync(readFileSync(out ?? '')).toString()).toBe('{"prompt":"a","completion":"b"}\n');
  });
});

describe('a JSON list', () => {
  const good = '{\n    "prompt": "a",\n    "completion": "b"\n  }';
  test('keeps its brackets, commas and indents', async () => {
    const changed = '{\n    "prompt": "x@y.de",\n    "completion": "b",\n    "n": []\n  }';
    const text = (...rows: string[]): string => `[\n  ${rows.join(',\n  ')}\n]\n`;
    expect(await repairText(text(good, changed, good), '.json', 'redact-personal-data')).toBe(text(good, changed.replace('x@y.de', '[EMAIL_1]'), good));
    expect(await repairText(text('{"prompt":"a"}', good, '3', good, '{}'), '.json', 'remove-unreadable')).toBe(text(good, good));
  });

  test.each([
    ['a comma too many', `[${good},\n{"prompt":"c","completion":"d"},\n]`],
    ['commas after each other', `[${good},,\n{"prompt":"c","completion":"d"}]`],
    ['no end', `[${good},\n{"prompt":"c","completion":"d"}`],
    ['an end in the middle of a row', `[${good},\n{"prompt":"c","completion":"d"}, {"prompt": "e`],
    ['text behind it', `[${good},\n{"prompt":"c","completion":"d"}] and so on`],
  ])('with %s can be read afterwards', async (_what, text) => {
    const repaired = await repairText(text, '.json', 'remove-unreadable');
    expect(JSON.parse(repaired ?? '')).toEqual([{ prompt: 'a', completion: 'b' }, { prompt: 'c', completion: 'd' }]);
  });
});

describe('CSV', () => {
  test('keeps records that are not named, with their quotes and lines', async () => {
    const text = '\uFEFFtext;label\r\n"a ""quoted""\r\nline;";"x"\r\n\r\n b ;y \r\nc;  z\r\nlast;x';
    expect(await repairText(text, '.csv', 'trim-answers', 'line-ends')).toBe(text.replace(';y ', ';y').replace(';  z', ';z'));
  });

  test('quotes what needs it, and keeps columns without a name', async () => {
    expect(await repairText('text,label,,label\n"x@y.de, ""and"" z@y.de", spam ,,q\n', '.csv', 'redact-personal-data', 'trim-answers')).toBe(
      'text,label,,label\n"[EMAIL_1], ""and"" [EMAIL_2]",spam,,q\n',
    );
  });

  test('loses the records that cannot be read, and no others', async () => {
    const text = 'text,label\na,1\nbro"ken,2\n"multi\nline",3\ntoo,many,cells\nb,4\na"b,5\n\na"b,6\nc,7\n';
    expect(await repairText(text, '.csv', 'remove-unreadable')).toBe('text,label\na,1\n"multi\nline",3\nb,4\nc,7\n');
    expect(await repairText(text, '.csv', 'remove-duplicates')).toBeUndefined();
    expect(await repairText('text,label\na,1\n"never closed,2\nb,3\n', '.csv', 'remove-unreadable')).toBe('text,label\na,1\n');
  });
});

test('Parquet becomes JSON Lines', async () => {
  const file = join(folder.path, 'rows.parquet');
  parquetWriteFile({ filename: file, columnData: [{ name: 'prompt', data: ['a\0', 'b'] }, { name: 'completion', data: ['c', 'd'] }] });
  const { out } = await repair(file, ['clean-damaged-text']);
  expect(readFileSync(out ?? '', 'utf8')).toBe('{"prompt":"a","completion":"c"}\n{"prompt":"b","completion":"d"}\n');
  expect(basename(out ?? '')).toBe('rows.repaired.jsonl');
});

test('a name must say what the file will hold', async () => {
  const file = folder.write('table.csv', 'text,label\na,b \n');
  await expect(repairFile(file, { repairs: ['trim-answers'], version: '1', out: join(folder.path, 'table.jsonl') })).rejects.toMatchObject({ code: 'dataset.repair.bad-name' });
  const { out } = await repairFile(file, { repairs: ['trim-answers'], version: '1', out: join(folder.path, 'table-2.tsv.gz') });
  expect(gunzipSync(readFileSync(out ?? '')).toString()).toBe('text,label\na,b\n');
});

describe('the manifest', () => {
  test('says what the file was made from and what became of which row, and tells no secret', async () => {
    const file = folder.write('noted.jsonl', [
      '{"prompt":"mail x@y.de","completion":"b"}', '{"prompt":"a","completion":"b"}', 'nonsense', '{"prompt":"a","completion":"b"}', '{"prompt":"z@y.de\\u0000","completion":"password=hunter22"}', '',
    ].join('\n'));
    const report = await repair(file, ['redact-personal-data', 'redact-secrets', 'clean-damaged-text', 'remove-unreadable', 'remove-duplicates']);
    const out = report.out ?? '';
    const manifest = manifestOf(report);
    expect(manifest).toEqual({
      tunesmith: 'repair', version: 1, by: '1.2.3', date: expect.stringMatching(/^20\d\d-\d\d-\d\dT/) as string,
      source: { file: 'noted.jsonl', bytes: readFileSync(file).length, sha256: sha256(file), rows: 5 },
      result: { file: basename(out), bytes: readFileSync(out).length, sha256: sha256(out), rows: 3 },
      repairs: (['clean-damaged-text', 'redact-secrets', 'redact-personal-data', 'remove-unreadable', 'remove-duplicates'] as const)
        .map((id) => ({ id, title: repairOf(id).title, rows: id === 'redact-personal-data' ? 2 : 1 })),
      dropped: [{ row: 3, by: 'remove-unreadable' }, { row: 4, by: 'remove-duplicates' }],
      changed: [{ row: 1, by: ['redact-personal-data'] }, { row: 5, by: ['clean-damaged-text', 'redact-secrets', 'redact-personal-data'] }],
    });
    expect(report.changes.map(({ row, after }) => [row, after === undefined])).toEqual([[1, false], [3, true], [4, true], [5, false]]);
    expect(readFileSync(report.manifest ?? '', 'utf8')).not.toMatch(/y\.de|hunter/);
  });
});

describe('a repair', () => {
  const text = '{"prompt":"a\\u0000","completion":"b"}\n';

  test('writes nothing where there is nothing to do, and nothing when it is only tried', async () => {
    const clean = folder.write('clean.jsonl', '{"prompt":"a","completion":"b"}\n');
    expect(await repair(clean, REPAIR_IDS)).toMatchObject({ out: undefined, manifest: undefined, rows: 1, written: 1, changed: 0, dropped: 0, repairs: [] });
    const file = folder.write('tried.jsonl', text);
    expect(await repair(file, SAFE_REPAIRS, { isDry: true })).toMatchObject({ out: undefined, changed: 1, changes: [{ row: 1, by: ['clean-damaged-text'] }] });
    expect(readdirSync(folder.path).filter((name) => /^(?:clean|tried)\./.test(name))).toEqual(['clean.jsonl', 'tried.jsonl']);
  });

  test('never replaces a file unasked, be it the manifest', async () => {
    const file = folder.write('taken.jsonl', text);
    folder.write('taken.repaired.jsonl.manifest.json', 'precious');
    await expect(repair(file, SAFE_REPAIRS)).rejects.toMatchObject({ code: 'dataset.repair.exists', message: expect.stringContaining('manifest') as string });
    expect(readdirSync(folder.path).filter((name) => name.startsWith('taken.repaired'))).toEqual(['taken.repaired.jsonl.manifest.json']);
    await repair(file, SAFE_REPAIRS, { force: true });
    expect(readFileSync(repairedName(file), 'utf8')).toBe('{"prompt":"a","completion":"b"}\n');
  });

  test('keeps nothing when it is stopped, or leaves nothing', async () => {
    const file = folder.write('stopped.jsonl', text.repeat(50_000));
    const abort = new AbortController();
    await expect(repair(file, SAFE_REPAIRS, { signal: abort.signal, onProgress: () => abort.abort(new Error('enough')) })).rejects.toThrow('enough');
    await expect(repair(folder.write('stopped2.jsonl', 'nonsense\n'), ['remove-unreadable'])).rejects.toMatchObject({ code: 'dataset.repair.nothing-left' });
    expect(readdirSync(folder.path).filter((name) => name.startsWith('stopped'))).toEqual(['stopped.jsonl', 'stopped2.jsonl']);
  });

  test('says what cannot be repaired', async () => {
    await expect(repair(join(folder.path, 'none.jsonl'), SAFE_REPAIRS)).rejects.toMatchObject({ code: 'dataset.missing-file' });
    const file = folder.write('elsewhere.jsonl', text);
    await expect(repair(file, SAFE_REPAIRS, { out: join(folder.path, 'no/where.jsonl') })).rejects.toMatchObject({ code: 'dataset.repair.unwritable' });
  });
});

test('of rows that say nearly the same, the first is kept', async () => {
  const rows = ['Where is my card?', 'where is my card', 'Where is my money?', 'WHERE is my card?!'].map((prompt) => JSON.stringify({ prompt, completion: 'On its way.' }));
  const file = folder.write('alike.jsonl', rows.join('\n'));
  const { out } = await repair(file, ['remove-near-duplicates']);
  expect(readFileSync(out ?? '', 'utf8').trim().split('\n')).toEqual([rows[0], rows[2]]);
});

test('of rows that say nearly the same, none goes for one that goes itself', async () => {
  const asked = 'Where is the card that I ordered in the second week of May?';
  const rows = [
    { messages: [{ role: 'user', content: asked }] },
    { messages: [{ role: 'user', content: `${asked}!` }, { role: 'assistant', content: 'cards' }] },
    { messages: [{ role: 'user', content: `  ${asked}` }, { role: 'assistant', content: 'cards' }] },
    { messages: [{ role: 'user', content: `  ${asked}` }, { role: 'assistant', content: 'cards' }] },
  ].map((row) => JSON.stringify(row));
  const { out } = await repair(folder.write('both.jsonl', rows.join('\n')), ['remove-untrainable', 'remove-duplicates', 'remove-near-duplicates']);
  expect(readFileSync(out ?? '', 'utf8').trim().split('\n')).toEqual([rows[1]]);
  const spread = folder.write('spread.jsonl', rows.slice(1, 3).map((row) => JSON.stringify(JSON.parse(row), undefined, 2)).join('\n'));
  expect(await repair(spread, ['unwrap-json', 'remove-near-duplicates'])).toMatchObject({ rows: 2, written: 1 });
});

test('what cannot be trained on is what the place to train refuses', async () => {
  const rows = [
    { messages: [{ role: 'user', content: 'What is missing is written by the teacher.' }] },
    { messages: [{ role: 'user', content: 'Answered.' }, { role: 'assistant', content: 'Yes.' }] },
    { messages: [{ role: 'user', content: ' ' }] },
    { messages: 'nothing' },
  ].map((row) => JSON.stringify(row));
  const file = folder.write('taught.jsonl', rows.join('\n'));
  const left = async (target?: TargetId): Promise<readonly string[]> => {
    const { out } = await repair(file, ['remove-untrainable'], { force: true, ...(target && { target }) });
    return readFileSync(out ?? '', 'utf8').trim().split('\n');
  };
  expect(await left()).toEqual([rows[1]]);
  expect(await left('bedrock-distillation')).toEqual([rows[0], rows[1]]);
  expect(await left('foundry-sft')).toEqual([rows[1]]);
});

describe('any file', () => {
  const content = fc.constantFrom('What is it?', 'Why', ' spaces ', '', 'NUL \0', 'half \ud800', 'x@y.de', 'card 4242 4242 4242 4242', 'token=9aF3kLq27ZxPw81mNbVc', 'é', 'a\nb');
  const turn = fc.record({ role: fc.constantFrom('user', 'assistant', 'Human', 'gpt', 'system'), content: fc.oneof(content, fc.constant(null)) });
  const value = fc.oneof(
    fc.record({ messages: fc.array(turn, { maxLength: 5 }) }),
    fc.record({ prompt: content, completion: content }),
    fc.record({ prompt: content, chosen: content, rejected: content }),
  ).map((row) => JSON.stringify(row));
  const line = fc.oneof({ arbitrary: value, weight: 8 }, { arbitrary: fc.constantFrom('', '  ', 'nonsense', '{"a":', '[1]', '{"b":1}', '{"prompt":"a","prompt":"b","completion":"c"}'), weight: 2 });
  const text = fc.tuple(fc.array(line, { minLength: 1, maxLength: 12 }), fc.constantFrom('\n', '\r\n'), fc.boolean()).map(([lines, end, isEnded]) => lines.join(end) + (isEnded ? end : ''));

  test('is free of what was to be mended, keeps what was not, and is not repaired twice', async () => {
    // Texts that are repaired can become alike, which only the next look at the file tells.
    const settled = REPAIR_IDS.filter((id) => id !== 'remove-near-duplicates');
    await fc.assert(fc.asyncProperty(text, fc.subarray(settled, { minLength: 1 }), async (before, ids) => {
      const file = folder.write(`any${++files}.jsonl`, before);
      let report: RepairReport;
      try {
        report = await repair(file, ids);
      } catch (fault) {
        expect(fault).toMatchObject({ code: 'dataset.repair.nothing-left' });
        return;
      }
      expect(readFileSync(file, 'utf8')).toBe(before);
      if (report.out === undefined) return;
      expect(await repair(report.out, ids)).toMatchObject({ out: undefined, repairs: [] });

      const { changed, dropped } = manifestOf(report);
      const touched = new Set([...changed, ...dropped].map(({ row }) => row));
      const withoutEnds = (lines: string): string[] => lines.split('\n').map((one) => one.replace(/\r$/, '')).filter((one) => one.trim() !== '');
      const after = withoutEnds(readFileSync(report.out, 'utf8'));
      const isUnwrapped = report.repairs.some(({ id }) => id === 'unwrap-json');
      const untouched = isUnwrapped ? [] : before.split('\n').map((one) => one.replace(/\r$/, '')).filter((one, at) => one.trim() !== '' && !touched.has(at + 1));
      let at = -1;
      for (const one of untouched) expect(at = after.indexOf(one, at + 1)).not.toBe(-1);

      const { findings } = await inspectDataset(report.out);
      // What these leave is told in the words of their titles; a first line that is cut off only looks like a value of several lines.
      const partly = new Set<RepairId>(['unwrap-json', 'rename-roles', 'arguments-as-text', 'merge-turns', 'drop-empty-turns']);
      const mended = new Set(ids.filter((id) => !partly.has(id)).flatMap((id) => repairOf(id).mends));
      expect(findings.map(({ code }) => code).filter((code) => mended.has(code))).toEqual([]);
    }), { numRuns: 150 });
  });
});
