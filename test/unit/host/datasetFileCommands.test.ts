/** Checking, converting and splitting ask what matters, show what would happen, and write nothing unasked. */

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { openDataset } from '../../../src/core/datasets/files.ts';
import { inspectDataset } from '../../../src/core/datasets/inspect.ts';
import { DatasetInspector } from '../../../src/core/datasets/inspectInWorker.ts';
import { TARGETS } from '../../../src/core/datasets/targets/table.ts';
import { AddDatasets, withAdded } from '../../../src/host/datasets/addDatasets.ts';
import { CheckDataset } from '../../../src/host/datasets/checkDataset.ts';
import { ConvertDataset } from '../../../src/host/datasets/convertDataset.ts';
import { DatasetMemory } from '../../../src/host/datasets/datasetMemory.ts';
import { DatasetModel } from '../../../src/host/datasets/datasetModel.ts';
import { groupColumns, parseShares, proposeShares, SplitDataset } from '../../../src/host/datasets/splitDataset.ts';
import { ScriptedScreen } from './scriptedScreen.ts';

const folder = mkdtempSync(join(tmpdir(), 'file-commands-'));
const inspector = new DatasetInspector(fileURLToPath(new URL('../../../src/core/datasets/worker.ts', import.meta.url)));
afterAll(async () => {
  await inspector.dispose();
  rmSync(folder, { recursive: true });
});

function write(name: string, content: string): string {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
}

const word = (i: number): string => (i * 7919 + 17).toString(26).replaceAll(/\d/g, (digit) => 'qrstuvwxyz'[Number(digit)] ?? '');
const tickets = (from: number, to: number): string => Array.from({ length: to - from }, (_, at) => from + at)
  .map((i) => `${JSON.stringify({ prompt: `${word(i)} ${word(i * i + 3)}`, completion: i % 2 ? 'yes' : 'no', user_id: `u${i % 9}`, created_at: 1_700_000_000 + i })}\n`).join('');

const chooses = (file: string) => (): Promise<string> => Promise.resolve(file);
const readRows = (file: string, from: number, count: number): ReturnType<DatasetInspector['readRows']> => inspector.readRows(file, from, count);

class MapMemory {
  readonly values = new Map<string, unknown>();
  get<T>(key: string, otherwise: T): T {
    return (this.values.get(key) as T | undefined) ?? otherwise;
  }
  update(key: string, value: unknown): Promise<void> {
    this.values.set(key, value);
    return Promise.resolve();
  }
}

describe('checking', () => {
  const check = async (screen: ScriptedScreen, memory: DatasetMemory, file: string): Promise<void> => {
    const model = new DatasetModel({
      find: () => Promise.resolve({ files: [], isCut: false }), stat: () => Promise.resolve(undefined),
      inspect: (one) => inspectDataset(one, { ...(memory.targetOf(one) && { target: memory.targetOf(one)! }) }),
    });
    await new CheckDataset({ model, memory, screen, chooseDataset: chooses(file), showFindings: () => screen.openFile('findings'), targets: () => Promise.resolve(TARGETS) }).check(undefined);
    model.dispose();
  };

  it('asks for which place to train, remembers it for the file, and says what stands in the way', async () => {
    const file = write('check.jsonl', tickets(0, 60));
    const memory = new DatasetMemory(new MapMemory());
    const target = TARGETS[0];
    const label = `${target.title.charAt(0).toUpperCase()}${target.title.slice(1)}`;
    const screen = new ScriptedScreen(label);
    await check(screen, memory, file);
    expect(memory.targetOf(file)).toBe(target.id);
    expect(screen.of('told')).toMatchObject([{ level: 'information', message: expect.stringMatching(/^Checked 60 rows of check\.jsonl for .* in .*: nothing stands in the way/) as string }]);
    expect(screen.of('told')[0]?.message).toContain(target.title);
    const again = new ScriptedScreen('');
    await check(again, memory, file);
    expect(again.of('asked')[0]?.labels[0]).toBe(label);
    expect(again.of('told')).toEqual([]);
  });

  it('leads to the findings', async () => {
    const screen = new ScriptedScreen('This machine (SFT)', 'Show Findings');
    await check(screen, new DatasetMemory(new MapMemory()), write('few.jsonl', tickets(0, 5)));
    expect(screen.of('told')[0]).toMatchObject({ level: 'warning', actions: ['Show Findings', 'Show Problems'] });
    expect(screen.of('opened')).toMatchObject([{ what: 'findings' }]);
  });
});

