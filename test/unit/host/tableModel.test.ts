/** The table shows all rows of a file, those of a finding, or those that say something, and never those of an older question. */

import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { DatasetInspector } from '../../../src/core/datasets/inspectInWorker.ts';
import { TableModel } from '../../../src/host/datasets/tableModel.ts';
import type { TableReader } from '../../../src/host/services.ts';
import type { TableView } from '../../../src/protocol/datasetPage.ts';
import { temporaryFolder } from '../core/datasets/temporaryFolder.ts';

const folder = temporaryFolder();
const inspector = new DatasetInspector(fileURLToPath(new URL('../../../src/core/datasets/worker.ts', import.meta.url)));
afterAll(() => inspector.dispose());
const row = (i: number): string => JSON.stringify({ prompt: `question ${i}`, completion: `answer ${i}` });
const rows = Array.from({ length: 3000 }, (_, i) => row(i + 1));

async function open(name: string, lines: readonly string[]) {
  const file = folder.write(name, lines.join('\n'));
  await inspector.inspect(file);
  const views: TableView[] = [];
  const model = new TableModel({ file, reader: inspector, onChange: (view) => views.push(view), wordsOf: (fault) => (fault as Error).message });
  await model.refresh();
  return { file, model, views };
}

const plain = { code: undefined, text: '', isPattern: false };

describe('all rows', () => {
  it('are numbered as in the file, blank lines too', async () => {
    const { model } = await open('all.jsonl', [row(1), '', row(3)]);
    expect(model.view).toMatchObject({ count: 3, text: '3 rows', isBusy: false });
    expect(await model.lines(model.view.id, 0, 10)).toMatchObject([{ row: 1, prompt: 'question 1' }, { row: 2, isBlank: true }, { row: 3 }]);
  });

  it('grow while the file is read', () => {
    const counts: number[] = [];
    const model = new TableModel({ file: '/x', reader: inspector, onChange: ({ count }) => counts.push(count), wordsOf: String });
    for (const known of [100, 100, 250, 200]) model.grow(known);
    expect(counts).toEqual([100, 250]);
  });

  it('are given at most some at a time, and none for nonsense', async () => {
    const { model } = await open('many.jsonl', rows);
    const { id } = model.view;
    expect((await model.lines(id, 0, 100_000)).length).toBe(500);
    for (const [from, count] of [[-1, 5], [0.5, 5], [NaN, 5], [0, NaN], [5000, 5], [0, -5]] as const) expect(await model.lines(id, from, count)).toEqual([]);
    expect(await model.lines(id - 1, 0, 5)).toEqual([]);
    expect([1, 2000, 9999, -3, NaN].map((one) => model.locate(id, one))).toEqual([0, 1999, 2999, 0, 0]);
  });
});

describe('a page that was closed', () => {
  it('is told of nothing, and nothing is searched for it', async () => {
    const { file } = await open('closed.jsonl', rows);
    const told: TableView[] = [];
    const searched: string[] = [];
    const reader: TableReader = {
      table: (...ask) => inspector.table(...ask), found: (...ask) => inspector.found(...ask), describe: (...ask) => inspector.describe(...ask), tokens: (...ask) => inspector.tokens(...ask),
      search: (...ask) => {
        searched.push(ask[1].text);
        return inspector.search(...ask);
      },
    };
    const model = new TableModel({ file, reader, onChange: (view) => told.push(view), wordsOf: String });
    await model.apply({ ...plain, text: 'question 3000' });
    told.length = 0;
    const refreshed = model.refresh();
    model.dispose();
    await refreshed;
    expect([told, searched]).toEqual([[], ['question 3000']]);
  });
});

describe('a filter', () => {
  it('shows all rows of a finding, and the place of each', async () => {
    const { model } = await open('broken.jsonl', rows.map((line, i) => (i % 10 === 0 ? '{broken' : line)));
    await model.apply({ ...plain, code: 'dataset.row.invalid-json' });
    expect(model.view).toMatchObject({ count: 300, text: '300 of 3,000 rows', isBusy: false });
    const { id } = model.view;
    expect((await model.lines(id, 298, 5)).map((line) => line.row)).toEqual([2981, 2991]);
    expect([1, 12, 21, 9999].map((one) => model.locate(id, one))).toEqual([0, 2, 2, 299]);
  });

  it('searches within a finding', async () => {
    const { model } = await open('both.jsonl', [...rows, row(7), row(70)]);
    await model.apply({ ...plain, code: 'dataset.duplicates', text: 'Question 70' });
    expect((await model.lines(model.view.id, 0, 5)).map((line) => line.row)).toEqual([3002]);
  });

  it('tells on the way what it has found', async () => {
    const { model, views } = await open('search.jsonl', rows);
    await model.apply({ ...plain, text: 'QUESTION 299' });
    expect(views.at(-1)).toMatchObject({ count: 11, text: '11 of 3,000 rows', isBusy: false });
    expect(views.some(({ isBusy }) => isBusy)).toBe(true);
    await model.apply(plain);
    expect(model.view).toMatchObject({ count: 3000, text: '3,000 rows' });
  });

  it('says what is wrong with a pattern', async () => {
    const { model } = await open('pattern.jsonl', rows);
    await model.apply({ ...plain, text: '(', isPattern: true });
    expect(model.view).toMatchObject({ count: 0, isFault: true, isBusy: false });
    expect(model.view.text).toMatch(/^The pattern cannot be used/);
  });

  it('gives way to the next', async () => {
    const { model, views } = await open('next.jsonl', rows);
    const first = model.apply({ ...plain, text: 'question' });
    const second = model.apply({ ...plain, text: 'question 1' });
    await Promise.all([first, second]);
    expect(model.view).toMatchObject({ filter: { text: 'question 1' }, count: 1111, isBusy: false });
    expect(views.filter(({ isBusy, filter }) => !isBusy && filter.text === 'question')).toEqual([]);
  });

  it('is applied again to a file that has changed', async () => {
    const { file, model } = await open('changed.jsonl', rows);
    await model.apply({ ...plain, text: 'question 3000' });
    folder.write('changed.jsonl', [...rows, rows[2999]].join('\n'));
    await inspector.inspect(file);
    const before = model.view.id;
    await model.refresh();
    expect(model.view).toMatchObject({ count: 2, text: '2 of 3,001 rows' });
    expect(model.view.id).toBeGreaterThan(before);
  });
});
