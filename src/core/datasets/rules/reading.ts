/** About rows that cannot be read, or not as any format. */

import { FORMATS_IN_WORDS } from '../detect.ts';
import type { RowRule } from './rule.ts';

export const READING_RULES = {
  'dataset.row.invalid-json': {
    severity: 'error',
    title: 'Not valid JSON',
    means: 'The line cannot be read at all, so its example is lost. Most services refuse the whole file for a single such line.',
    one: 'is not valid JSON',
    many: 'are not valid JSON',
    remedy: 'Correct the JSON: one complete object on each line',
  },
  'dataset.row.invalid-csv': {
    severity: 'error',
    title: 'Not valid CSV',
    means: 'A quote is missing or in the wrong place, so that nobody can tell where one value ends and the next begins.',
    one: 'cannot be read as CSV',
    many: 'cannot be read as CSV',
    remedy: 'Put the value in double quotes and write quotes inside it twice',
  },
  'dataset.row.wrong-columns': {
    severity: 'error',
    title: 'Too many or too few values',
    means: 'The row has another number of values than the header names. Usually a comma inside a text was not quoted, and everything after it would land in the wrong column.',
    one: 'does not fit the header',
    many: 'do not fit the header',
    remedy: 'Put values that hold the delimiter in double quotes, or add the missing value',
  },
  'dataset.row.too-long': {
    severity: 'error',
    title: 'Far too long',
    means: 'One row holds many megabytes or is nested thousands of levels deep: usually a line break or a quote is missing and several rows ran together.',
    one: 'is too long to be one example',
    many: 'are too long to be one example',
    remedy: 'Split the row, or look for a quote or line break that is missing',
  },
  'dataset.row.not-an-object': {
    severity: 'error',
    title: 'Not an object',
    means: 'A row has to name its fields, such as prompt and completion. A bare text, number or list does not say what is asked and what is answered.',
    one: 'is not a JSON object',
    many: 'are not JSON objects',
    remedy: 'Write each row as an object, for example {"prompt": "…", "completion": "…"}',
  },
  'dataset.row.unknown-format': {
    severity: 'error',
    title: 'No known format',
    means: 'From the names of its fields nobody can tell what the model is asked and what it should answer.',
    one: 'is in no format that Tunesmith knows',
    many: 'are in no format that Tunesmith knows',
    remedy: `Rename the fields to one of: ${FORMATS_IN_WORDS}`,
  },
  'dataset.row.unsupported-format': {
    severity: 'error',
    title: 'A format that is not trained on here',
    means: 'The row is understood and can be converted, but the training on this machine has no use for it: a prompt without an answer, for example, needs reinforcement fine-tuning.',
    one: 'is in a format that cannot be trained on yet',
    many: 'are in a format that cannot be trained on yet',
    remedy: `Convert the rows to one of: ${FORMATS_IN_WORDS}`,
  },
  'dataset.row.minority-format': {
    severity: 'warning',
    title: 'Another format than most rows',
    means: 'Files usually hold one format. A few rows in another one often come from a second source that was added by mistake; many services look at the first row only and fail on these.',
    one: 'is in another format than most rows',
    many: 'are in another format than most rows',
    remedy: 'Check that these rows belong into this file; they are trained on as they are',
  },
  'dataset.row.repeated-key': {
    severity: 'warning',
    title: 'A field that is named twice',
    means: 'JSON lets a later value silently replace an earlier one of the same name. If the first was meant, the model learns the wrong thing.',
    one: 'names a field twice, of which the last counts',
    many: 'name a field twice, of which the last counts',
    remedy: 'Remove or rename one of the two',
  },
} as const satisfies Readonly<Record<string, RowRule>>;
