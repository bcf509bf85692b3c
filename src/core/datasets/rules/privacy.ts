/** About what nobody should be able to read out of a model. */

import type { RowRule } from './rule.ts';

export const PRIVACY_RULES = {
  'dataset.row.secret': {
    // An error would mean that the row is not trained on, and it is.
    severity: 'warning',
    title: 'Keys, tokens and passwords',
    means: 'A tuned model can be made to repeat its training data word for word, and everybody who may use it could get the secret. Uploaded to a cloud, the file has left your hands as well.',
    one: 'holds a key, token or password',
    many: 'hold keys, tokens or passwords',
    remedy: 'Redact it, and replace the secret itself: it has been in a file',
  },
  'dataset.row.personal-data': {
    severity: 'warning',
    title: 'Personal data',
    means: 'Addresses, phone, card and account numbers of people can come out of a tuned model again. In many places the law asks for a reason to use them, and to be able to delete them.',
    one: 'holds personal data',
    many: 'hold personal data',
    remedy: 'Redact it, unless the model needs it and you may use it',
  },
} as const satisfies Readonly<Record<string, RowRule>>;
