/** Words of others are shown as words. */

import { expect, it } from 'vitest';
import { formatTimeLeft, withoutLinks } from '../../../src/host/words.ts';

it('leaves nothing that a notification would make a link of', () => {
  // As VS Code 1.139 finds links in a message.
  const link = /\[([^\]]+)\]\(((?:https?:\/\/|command:|file:)[^)\s]+)(?: (["'])(.+?)(\3))?\)/gi;
  for (const text of ['[Compare](command:workbench.action.quit) is tuned.', 'a [b](https://example.org "c")[d](file:///e)', '[[x](command:y)](command:z)']) {
    expect(text.match(link)).not.toBeNull();
    expect(withoutLinks(text).match(link)).toBeNull();
  }
  expect(withoutLinks('tickets [1] (copy).csv has 3 rows.')).toBe('tickets [1] (copy).csv has 3 rows.');
});

it('tells no more of the time left than is known', () => {
  expect([0, 0.3, 7.34, 75.2].map(formatTimeLeft)).toEqual(['1 s', '1 s', '7 s', '1 min 15 s']);
});
