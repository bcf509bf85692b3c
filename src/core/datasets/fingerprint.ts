/** Short numbers that stand for texts, so that a million rows can be compared in little memory. */

import type { ChatMessage } from '../../engine/text/chat.ts';

/**
 * 53-bit hash of a text. Two of a million different texts share one with a chance of 1 in 18,000.
 *
 * @see bryc, "cyrb53", public domain
 */
export function fingerprint(text: string, seed = 0): number {
  let high = 0xdeadbeef ^ seed;
  let low = 0x41c6ce57 ^ seed;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    high = Math.imul(high ^ unit, 2654435761);
    low = Math.imul(low ^ unit, 1597334677);
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  return 4294967296 * (2097151 & low) + (high >>> 0);
}

/** Everything before the last answer: equal for two rows exactly when the model is asked the same. */
export function promptKey(messages: readonly ChatMessage[]): number {
  let text = '';
  for (let i = 0; i < messages.length - 1; i++) {
    const turn = messages[i];
    if (turn) text += `${turn.role}\0${turn.content.trim()}\0`;
  }
  return fingerprint(text);
}

export function answerOf(messages: readonly ChatMessage[]): string {
  return messages.at(-1)?.content ?? '';
}

/** The last thing the model was asked, as reports show it. */
export function questionOf(messages: readonly ChatMessage[]): string {
  return messages.findLast((turn) => turn.role === 'user')?.content ?? '';
}
