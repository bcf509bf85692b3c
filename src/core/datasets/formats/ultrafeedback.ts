/** UltraFeedback: an instruction with the answers of several models, each with a score. */

import type { Candidate, Fields } from '../example.ts';
import { RowFault, type Format } from './format.ts';
import { rankByScore, scored } from './geminiPreference.ts';
import { answerText } from './trlPreference.ts';
import { onlyQuestion } from './turns.ts';
import { isFields, nameType, readCarried, readNumber, readText, writeRow } from './values.ts';

const SCORES = ['overall_score', 'fine-grained_score', 'score'] as const;

export const ultrafeedback: Format = {
  id: 'ultrafeedback',
  title: 'UltraFeedback',
  trainsAs: 'preference',
  holds: 'preference pairs',
  // huggingface.co/datasets/openbmb/UltraFeedback
  samples: [
    {
      source: 'evol_instruct',
      instruction: 'What color is the sky?',
      completions: [
        { model: 'alpaca-7b', response: 'It is green.', overall_score: 2 },
        { model: 'gpt-4', response: 'It is blue, for it scatters blue light most.', overall_score: 9 },
        { model: 'bard', response: 'It is blue.', overall_score: 7.5 },
      ],
    },
    { instruction: 'What color is the sky?', completions: [{ response: 'Blue.', overall_score: 9 }, { response: 'Green.', overall_score: 2 }] },
  ],
  hasColumns: (columns) => columns.has('instruction') && columns.has('completions'),
  recognizes: ({ completions }) => Array.isArray(completions),
  read(row) {
    const { completions } = row;
    if (!Array.isArray(completions)) throw new RowFault('dataset.row.bad-candidates', `"completions" is ${nameType(completions)}, not a list`);
    const prompt = [{ role: 'user' as const, content: readText(row['instruction'], 'instruction') }];
    return { ...rankByScore(prompt, completions.map(readCompletion)), ...readCarried(row, new Set(['instruction', 'completions'])) };
  },
  write(example) {
    const { prompt, candidates } = scored(example);
    const instruction = onlyQuestion(prompt);
    return writeRow(example, { instruction, completions: candidates.map(({ answer, score, more }) => ({ ...more, response: answerText(answer), overall_score: score })) });
  },
};

function readCompletion(item: unknown, index: number): Candidate {
  const place = `completion ${index + 1}`;
  if (!isFields(item)) throw new RowFault('dataset.row.bad-candidates', `${place} is ${nameType(item)}, not an object`);
  const column = SCORES.find((name) => (item[name] ?? null) !== null);
  if (column === undefined) throw new RowFault('dataset.row.bad-candidates', `${place} has no score`);
  const more: Fields = Object.fromEntries(Object.entries(item).filter(([name, value]) => name !== 'response' && name !== column && value !== null));
  return {
    answer: [{ role: 'assistant', content: readText(item['response'], `the response of ${place}`) }],
    score: readNumber(item[column], `the score of ${place}`),
    ...(Object.keys(more).length > 0 && { more }),
  };
}
