/** When an answer counts as the expected one. */

/**
 * The form in which answers are compared: Unicode NFKC, lower case, runs of white space as one space, none at the ends,
 * and no full stop, comma, colon, semicolon, exclamation or question mark at the end.
 */
export function normalizeAnswer(answer: string): string {
  return answer
    .normalize('NFKC')
    .toLowerCase()
    // Some letters have a composed form in lower case only.
    .normalize('NFKC')
    .replace(/\s+/gu, ' ')
    .trim()
    .replace(/[\s.,:;!?。！？]+$/u, '');
}

/** Both answers in normal form are equal. An empty answer is correct only where an empty one is expected. */
export function exactMatch(answer: string, expected: string): boolean {
  const normal = normalizeAnswer(expected);
  // An expected answer of punctuation alone ("?") has an empty normal form; it is compared as it is.
  return normal === '' ? answer.trim() === expected.trim() : normalizeAnswer(answer) === normal;
}
