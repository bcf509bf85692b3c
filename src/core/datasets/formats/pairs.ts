/** What the formats of preferences share: the sides of a pair, and a pair made of what is more than one. */

import type { Example, Message, Preference } from '../example.ts';
import { Refusal } from './format.ts';
import { readMessages } from './openaiMessages.ts';
import { bestOf, splitShared } from './turns.ts';
import { isFields, readText } from './values.ts';

/** Where a prompt may stand, the likeliest first. */
export const PROMPT_COLUMNS = ['prompt', 'input', 'question', 'instruction', 'query'] as const;

/** One side of a pair: text, or TRL's conversational form, a list of messages. @throws RowFault */
export function readSide(value: unknown, column: string, role: 'user' | 'assistant'): readonly Message[] {
  if (isConversational(value)) return readMessages(value);
  return [{ role, content: readText(value, column) }];
}

export function isConversational(value: unknown): value is readonly unknown[] {
  return Array.isArray(value) && value.some((item) => isFields(item) && !('text' in item && !('role' in item)));
}

/** Answers that are whole conversations are cut where they part, and the prompt beside them is said again by both. */
export function cutPair(prompt: readonly Message[], chosen: readonly Message[], rejected: readonly Message[]): Pick<Preference, 'prompt' | 'chosen' | 'rejected'> {
  const areWhole = chosen[0]?.role !== 'assistant' && rejected[0]?.role !== 'assistant';
  return areWhole ? splitShared(chosen, rejected) : { prompt, chosen, rejected };
}

/** @returns the best and the worst of several answers. @throws Refusal when there are not two */
export function asPreference(example: Example): Preference {
  if (example.kind === 'preference') return example;
  if (example.kind !== 'ranking') throw new Refusal('it holds no two answers to choose between');
  const { candidates, kind: _kind, ...rest } = example;
  const best = bestOf(candidates);
  const worst = bestOf(candidates, -1);
  const hasScores = best.score !== undefined && worst.score !== undefined;
  return {
    ...rest, kind: 'preference', chosen: best.answer, rejected: worst.answer,
    ...(hasScores && best.score !== undefined && worst.score !== undefined && { scores: { chosen: best.score, rejected: worst.score } }),
  };
}
