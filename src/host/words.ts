/** Words that only the editor needs, beside those of core/wording: times of day, shortened text. */

import { formatDuration, formatQuantity } from '../core/wording/numbers.ts';

export function shorten(text: string, length: number): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= length ? line : `${line.slice(0, length - 1)}…`;
}

/** "14:03:07" in the reader's zone. */
export function formatClock(milliseconds: number): string {
  const at = new Date(milliseconds);
  return [at.getHours(), at.getMinutes(), at.getSeconds()].map((part) => String(part).padStart(2, '0')).join(':');
}

/** Time left: an estimate, so in whole seconds and never "0 ms". */
export function formatTimeLeft(seconds: number): string {
  return formatDuration(Math.max(1, Math.round(seconds)));
}

/** "just now", "5 min ago", "3 days ago". */
export function formatAgo(milliseconds: number, now: number): string {
  const seconds = Math.max(0, (now - milliseconds) / 1000);
  if (seconds < 45) return 'just now';
  if (seconds < 3570) return `${Math.max(1, Math.round(seconds / 60))} min ago`;
  if (seconds < 86_400) return `${Math.round(seconds / 3600)} h ago`;
  return `${formatQuantity(Math.round(seconds / 86_400), 'day')} ago`;
}

/** ("It failed", "Try again") → "It failed. Try again." */
export function joinSentences(...parts: readonly string[]): string {
  return parts
    .map((part) => part.trim())
    .filter(Boolean)
    .map((part) => (/[.!?…]$/.test(part) ? part : `${part}.`))
    .join(' ');
}

/**
 * A message that VS Code shows as it reads. Its notifications make a link of `[text](command:…)`, and a recipe's name or a
 * dataset's label could hold one.
 */
export function withoutLinks(message: string): string {
  return message.replaceAll('](', '] (');
}
