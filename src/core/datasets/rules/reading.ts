/** About rows that cannot be read, or not as any format. */

import { FORMATS_IN_WORDS } from '../detect.ts';
import type { RowRule } from './rule.ts';

export const READING_RULES = {
  'dataset.row.invalid-json': {
    severity: 'error',
    one: 'is not valid JSON',
    many: 'are not valid JSON',
    remedy: 'Correct the JSON: one complete object on each line',
  },
  'dataset.row.invalid-csv': {
    severity: 'error',
    one: 'cannot be read as CSV',
    many: 'cannot be read as CSV',
    remedy: 'Put the value in double quotes and write quotes inside it twice',
  },
  'dataset.row.wrong-columns': {
    severity: 'error',
    one: 'does not fit the header',
    many: 'do not fit the header',
    remedy: 'Put values that hold the delimiter in double quotes, or add the missing value',
  },
  'dataset.row.too-long': {
    severity: 'error',
    one: 'is too long to be one example',
    many: 'are too long to be one example',
    remedy: 'Split the row, or look for a quote or line break that is missing',
  },
  'dataset.row.not-an-object': {
    severity: 'error',
    one: 'is not a JSON object',
    many: 'are not JSON objects',
    remedy: 'Write each row as an object, for example {"prompt": "…", "completion": "…"}',
  },
  'dataset.row.unknown-format': {
    severity: 'error',
    one: 'is in no format that Tunesmith knows',
    many: 'are in no format that Tunesmith knows',
    remedy: `Rename the fields to one of: ${FORMATS_IN_WORDS}`,
  },
  'dataset.row.unsupported-format': {
    severity: 'error',
    one: 'is in a format that cannot be trained on yet',
    many: 'are in a format that cannot be trained on yet',
    remedy: `Convert the rows to one of: ${FORMATS_IN_WORDS}`,
  },
  'dataset.row.minority-format': {
    severity: 'warning',
    one: 'is in another format than most rows',
    many: 'are in another format than most rows',
    remedy: 'Check that these rows belong into this file; they are trained on as they are',
  },
  'dataset.row.repeated-key': {
    severity: 'warning',
    one: 'names a field twice, of which the last counts',
    many: 'name a field twice, of which the last counts',
    remedy: 'Remove or rename one of the two',
  },
} as const satisfies Readonly<Record<string, RowRule>>;
