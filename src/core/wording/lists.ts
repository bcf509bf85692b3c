/** Lists of things and rows in the words a person reads. */

import { formatCount } from './numbers.ts';

/** ["a", "b", "c"] → "a, b and c" */
export function formatList(items: readonly string[], lastWord = 'and'): string {
  if (items.length < 2) return items[0] ?? '';
  return `${items.slice(0, -1).join(', ')} ${lastWord} ${items.at(-1)}`;
}

const NAMED = 4;

/**
 * ("Row", [4], 1) → "Row 4"; ("Row", [4, 9], 2) → "Rows 4 and 9"; ("Row", [1, 2, 3, 4, …], 40) → "Rows 1, 2, 3, 4 and 36 more".
 *
 * @param word singular; an "s" makes it plural
 * @param numbers the first of them, ascending
 * @param count how many in all, at least `numbers.length`
 */
export function formatRows(word: string, numbers: readonly number[], count: number): string {
  if (count === 1) return `${word} ${formatCount(numbers[0] ?? 0)}`;
  const named = numbers.slice(0, NAMED).map(formatCount);
  const more = count - named.length;
  return `${word}s ${formatList(more > 0 ? [...named, `${formatCount(more)} more`] : named)}`;
}

/** Shortens a value for a message: control characters gone, at most `limit` characters, in quotes. */
export function quoteBriefly(value: string, limit = 40): string {
  const plain = value.replace(/[\s\p{Cc}]+/gu, ' ').trim();
  const characters = Array.from(plain.slice(0, limit * 2 + 2));
  return `"${characters.length > limit ? `${characters.slice(0, limit - 1).join('')}…` : plain}"`;
}

/**
 * The candidate nearest to a mistyped word, if it is near enough to be meant.
 *
 * @see Damerau 1964; optimal string alignment distance, at most a third of the word's length
 */
export function nearestWord(word: string, candidates: readonly string[]): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(Math.max(word.length, 3) / 3)) + 1;
  const flat = simplify(word);
  for (const candidate of candidates) {
    const distance = flat === simplify(candidate) ? 0 : editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

function simplify(word: string): string {
  return word.toLowerCase().replace(/[^a-z0-9]/g, '');
}

function editDistance(a: string, b: string): number {
  // A word this long is no typing mistake, and the table would be large.
  if (a.length > 64 || b.length > 64) return Infinity;
  const rows = Array.from({ length: a.length + 1 }, (_, i) => Array.from({ length: b.length + 1 }, (_, j) => (i === 0 ? j : j === 0 ? i : 0)));
  const at = (i: number, j: number): number => rows[i]?.[j] ?? Infinity;
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let value = Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, at(i - 1, j - 1) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) value = Math.min(value, at(i - 2, j - 2) + 1);
      const row = rows[i];
      if (row) row[j] = value;
    }
  }
  return at(a.length, b.length);
}
