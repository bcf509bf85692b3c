/** Waits for a condition by asking again and again, up to a deadline; no test waits for a length of time. */

import { setTimeout as delay } from 'node:timers/promises';

const DEADLINE_MS = 45_000;

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
