/** A repair is chosen, looked at, and then saved, put in place of the file, or thrown away: on real files. */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { inspectDataset } from '../../../src/core/datasets/inspect.ts';
import { repairFile } from '../../../src/core/datasets/repair/repairFile.ts';
import { RepairManager, repairChoices, type Decision } from '../../../src/host/datasets/repairManager.ts';
import type { RepairArgument } from '../../../src/ids.ts';
import { temporaryFolder } from '../core/datasets/temporaryFolder.ts';
import { aFinding } from './samples.ts';
import { ScriptedScreen } from './scriptedScreen.ts';

const folder = temporaryFolder();
const BEFORE = '{"prompt":"mail x@y.de","completion":"b\\u0000"}\nnonsense\n';
const SAFE = '{"prompt":"mail x@y.de","completion":"b"}\nnonsense\n';

interface Session {
  readonly screen: ScriptedScreen;
  readonly manager: RepairManager;
  readonly saved: string[];
  /** what the difference showed, and whether it is closed again */
  readonly diffs: { text: string; isClosed: boolean }[];
}

/** @param decisions above the difference, before those that close it */
function open(answers: readonly string[] = [], decisions: readonly Decision[] = []): Session {
  const screen = new ScriptedScreen(...answers);
  const left = [...decisions];
  const saved: string[] = [];
  const diffs: { text: string; isClosed: boolean }[] = [];
  const manager = new RepairManager({
    screen,
    chooseDataset: (argument) => Promise.resolve(argument && 'file' in argument ? argument.file : undefined),
    profile: (file) => inspectDataset(file),
    repair: (file, repairs, out, signal) => repairFile(file, { repairs, out, version: '1', signal }),
    save: (file) => Promise.resolve(void saved.push(basename(file))),
    showDiff: ({ out }) => {
      const diff = { text: readFileSync(out, 'utf8'), isClosed: false };
      diffs.push(diff);
      return Promise.resolve({ next: () => Promise.resolve(left.shift() ?? 'discard'), close: () => Promise.resolve(void (diff.isClosed = true)) });
    },
  });
  return { screen, manager, saved, diffs };
}

const named = (start: string): string[] => readdirSync(folder.path).filter((name) => name.startsWith(start)).sort();

const messages = (screen: ScriptedScreen): string[] => screen.of('told').map(({ message }) => message);

