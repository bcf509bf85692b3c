/** KTO's rows, TRL's "unpaired preference": one answer and whether it was liked. */

import type { Example, Fields, Rating } from '../example.ts';
import { Refusal, RowFault, type Format } from './format.ts';
import { readTools, toolColumnsRead, writeMessages, writeTools } from './openaiMessages.ts';
import { isConversational, readSide } from './pairs.ts';
import { answerText } from './trlPreference.ts';
import { onlyQuestion } from './turns.ts';
import { asBoolean, readCarried, writeRow } from './values.ts';

function hasColumns(columns: ReadonlySet<string>): boolean {
  return columns.has('prompt') && columns.has('completion') && columns.has('label');
}

function readRating(row: Fields): Example {
  const isGood = asBoolean(row['label']);
  if (isGood === undefined) throw new RowFault('dataset.row.bad-value', 'its label is neither true nor false');
  return {
    kind: 'rating',
    prompt: readSide(row['prompt'], 'prompt', 'user'),
    answer: readSide(row['completion'], 'completion', 'assistant'),
    isGood,
    ...readTools(row, row['prompt'], row['completion']),
    ...readCarried(row, new Set(['prompt', 'completion', 'label', ...toolColumnsRead(row)])),
  };
}

/** @throws Refusal */
function asRating(example: Example): Rating {
  if (example.kind === 'rating') return example;
  if (example.kind !== 'preference') throw new Refusal('nobody said whether its answer is good');
  const { prompt, chosen, rejected: _worse, scores: _scores, kind: _kind, ...common } = example;
  return { ...common, kind: 'rating', prompt, answer: chosen, isGood: true };
}

export const kto: Format = {
  id: 'kto',
  title: 'KTO',
  trainsAs: undefined,
  holds: 'rated completions (KTO)',
  // huggingface.co/docs/trl/dataset_formats
  samples: [{ prompt: 'The sky is', completion: ' blue.', label: true }, { prompt: 'The sky is', completion: ' green.', label: false }],
  hasColumns,
  recognizes: ({ label }) => asBoolean(label) !== undefined,
  read: readRating,
  write(example) {
    const rating = asRating(example);
    return writeRow(rating, { prompt: onlyQuestion(rating.prompt), completion: answerText(rating.answer), label: rating.isGood, ...writeTools(rating) });
  },
};

export const ktoMessages: Format = {
  id: 'kto-messages',
  title: 'KTO in messages',
  trainsAs: undefined,
  holds: 'rated completions (KTO)',
  samples: [{ prompt: [{ role: 'user', content: 'What color is the sky?' }], completion: [{ role: 'assistant', content: 'It is blue.' }], label: true }],
  hasColumns,
  recognizes: ({ label, prompt, completion }) => asBoolean(label) !== undefined && isConversational(prompt) && isConversational(completion),
  read: readRating,
  write(example) {
    const rating = asRating(example);
    const older = rating.olderFunctions;
    return writeRow(rating, { prompt: writeMessages(rating.prompt, older), completion: writeMessages(rating.answer, older, rating.prompt), label: rating.isGood, ...writeTools(rating) });
  },
};
