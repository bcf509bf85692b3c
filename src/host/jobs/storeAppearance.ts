/** Notices that the store of jobs was made by somebody else: another window, or a terminal. */

import { existsSync } from 'node:fs';
import { type Clock, systemClock } from '../../core/jobs/clock.ts';
import type { Disposable } from '../../core/lifecycle.ts';

/** Some 10 µs a look. The folder above the file may not be there either, which no watcher of folders waits for. */
const LOOK_MS = 3_000;

/** Runs once, soon after the file is there. */
export function whenThere(file: string, run: () => void, clock: Clock = systemClock): Disposable {
  let timer: Disposable;
  const look = (): void => {
    if (existsSync(file)) run();
    else timer = clock.after(LOOK_MS, look);
  };
  timer = clock.after(0, look);
  return { dispose: () => timer.dispose() };
}
