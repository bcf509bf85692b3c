/** A screen reader hears the newest of a job's steps now and then, and every answer. */

import { expect, it } from 'vitest';
import { Announcements } from '../../../webview/shared/announcements.ts';
import { FakeClock } from '../support/fakeTime.ts';

function announcements() {
  const clock = new FakeClock();
  const heard: string[] = [];
  const after = (milliseconds: number, run: () => void): void => void clock.after(milliseconds, run);
  return { clock, heard, said: new Announcements((text) => heard.push(text), 1000, after) };
}

it('says the first at once and then the newest, at most once in a while', () => {
  const { clock, heard, said } = announcements();
  for (let step = 1; step <= 20; step++) {
    said.say(`step ${step}`);
    clock.advance(100);
  }
  clock.advance(5000);
  expect(heard).toEqual(['step 1', 'step 10', 'step 20']);
});

it('says each of two answers, though the second comes at once', () => {
  const { clock, heard, said } = announcements();
  said.say('Asking both models');
  said.add('Base answered: no');
  said.add('Tuned answered: yes');
  clock.advance(1000);
  expect(heard).toEqual(['Asking both models', 'Base answered: no Tuned answered: yes']);
});

it('repeats nothing', () => {
  const { clock, heard, said } = announcements();
  said.say('done');
  clock.advance(10_000);
  expect(heard).toEqual(['done']);
});
