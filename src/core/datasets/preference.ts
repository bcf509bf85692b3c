/** Turns a row that holds a better and a worse answer into two conversations with their beginning in common. */

import type { ChatMessage } from '../../engine/text/chat.ts';
import type { PreferenceShape } from './detect.ts';
import { findTurnFault, isFault, isFields, readMessages, readSide, type NormalizeFault } from './normalize.ts';

/** Both end in an answer of the assistant; what they have in common comes first and is not trained on. */
export interface NormalizedPair {
  readonly messages: readonly ChatMessage[];
  readonly rejected: readonly ChatMessage[];
}

/**
 * Reads TRL's forms (a prompt and two answers, or two whole conversations, as text or as messages), and OpenAI's.
 *
 * @returns the pair, or the first fault
 */
export function normalizePreference(shape: PreferenceShape, row: Readonly<Record<string, unknown>>): NormalizedPair | NormalizeFault {
  const prompt = readPrompt(shape, row);
  if (isFault(prompt)) return prompt;
  const chosen = readSide(row[shape.chosen], shape.chosen, 'assistant');
  if (isFault(chosen)) return chosen;
  const rejected = readSide(row[shape.rejected], shape.rejected, 'assistant');
  if (isFault(rejected)) return rejected;
  // UltraFeedback has a prompt and whole conversations that begin with it.
  const areWhole = chosen[0]?.role !== 'assistant' && rejected[0]?.role !== 'assistant';
  const [better, worse] = areWhole ? [chosen, rejected] : [[...prompt, ...chosen], [...prompt, ...rejected]];

  const shared = countShared(better, worse);
  if (shared === better.length && shared === worse.length) return { code: 'dataset.row.same-answers', detail: '' };
  const common = better.slice(0, shared).map((turn): ChatMessage => (turn.role === 'assistant' ? { ...turn, weight: 0 } : turn));
  if (!common.some(({ role }) => role === 'user')) {
    return prompt.length === 0 && !areWhole ? { code: 'dataset.row.empty-prompt', detail: '' } : { code: 'dataset.row.different-prompts', detail: '' };
  }
  const pair = { messages: [...common, ...better.slice(shared)], rejected: [...common, ...worse.slice(shared)] };
  return findTurnFault(pair.messages) ?? findTurnFault(pair.rejected) ?? pair;
}

function readPrompt({ prompt }: PreferenceShape, row: Readonly<Record<string, unknown>>): readonly ChatMessage[] | NormalizeFault {
  if (prompt === undefined) return [];
  const value = row[prompt];
  // OpenAI: {"input": {"messages": […]}, "preferred_output": […], "non_preferred_output": […]}
  if (isFields(value) && Array.isArray(value['messages'])) return readMessages(value['messages'], 'messages');
  return readSide(value, prompt, 'user');
}

function countShared(a: readonly ChatMessage[], b: readonly ChatMessage[]): number {
  let shared = 0;
  while (shared < a.length && shared < b.length && a[shared]?.role === b[shared]?.role && a[shared]?.content === b[shared]?.content) shared++;
  return shared;
}
