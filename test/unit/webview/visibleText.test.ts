/** White space and control characters of a token can be seen. */

import { expect, it } from 'vitest';
import { visibleText } from '../../../webview/dataset/visibleText.ts';

it('shows what cannot be seen, and leaves the rest', () => {
  expect(['Hello 🦉', '\n', '\r\n', '\t', '\0', '\u200B', ''].map(visibleText)).toEqual(['Hello 🦉', '⏎\n', '␍⏎\n', '⇥\t', '␀', 'U+200B', '·']);
});
