/** TRL's preferences with the prompt apart, as texts and as messages; UltraFeedback as TRL and Zephyr use it is one of them. */

import type { Example, Fields, Preference } from '../example.ts';
import { Refusal, type Format } from './format.ts';
import { readTools, toolColumnsRead, writeMessages, writeTools } from './openaiMessages.ts';
import { asPreference, cutPair, isConversational, PROMPT_COLUMNS, readSide } from './pairs.ts';
import { onlyQuestion, onlyText } from './turns.ts';
import { readCarried, readNumber, writeRow } from './values.ts';

const SCORES = ['score_chosen', 'score_rejected'] as const;

/** @throws RowFault */
export function readPreference(row: Fields): Example {
  const column = PROMPT_COLUMNS.find((name) => name in row);
  const prompt = column === undefined ? [] : readSide(row[column], column, 'user');
  const chosen = readSide(row['chosen'], 'chosen', 'assistant');
  const rejected = readSide(row['rejected'], 'rejected', 'assistant');
  const hasScores = SCORES.every((name) => row[name] !== undefined && row[name] !== null);
  const columns = ['chosen', 'rejected', ...(column === undefined ? [] : [column]), ...(hasScores ? SCORES : []), ...toolColumnsRead(row)];
  return {
    kind: 'preference',
    ...cutPair(prompt, chosen, rejected),
    ...(hasScores && { scores: { chosen: readNumber(row['score_chosen'], '"score_chosen"'), rejected: readNumber(row['score_rejected'], '"score_rejected"') } }),
    ...readTools(row, column === undefined ? undefined : row[column], row['chosen'], row['rejected']),
    ...readCarried(row, new Set(columns)),
  };
}

/** A row of TRL's with these sides, the scores and the tools. */
export function writePreference(pair: Preference, sides: Fields): Fields {
  const { scores } = pair;
  return writeRow(pair, { ...sides, ...(scores && { score_chosen: scores.chosen, score_rejected: scores.rejected }), ...writeTools(pair) });
}

/** The text of an answer of one turn. @throws Refusal */
export function answerText(answer: Preference['chosen']): string {
  const [only, ...others] = answer;
  if (!only || others.length > 0) throw new Refusal('an answer is more than one turn');
  return onlyText(only, 'assistant');
}

export const trlPreference: Format = {
  id: 'trl-preference',
  title: 'TRL preference',
  trainsAs: 'preference',
  holds: 'preference pairs',
  // huggingface.co/docs/trl/dataset_formats
  samples: [{ prompt: 'The sky is', chosen: ' blue.', rejected: ' green.' }],
  hasColumns: (columns) => columns.has('chosen') && columns.has('rejected') && PROMPT_COLUMNS.some((name) => columns.has(name)),
  read: readPreference,
  write(example) {
    const pair = asPreference(example);
    return writePreference(pair, { prompt: onlyQuestion(pair.prompt), chosen: answerText(pair.chosen), rejected: answerText(pair.rejected) });
  },
};

export const trlPreferenceMessages: Format = {
  id: 'trl-preference-messages',
  title: 'TRL preference in messages',
  trainsAs: 'preference',
  holds: 'preference pairs',
  samples: [
    {
      prompt: [{ role: 'user', content: 'What color is the sky?' }],
      chosen: [{ role: 'assistant', content: 'It is blue.' }],
      rejected: [{ role: 'assistant', content: 'It is green.' }],
    },
    // huggingface.co/datasets/HuggingFaceH4/ultrafeedback_binarized
    {
      prompt: 'What color is the sky?', prompt_id: '8f2c',
      chosen: [{ role: 'user', content: 'What color is the sky?' }, { role: 'assistant', content: 'It is blue.' }],
      rejected: [{ role: 'user', content: 'What color is the sky?' }, { role: 'assistant', content: 'It is green.' }],
      score_chosen: 8.5, score_rejected: 2,
    },
  ],
  hasColumns: trlPreference.hasColumns.bind(trlPreference),
  recognizes: ({ chosen, rejected }) => isConversational(chosen) && isConversational(rejected),
  read: readPreference,
  write(example) {
    const pair = asPreference(example);
    const older = pair.olderFunctions;
    return writePreference(pair, { prompt: writeMessages(pair.prompt, older), chosen: writeMessages(pair.chosen, older, pair.prompt), rejected: writeMessages(pair.rejected, older, pair.prompt) });
  },
};
