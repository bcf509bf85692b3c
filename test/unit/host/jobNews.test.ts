/** A page that is slow to draw misses nothing and is told once, not many times, what came meanwhile. */

import { describe, expect, it } from 'vitest';
import { jobHeader } from '../../../src/host/jobs/jobHistory.ts';
import { JobNews } from '../../../src/host/jobs/jobNews.ts';
import type { JobPagePatch } from '../../../src/protocol/jobPage.ts';
import { aJob } from './samples.ts';

function patchOf(step: number): JobPagePatch {
  return { header: jobHeader(aJob({ step }), 0, true), metrics: [{ step, values: { loss: 1 / step } }], events: [], checkpoints: [] };
}

function slowPage() {
  const told: number[][] = [];
  const ends: (() => void)[] = [];
  const news = new JobNews((patch) => {
    told.push(patch.metrics.map(({ step }) => step));
    return new Promise<void>((resolve) => ends.push(resolve));
  });
  const endDrawing = async (): Promise<void> => {
    ends.shift()?.();
    await Promise.resolve();
  };
  return { news, told, endDrawing };
}

describe('job news', () => {
  it('gathers what comes while the page draws and tells it in one piece', async () => {
    const { news, told, endDrawing } = slowPage();
    for (const step of [1, 2, 3]) news.add(patchOf(step));
    expect(told).toEqual([[1]]);
    await endDrawing();
    expect(told).toEqual([[1], [2, 3]]);
    await endDrawing();
    expect(told).toHaveLength(2);
    news.add(patchOf(4));
    expect(told.at(-1)).toEqual([4]);
  });

  it('forgets a page that went away, and its late answer', async () => {
    const { news, told, endDrawing } = slowPage();
    for (const step of [1, 2]) news.add(patchOf(step));
    news.clear();
    news.add(patchOf(3));
    expect(told).toEqual([[1], [3]]);
    news.add(patchOf(4));
    await endDrawing();
    expect(told).toEqual([[1], [3]]);
  });
});
