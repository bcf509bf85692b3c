/** About answers that somebody judged. */

import type { FileRule } from './rule.ts';

export const PREFERENCE_RULES = {
  'dataset.length-bias': {
    severity: 'warning',
    title: 'The length gives the preference away',
    means: 'Where the better answer is nearly always the longer one, the model learns to be long instead of to be good. Preference training is known for this; the length is the easiest thing to learn.',
    remedy: 'Add pairs whose better answer is the shorter one, or leave out those that differ most in length',
  },
  'dataset.one-verdict': {
    severity: 'error',
    title: 'One verdict only',
    means: 'Training on ratings needs liked and disliked answers. With one kind only there is nothing to tell apart, and trainers refuse the file.',
    remedy: 'Add answers of the other kind, or train on the liked ones with the technique "sft"',
  },
} as const satisfies Readonly<Record<string, FileRule>>;
