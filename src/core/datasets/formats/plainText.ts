/** Text to continue, a document a row, for continued pre-training. */

import { Refusal, type Format } from './format.ts';
import { LABEL_COLUMNS } from './labelledText.ts';
import { readCarried, readText, writeRow } from './values.ts';

export const plainTextFormat: Format = {
  id: 'text',
  title: 'plain text',
  trainsAs: undefined,
  holds: 'text without questions (continued pre-training)',
  // huggingface.co/docs/trl/dataset_formats, "language modeling"
  samples: [{ text: 'The sky is blue.' }],
  hasColumns: (columns) => columns.has('text') && !LABEL_COLUMNS.some((name) => columns.has(name)),
  recognizes: ({ text }) => typeof text === 'string',
  read: (row) => ({ kind: 'text', text: readText(row['text'], 'text'), ...readCarried(row, new Set(['text'])) }),
  write(example) {
    if (example.kind !== 'text') throw new Refusal('plain text does not tell questions from answers');
    return writeRow(example, { text: example.text });
  },
};