describe('converting', () => {
  const convert = (screen: ScriptedScreen, file: string): Promise<void> =>
    new ConvertDataset({ files: inspector, readRows, screen, chooseDataset: chooses(file), openDataset: (out) => screen.openFile(out) }).convert(undefined);

  it('tells of each format what would be lost, and opens what it wrote', async () => {
    const file = write('convert.jsonl', tickets(0, 20));
    const screen = new ScriptedScreen('Gemini contents');
    await convert(screen, file);
    const [asked] = screen.of('asked');
    expect(asked?.details[asked.labels.indexOf('Gemini contents')]).toBe('Loses other columns');
    expect(asked?.details[0]).toBe('Keeps everything');
    const out = join(folder, 'convert.gemini.jsonl');
    expect(screen.of('queried')[0]?.prompt).toBe(out);
    expect(screen.of('opened')).toMatchObject([{ what: out }]);
    expect(readFileSync(out, 'utf8').split('\n')).toHaveLength(21);
    expect(screen.of('told')[0]?.message).toContain('Wrote 20 rows of convert.jsonl');
  });

  it('asks for the columns of a table that nobody recognizes, with values to choose by', async () => {
    const file = write('odd.csv', 'frage,klasse\nWo ist meine Karte?,karte\nWann kommt sie?,versand\n');
    const screen = new ScriptedScreen('frage', 'klasse', 'OpenAI chat');
    await convert(screen, file);
    expect(screen.of('asked')[0]).toMatchObject({ title: 'Which column has the text or question?', labels: ['frage', 'klasse'], details: ['"Wo ist meine Karte?" · "Wann kommt sie?"', '"karte" · "versand"'] });
    expect(readFileSync(join(folder, 'odd.openai-chat.jsonl'), 'utf8')).toContain('"content":"Wann kommt sie?"');
  });

  it('writes nothing when the user closes a question', async () => {
    const file = write('closed.jsonl', tickets(0, 20));
    await convert(new ScriptedScreen('OpenAI chat', ''), file);
    expect(existsSync(join(folder, 'closed.openai-chat.jsonl'))).toBe(false);
  });
});

