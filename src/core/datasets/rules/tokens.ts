/** About rows as a model reads them: in its tokens, through its chat template. */

import type { RowRule } from './rule.ts';

export const TOKEN_RULES = {
  'dataset.row.over-length': {
    severity: 'warning',
    title: 'More tokens than are read',
    means: 'Beyond the longest length a row is cut, or left out, as the recipe says. What is cut off first is the end: the answer.',
    one: 'has more tokens than are read of a row',
    many: 'have more tokens than are read of a row',
    remedy: 'Raise the longest length or shorten the row; else it is cut, or left out',
  },
  'dataset.row.nothing-trained': {
    severity: 'warning',
    title: 'Nothing to train on',
    means: 'Only answers are trained on. In this row no token of one is left: all are kept out by their weight, or the prompt alone is as long as what is read.',
    one: 'has no token to train on',
    many: 'have no token to train on',
    remedy: 'Raise the longest length, so that the answer is not cut off, or remove the row',
  },
  'dataset.row.refused-by-template': {
    severity: 'warning',
    title: 'Refused by the chat template',
    means: 'Each model has a template that turns a conversation into the text it reads. Some accept no system message, or only turns that alternate; the row then cannot be trained on with that model.',
    one: 'is not accepted by the chat template of the model',
    many: 'are not accepted by the chat template of the model',
    remedy: 'Change the roles or their order to what the model supports, or choose another model',
  },
  'dataset.row.double-bos': {
    severity: 'warning',
    title: 'Two beginnings',
    means: 'The chat template of the model prints the token that begins a text. Where the row has it as well, the model reads it twice in training and once in use, which costs quality without any error.',
    one: 'begins with the token that the chat template puts there, too',
    many: 'begin with the token that the chat template puts there, too',
    remedy: 'Remove it from the text; else the model reads it twice',
  },
  'dataset.row.missing-eos': {
    severity: 'warning',
    title: 'No end to learn',
    means: 'A model stops when it writes its end token, and learns to write it from the ends of the answers. Without it, answers of the tuned model go on and on.',
    one: 'does not end in a token that ends answers',
    many: 'do not end in a token that ends answers',
    remedy: 'Add the end token to the chat template; else the model does not learn to stop',
  },
} as const satisfies Readonly<Record<string, RowRule>>;
