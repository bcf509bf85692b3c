/** Gemini's format for preference tuning: a prompt, and completions with a score. */

import type { Candidate, Example, Message } from '../example.ts';
import { Refusal, RowFault, type Format } from './format.ts';
import { geminiColumns, readGeminiTurn, readPrompt, writeAnswer, writePrompt } from './geminiContents.ts';
import { isFields, nameType, readCarried, readNumber } from './values.ts';

export const geminiPreference: Format = {
  id: 'gemini-preference',
  title: 'Gemini preference',
  trainsAs: 'preference',
  holds: 'preference pairs',
  // docs.cloud.google.com, "Prepare preference tuning data for Gemini models"
  samples: [
    {
      systemInstruction: { parts: [{ text: 'Be polite.' }] },
      contents: [{ role: 'user', parts: [{ text: 'What is the capital of France?' }] }],
      completions: [
        { score: 1, completion: { role: 'model', parts: [{ text: 'The capital of France is Paris.' }] } },
        { score: 0, completion: { role: 'model', parts: [{ text: 'Paris, obviously.' }] } },
      ],
    },
  ],
  hasColumns: (columns) => columns.has('contents') && columns.has('completions'),
  recognizes: ({ contents }) => Array.isArray(contents),
  read(row) {
    const { messages: prompt, ...tools } = readPrompt(row);
    const { completions } = row;
    if (!Array.isArray(completions)) throw new RowFault('dataset.row.bad-candidates', `"completions" is ${nameType(completions)}, not a list`);
    return { ...rankByScore(prompt, completions.map(readCompletion)), ...tools, ...readCarried(row, geminiColumns(row, ['completions'])) };
  },
  write(example) {
    const { prompt, candidates } = scored(example);
    return { ...writePrompt(prompt, example), completions: candidates.map(({ answer, score }) => ({ score, completion: writeAnswer(answer) })) };
  },
};

function readCompletion(item: unknown, index: number): Candidate {
  const place = `completion ${index + 1}`;
  if (!isFields(item)) throw new RowFault('dataset.row.bad-candidates', `${place} is ${nameType(item)}, not an object`);
  return { answer: readGeminiTurn({ role: 'model', ...(isFields(item['completion']) && item['completion']) }, place), score: readNumber(item['score'], `the score of ${place}`) };
}

/**
 * Two answers with different scores are a pair; 1 against 0 says no more than which is better.
 *
 * @throws RowFault when there are fewer than two
 */
export function rankByScore(prompt: readonly Message[], candidates: readonly Candidate[]): Example {
  const [first, second] = candidates;
  if (!first || !second) throw new RowFault('dataset.row.bad-candidates', `it has ${first ? 'one answer only' : 'no answer'}`);
  const { score: a = 0 } = first;
  const { score: b = 0 } = second;
  // A pair that stands the other way round, or has notes, would not be written back as it was.
  if (candidates.length > 2 || a <= b || first.more || second.more) return { kind: 'ranking', prompt, candidates };
  const isPlain = a === 1 && b === 0;
  return { kind: 'preference', prompt, chosen: first.answer, rejected: second.answer, ...(!isPlain && { scores: { chosen: a, rejected: b } }) };
}

/** @throws Refusal */
export function scored(example: Example): { readonly prompt: readonly Message[]; readonly candidates: readonly (Candidate & { readonly score: number })[] } {
  if (example.kind === 'preference') {
    const { prompt, chosen, rejected, scores = { chosen: 1, rejected: 0 } } = example;
    if (scores.chosen <= scores.rejected) throw new Refusal('its scores do not say which answer is better');
    return { prompt, candidates: [{ answer: chosen, score: scores.chosen }, { answer: rejected, score: scores.rejected }] };
  }
  if (example.kind !== 'ranking') throw new Refusal('it holds no two answers to choose between');
  if (example.candidates.length < 2) throw new Refusal('it holds no two answers to choose between');
  return { prompt: example.prompt, candidates: example.candidates.map((one) => ({ ...one, score: one.score ?? (one.isPreferred ? 1 : 0) })) };
}