describe('splitting', () => {
  const split = (screen: ScriptedScreen, onSplit: (manifest: string) => void = () => undefined, mayWrite = true): SplitDataset =>
    new SplitDataset({ mayWrite: () => mayWrite, files: inspector, readRows, screen, chooseDataset: (argument) => Promise.resolve(argument && 'file' in argument ? argument.file : undefined), profile: (file) => inspectDataset(file), onSplit });

  it('proposes shares and ways that suit the file, and says how many rows went where', async () => {
    const file = write('split.jsonl', tickets(0, 300));
    const screen = new ScriptedScreen('Train 80%, validation 10%, test 10%', 'By Lot Within Each Label', 'Rows With the Same Prompt');
    const splits: string[] = [];
    await split(screen, (manifest) => splits.push(manifest)).split({ file });
    const [shares, way, group] = screen.of('asked');
    expect(shares).toMatchObject({ title: 'Split the 300 rows of split.jsonl', details: ['About 240 + 30 + 30 rows', 'About 270 + 30 rows', 'About 210 + 45 + 45 rows', ''] });
    expect(way?.labels).toEqual(['By Lot Within Each Label', 'By Lot', 'By Time']);
    expect(group?.labels).toEqual(['Rows That Are Equal or Nearly So', 'Rows With the Same Prompt', 'Rows With the Same "user_id"', 'Nothing']);
    expect(screen.of('told')[0]?.message).toMatch(/^Split 300 rows of split\.jsonl by lot within each of 2 labels:\n {2}train {7}240 \(80%\) {2}split\.train\.jsonl/);
    expect(screen.of('opened')).toEqual([]);
    expect(splits).toEqual([join(folder, 'split.split.json')]);
  });

  it('offers to assign only new rows where there is a split, and asks before it replaces files', async () => {
    const file = write('again.jsonl', tickets(0, 300));
    write('again.train.jsonl', 'mine');
    const no = new ScriptedScreen('Train 90%, test 10%', 'By Time', 'Nothing', '');
    await split(no).split({ file });
    expect(no.of('confirmed')).toMatchObject([{ question: expect.stringContaining('again.train.jsonl exists already') as string }]);
    expect(readFileSync(join(folder, 'again.train.jsonl'), 'utf8')).toBe('mine');
    await split(new ScriptedScreen('Train 90%, test 10%', 'By Time', 'Nothing', 'Replace')).split({ file });
    write('again.jsonl', tickets(0, 330));
    const update = new ScriptedScreen('Assign New Rows Only');
    await split(update).split({ file });
    expect(update.of('told')[0]?.message).toContain('300 rows kept their part, 30 new.');
    const verified = new ScriptedScreen();
    await split(verified).verify({ manifest: join(folder, 'again.split.json') });
    expect(verified.of('told')).toMatchObject([{ level: 'information', message: expect.stringContaining('the split is intact') as string }]);
  });

  it('offers to assign new rows when it verifies, but not in Restricted Mode', async () => {
    const file = write('grown.jsonl', tickets(0, 300));
    await split(new ScriptedScreen('Train 90%, test 10%', 'By Time', 'Nothing')).split({ file });
    write('grown.jsonl', tickets(0, 330));
    for (const mayWrite of [true, false]) {
      const screen = new ScriptedScreen('');
      await split(screen, undefined, mayWrite).verify({ manifest: join(folder, 'grown.split.json') });
      expect(screen.of('told')).toMatchObject([{ actions: mayWrite ? ['Assign New Rows'] : [] }]);
    }
  });

  it('understands shares as people write them', () => {
    expect(parseShares('70/15/15')).toEqual({ train: 0.7, validation: 0.15, test: 0.15 });
    expect(parseShares('90% 10%')).toEqual({ train: 0.9, validation: 0, test: 0.1 });
    expect([parseShares('80/10'), parseShares('100/0'), parseShares('a/b'), parseShares('50/25/25/0')]).toEqual([undefined, undefined, undefined, undefined]);
    expect(proposeShares(1_000_000)[0]).toEqual({ train: 0.98, validation: 0.01, test: 0.01 });
  });

  it('offers columns that several rows may share', () => {
    expect(groupColumns({ text: 'a', user_id: 7, metadata: { document: 'a.pdf', score: 1 }, idea: 'b' })).toEqual([{ column: 'user_id', sample: '"7"' }, { column: 'metadata.document', sample: '"a.pdf"' }]);
  });
});

describe('adding datasets', () => {
  it('remembers what lies outside the workspace, opens a single file, and refuses what is no dataset', async () => {
    const memory = new DatasetMemory(new MapMemory());
    const file = write('added.jsonl', tickets(0, 5));
    const other = write('notes.docx', 'x');
    const screen = new ScriptedScreen();
    const model = new DatasetModel({ find: () => Promise.resolve(withAdded({ files: [], isCut: false }, memory.added)), stat: (one) => Promise.resolve({ file: one, bytes: 1, modifiedAt: 1 }), inspect: (one) => inspectDataset(one) });
    const adder = new AddDatasets({ model, memory, screen, look: openDataset, pathOf: (argument) => ('file' in argument ? argument.file : argument.fsPath), preview: (one) => screen.openFile(one) });
    await adder.add([file]);
    expect([model.entries.map((entry) => entry.file), screen.of('opened').map(({ what }) => what)]).toEqual([[file], [file]]);
    await expect(adder.add([other])).rejects.toMatchObject({ code: 'dataset.unsupported-file' });
    expect(memory.added).toEqual([file]);
    await adder.forget({ file });
    expect([memory.added, model.entries]).toEqual([[], []]);
    model.dispose();
  });
});
