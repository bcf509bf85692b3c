/** About the texts themselves. */

import type { RowRule } from './rule.ts';

export const TEXT_RULES = {
  'dataset.row.damaged-text': {
    severity: 'warning',
    title: 'Damaged characters',
    means: 'Somewhere on its way the text was read in the wrong encoding. The model learns to write the damage.',
    one: 'holds damaged characters',
    many: 'hold damaged characters',
    remedy: 'Save the file again as UTF-8 from the program it comes from',
  },
} as const satisfies Readonly<Record<string, RowRule>>;
