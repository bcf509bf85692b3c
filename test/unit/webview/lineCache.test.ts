/** Lines come for what is in view, the newest view first, and those of before stay until the new ones are there. */

import { describe, expect, it } from 'vitest';
import type { TableLine, Unanswered } from '../../../src/protocol/datasetPage.ts';
import { LineCache } from '../../../webview/dataset/lineCache.ts';

const line = (row: number, prompt = ''): TableLine => ({ row, prompt, answer: '', codes: [] });

function world() {
  const asked: { view: number; from: number; count: number; answer: (lines: readonly TableLine[] | Unanswered) => Promise<void> }[] = [];
  const faults: (string | undefined)[] = [];
  const cache = new LineCache((view, from, count) => new Promise((resolve) => {
    asked.push({ view, from, count, answer: async (lines) => {
      resolve(lines);
      await new Promise((next) => setImmediate(next));
    } });
  }), (fault) => faults.push(fault));
  const answer = async (text = ''): Promise<void> => {
    const next = asked.at(-1);
    await next?.answer(Array.from({ length: next.count }, (_, i) => line(next.from + i + 1, text)));
  };
  return { cache, asked, faults, answer };
}

describe('lines in view', () => {
  it('are asked for with those around, and only once', async () => {
    const { cache, asked, answer } = world();
    cache.reset(1, false);
    cache.want({ first: 60, end: 80 });
    cache.want({ first: 61, end: 81 });
    expect(asked).toMatchObject([{ view: 1, from: 50, count: 50 }]);
    await answer();
    expect(cache.get(60)).toMatchObject({ row: 61 });
    expect(asked.length).toBe(1);
  });

  it('come before those that have left it', async () => {
    const { cache, asked, answer } = world();
    cache.reset(1, false);
    cache.want({ first: 0, end: 20 });
    cache.want({ first: 5000, end: 5020 });
    cache.want({ first: 900_000, end: 900_020 });
    await answer();
    expect(asked.map(({ from }) => from)).toEqual([0, 900_000]);
  });
});

describe('another view', () => {
  it('of the same rows shows what was there until the new lines come', async () => {
    const { cache, answer } = world();
    cache.reset(1, false);
    cache.want({ first: 0, end: 10 });
    await answer('old');
    cache.reset(2, true);
    expect(cache.get(0)).toMatchObject({ prompt: 'old' });
    cache.want({ first: 0, end: 10 });
    await answer('new');
    expect(cache.get(0)).toMatchObject({ prompt: 'new' });
  });

  it('of other rows shows nothing of before, and takes no late answer', async () => {
    const { cache, asked, answer } = world();
    cache.reset(1, false);
    cache.want({ first: 0, end: 10 });
    cache.reset(2, false);
    cache.want({ first: 0, end: 10 });
    await answer('late');
    expect(cache.get(0)).toBeUndefined();
    expect(asked.map(({ view }) => view)).toEqual([1, 2]);
  });
});

it('lines that are not there are asked for again when there are more, not before', async () => {
  const { cache, asked } = world();
  cache.reset(1, false);
  cache.want({ first: 0, end: 10 });
  await asked[0]?.answer([line(1)]);
  cache.want({ first: 0, end: 10 });
  expect(asked.length).toBe(1);
  cache.grow();
  cache.want({ first: 0, end: 10 });
  expect(asked.length).toBe(2);
});

it('a question without an answer says why and is not asked for ever', async () => {
  const { cache, asked, faults } = world();
  cache.reset(1, false);
  cache.want({ first: 0, end: 10 });
  await asked[0]?.answer({ fault: 'The file is gone.' });
  expect(faults).toEqual(['The file is gone.']);
  expect(asked.length).toBe(1);
});
