/** The first job of all is seen although nothing of the store was there when the window opened. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { whenThere } from '../../../src/host/jobs/storeAppearance.ts';
import { FakeClock } from '../support/fakeTime.ts';

let folder = '';
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'appearance-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('runs once when the file is there, at once or later, and its folder with it', () => {
  const clock = new FakeClock();
  const file = join(folder, 'home', 'tunesmith.db');
  let runs = 0;
  whenThere(file, () => runs++, clock);
  clock.advance(60_000);
  expect(runs).toBe(0);
  mkdirSync(join(folder, 'home'));
  writeFileSync(file, 'x');
  clock.advance(5_000);
  expect(runs).toBe(1);
  whenThere(file, () => runs++, clock);
  clock.advance(60_000);
  expect([runs, clock.timers]).toEqual([2, 0]);
});

it('looks no more once it was disposed of', () => {
  const clock = new FakeClock();
  const watching = whenThere(join(folder, 'tunesmith.db'), () => expect.fail('nothing is there'), clock);
  clock.advance(10_000);
  watching.dispose();
  expect(clock.timers).toBe(0);
});
