/** Short numbers that stand for texts, so that a million rows can be compared in little memory. */

import type { ChatMessage } from '../../engine/text/chat.ts';

/**
 * Hashes texts one after the other into 53 bits. Two of a million different texts share a value with
 * a chance of 1 in 18,000.
 *
 * @see bryc, "cyrb53", public domain; here two units at a time
 */
export class Fingerprinter {
  #high: number;
  #low: number;

  constructor(seed = 0) {
    this.#high = 0xdeadbeef ^ seed;
    this.#low = 0x41c6ce57 ^ seed;
  }

  add(text: string): this {
    let high = this.#high;
    let low = this.#low;
    const { length } = text;
    let i = 0;
    // Two at a time, which takes two thirds of the time.
    for (; i + 1 < length; i += 2) {
      const units = text.charCodeAt(i) ^ Math.imul(text.charCodeAt(i + 1), 0x9e3779b1);
      high = Math.imul(high ^ units, 2654435761);
      low = Math.imul(low ^ units, 1597334677);
    }
    if (i < length) {
      const unit = text.charCodeAt(i);
      high = Math.imul(high ^ unit, 2654435761);
      low = Math.imul(low ^ unit, 1597334677);
    }
    this.#high = high;
    this.#low = low;
    return this;
  }

  /** Of what was added so far; more may follow. */
  get value(): number {
    const high = Math.imul(this.#high ^ (this.#high >>> 16), 2246822507) ^ Math.imul(this.#low ^ (this.#low >>> 13), 3266489909);
    const low = Math.imul(this.#low ^ (this.#low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
    return 4294967296 * (2097151 & low) + (high >>> 0);
  }
}

export function fingerprint(text: string, seed = 0): number {
  return new Fingerprinter(seed).add(text).value;
}

/** Everything before the last answer: equal for two rows exactly when the model is asked the same. */
export function promptKey(messages: readonly ChatMessage[]): number {
  return addPrompt(new Fingerprinter(), messages).value;
}

/** @returns `into`, for answers to be added */
export function addPrompt(into: Fingerprinter, messages: readonly ChatMessage[]): Fingerprinter {
  for (let i = 0; i < messages.length - 1; i++) {
    const turn = messages[i];
    if (turn) into.add(turn.role).add('\0').add(turn.content.trim()).add('\0');
  }
  return into;
}

export function answerOf(messages: readonly ChatMessage[]): string {
  return messages.at(-1)?.content ?? '';
}

/** The last thing the model was asked, as reports show it. */
export function questionOf(messages: readonly ChatMessage[]): string {
  return messages.findLast((turn) => turn.role === 'user')?.content ?? '';
}