describe('a repair', () => {
  test('is offered by what was found, shown, and saved as a copy with its manifest', async () => {
    const file = folder.write('a.jsonl', BEFORE);
    const { screen, manager, saved, diffs } = open(['All Safe Repairs', 'Open'], ['save']);
    await manager.repair({ file });
    expect(screen.of('asked')[0]?.labels).toEqual(['All Safe Repairs', 'Remove NUL characters and halves of surrogate pairs', 'Redact personal data', 'Remove rows that cannot be read']);
    expect(diffs).toEqual([{ text: SAFE, isClosed: true }]);
    expect(saved).toEqual(['a.jsonl']);
    expect(screen.of('told').map(({ message, actions }) => [message, actions])).toEqual([
      ['Saved 2 rows as a.repaired.jsonl. What became of which row is in a.repaired.jsonl.manifest.json.', ['Open']],
    ]);
    expect(screen.of('opened').map(({ what }) => what)).toEqual([join(folder.path, 'a.repaired.jsonl')]);
    expect(readFileSync(join(folder.path, 'a.repaired.jsonl'), 'utf8')).toBe(SAFE);
    expect(readFileSync(file, 'utf8')).toBe(BEFORE);
    expect(named('a')).toHaveLength(3);
  });

  test('replaces the file when that was confirmed, keeps the original, and gives it back', async () => {
    const file = folder.write('b.jsonl', BEFORE);
    const { screen, manager } = open(['', 'Replace', ''], ['replace', 'replace']);
    await manager.repair({ file, repairs: ['remove-unreadable', 'unknown'] });
    expect(screen.of('confirmed')).toHaveLength(2);
    expect(screen.of('confirmed')[0]).toMatchObject({ question: 'Replace b.jsonl by its repaired version?', detail: expect.stringContaining('b.jsonl.original') as string });
    expect(readFileSync(file, 'utf8')).toBe(BEFORE.slice(0, BEFORE.indexOf('nonsense')));
    expect(readFileSync(`${file}.original`, 'utf8')).toBe(BEFORE);

    const again = open(['Replace', 'Undo'], ['replace']);
    await again.manager.repair({ file, repairs: ['clean-damaged-text'] });
    expect(messages(again.screen)).toEqual([expect.stringMatching(/^Replaced b\.jsonl\. The original is now b\.jsonl\.original-2 in /), 'b.jsonl is the original again.']);
    expect(readFileSync(file, 'utf8')).toContain('\\u0000');
    // The manifest is that of the first repair, which was not undone.
    expect(named('b')).toEqual(['b.jsonl', 'b.jsonl.manifest.json', 'b.jsonl.original']);
    expect(JSON.parse(readFileSync(`${file}.manifest.json`, 'utf8'))).toMatchObject({ repairs: [{ id: 'remove-unreadable' }] });
  });

  test('leaves nothing when it is discarded', async () => {
    const file = folder.write('c.jsonl', BEFORE);
    const { manager, diffs } = open();
    await manager.redact({ file });
    expect(diffs).toEqual([{ text: BEFORE.replace('x@y.de', '[EMAIL_1]'), isClosed: true }]);
    expect(named('c')).toEqual(['c.jsonl']);
  });

  test('leaves nothing when it is cancelled', async () => {
    const file = folder.write('d.jsonl', BEFORE);
    const { screen, manager, diffs } = open();
    screen.cancels = true;
    await manager.redact({ file });
    expect([diffs, screen.shown, named('d')]).toEqual([[], [], ['d.jsonl']]);
  });

  test('says when there is nothing to do', async () => {
    const clean = folder.write('e.jsonl', '{"prompt":"a","completion":"b"}\n'.replace('b', 'c').repeat(1));
    const { screen, manager, diffs } = open();
    await manager.redact({ file: clean });
    await manager.repair({ file: clean });
    expect(messages(screen)).toEqual(['There is nothing to repair in 1 row of e.jsonl.', 'None of the findings can be mended by a program in 1 row of e.jsonl.']);
    expect(diffs).toEqual([]);
    await manager.repair(undefined);
    expect(screen.shown).toHaveLength(2);
  });

  test('of one finding offers what mends it', async () => {
    const file = folder.write('f.jsonl', BEFORE);
    const { screen, manager } = open(['']);
    const node: RepairArgument = { file, finding: aFinding() };
    await manager.repair(node);
    expect(screen.of('asked')[0]?.labels).toEqual(['Remove rows that cannot be read']);
  });

  test('does not replace a file that was edited meanwhile', async () => {
    const file = folder.write('g.jsonl', BEFORE);
    const { screen, manager } = open(['Replace'], ['replace']);
    const confirm = screen.confirm.bind(screen);
    screen.confirm = (...question) => {
      folder.write('g.jsonl', `${BEFORE}{}\n`);
      return confirm(...question);
    };
    await expect(manager.redact({ file })).rejects.toMatchObject({ code: 'dataset.changed' });
    expect(readFileSync(file, 'utf8')).toBe(`${BEFORE}{}\n`);
    expect(existsSync(`${file}.original`)).toBe(false);
  });
});

test('choices name how many rows were found, and which repairs are safe', () => {
  const choices = repairChoices({ findings: [aFinding({ code: 'dataset.row.wrong-role', count: 3 }), aFinding({ code: 'dataset.conflicts' })] });
  expect(choices.map(({ label, description }) => [label, description])).toEqual([
    ['All Safe Repairs', 'no row and no word is lost'], ['Rename roles', '3 rows found · safe'], ['Remove rows that cannot be trained on', '3 rows found'],
  ]);
  expect(repairChoices({ findings: [] })).toEqual([]);
});
