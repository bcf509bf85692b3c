/** About rows as a model reads them: in its tokens, through its chat template. */

import type { RowRule } from './rule.ts';

export const TOKEN_RULES = {
  'dataset.row.over-length': {
    severity: 'warning',
    one: 'has more tokens than are read of a row',
    many: 'have more tokens than are read of a row',
    remedy: 'Raise the longest length or shorten the row; else it is cut, or left out',
  },
  'dataset.row.nothing-trained': {
    severity: 'warning',
    one: 'has no token to train on',
    many: 'have no token to train on',
    remedy: 'Raise the longest length, so that the answer is not cut off, or remove the row',
  },
  'dataset.row.refused-by-template': {
    severity: 'warning',
    one: 'is not accepted by the chat template of the model',
    many: 'are not accepted by the chat template of the model',
    remedy: 'Change the roles or their order to what the model supports, or choose another model',
  },
  'dataset.row.special-tokens': {
    severity: 'warning',
    one: 'holds a special token of the model as text',
    many: 'hold a special token of the model as text',
    remedy: 'Remove it: the chat template puts such tokens where they belong',
  },
  'dataset.row.double-bos': {
    severity: 'warning',
    one: 'begins with the token that the chat template puts there, too',
    many: 'begin with the token that the chat template puts there, too',
    remedy: 'Remove it from the text; else the model reads it twice',
  },
  'dataset.row.missing-eos': {
    severity: 'warning',
    one: 'does not end in a token that ends answers',
    many: 'do not end in a token that ends answers',
    remedy: 'Add the end token to the chat template; else the model does not learn to stop',
  },
} as const satisfies Readonly<Record<string, RowRule>>;
