/** Finds the marks of chat templates inside texts. */

import { quoteBriefly } from '../../wording/lists.ts';
import type { DatasetCheck } from './check.ts';
import { turnsOf } from './spoken.ts';

/** Of the templates of Qwen, Llama 2 and 3, Gemma, Phi, DeepSeek and Mistral. */
const TOKENS = /<\|[a-z][a-z0-9_]{1,30}\|>|<\/s>|<s>(?=\s*\[INST\])|<(?:start|end)_of_turn>|<\uFF5C[^<>\n]{2,40}\uFF5C>|\[\/INST\]|<<SYS>>/;

export const specialTokens: DatasetCheck = {
  row({ example, place }, findings) {
    if (example.kind === 'text') return;
    for (const { content } of turnsOf(example)) {
      // Most texts have neither, and looking for one character is much faster than the pattern.
      if (!content.includes('<') && !content.includes('[')) continue;
      const found = TOKENS.exec(content);
      if (!found) continue;
      findings.add('dataset.row.special-token', place, quoteBriefly(found[0]));
      return;
    }
  },
};
