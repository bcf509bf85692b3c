/** Waits for a condition by asking again and again, up to a deadline; no test waits for a length of time. */

import { setTimeout as delay } from 'node:timers/promises';

/** Generous: whole jobs run on machines that are busy with other things. */
const DEADLINE_MS = 100_000;

/** For tests that run whole jobs, several of them one after the other. */
export const JOB_TEST_MS = 240_000;

/**
 * @param ask returns what is waited for, or undefined (or false) while it is not there
 * @param what completes "timed out waiting for ..."
 */
export async function until<T>(what: string, ask: () => T | Promise<T>): Promise<NonNullable<Exclude<T, false>>> {
  const deadline = Date.now() + DEADLINE_MS;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== null && answer !== false) return answer as NonNullable<Exclude<T, false>>;
    if (Date.now() > deadline) throw new Error(`timed out waiting for ${what}`);
    await delay(10);
  }
}
