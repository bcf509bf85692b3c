/** Time as the job services see it, so that tests can own it. */

import type { Disposable } from '../lifecycle.ts';

export interface Clock {
  /** milliseconds since 1970 */
  now(): number;
  /** Runs once after so many milliseconds; never keeps a process alive by itself. */
  after(milliseconds: number, run: () => void): Disposable;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after: (milliseconds, run) => {
    const timer = setTimeout(run, milliseconds);
    timer.unref();
    return { dispose: () => clearTimeout(timer) };
  },
};
