/** Cuts conversations where formats want them cut: before the answer, after the system prompt, where two part ways. */

import { isDeepStrictEqual } from 'node:util';
import type { Conversation, Example, Fields, Message } from '../example.ts';
import { Refusal } from './format.ts';
import { readText } from './values.ts';

/** @returns the conversation of an example that holds an answer to imitate. @throws Refusal */
export function answered(example: Example): Conversation {
  switch (example.kind) {
    case 'conversation':
      return example;
    case 'preference': {
      const { prompt, chosen, rejected: _worse, scores: _scores, ...common } = example;
      return { ...common, kind: 'conversation', messages: [...untrained(prompt), ...chosen] };
    }
    case 'rating': {
      if (!example.isGood) throw new Refusal('its answer was not liked, and would be learned');
      const { prompt, answer, isGood: _isGood, ...common } = example;
      return { ...common, kind: 'conversation', messages: [...untrained(prompt), ...answer] };
    }
    case 'ranking': {
      const { prompt, candidates, ...common } = example;
      return { ...common, kind: 'conversation', messages: [...untrained(prompt), ...bestOf(candidates).answer] };
    }
    case 'task':
      throw new Refusal('it has a reference for grading and no answer to learn');
    case 'text':
      throw new Refusal('it is text without a question and an answer');
  }
}

/** @throws Refusal when no candidate is better than the others */
export function bestOf<T extends { readonly score?: number; readonly isPreferred?: boolean }>(candidates: readonly T[], sign: 1 | -1 = 1): T {
  const worth = ({ score, isPreferred }: T): number => sign * (score ?? (isPreferred === undefined ? 0 : Number(isPreferred)));
  const sorted = candidates.toSorted((a, b) => worth(b) - worth(a));
  const [first, second] = sorted;
  if (!first || (second && sorted.every((one) => worth(one) === worth(first)))) throw new Refusal('no candidate is better than another');
  return first;
}

/** What comes before the answer is not trained on. */
export function untrained(messages: readonly Message[]): readonly Message[] {
  return messages.map((message) => (message.role === 'assistant' ? { ...message, weight: 0 } : message));
}

/** The last answer and what leads to it. @throws Refusal when the conversation does not end in an answer */
export function splitAnswer(messages: readonly Message[]): { readonly prompt: readonly Message[]; readonly answer: Message } {
  const answer = messages.at(-1);
  if (answer?.role !== 'assistant') throw new Refusal('it does not end in an answer');
  return { prompt: messages.slice(0, -1), answer };
}

/** The system prompt apart, for formats that have a place of its own for it. */
export function splitSystem(messages: readonly Message[]): { readonly system: Message | undefined; readonly rest: readonly Message[] } {
  const [first] = messages;
  return first?.role === 'system' ? { system: first, rest: messages.slice(1) } : { system: undefined, rest: messages };
}

/** Puts the column "system", text or text blocks, before the turns. @throws RowFault */
export function withSystem(row: Fields, messages: readonly Message[]): readonly Message[] {
  const { system } = row;
  if (system === undefined || system === null || messages[0]?.role === 'system') return messages;
  const content = readText(system, 'system');
  return content === '' ? messages : [{ role: 'system', content }, ...messages];
}

/** Two whole conversations cut where they part, at the latest before the last turn of the shorter one. */
export function splitShared(a: readonly Message[], b: readonly Message[]): { readonly prompt: readonly Message[]; readonly chosen: readonly Message[]; readonly rejected: readonly Message[] } {
  let shared = 0;
  while (shared < Math.min(a.length, b.length) - 1 && isDeepStrictEqual(a[shared], b[shared])) shared++;
  return { prompt: a.slice(0, shared), chosen: a.slice(shared), rejected: b.slice(shared) };
}

/** A text and nothing else in the roles of one question and one answer. @throws Refusal */
export function onlyText(message: Message, role: Message['role']): string {
  if (message.role !== role) throw new Refusal(`it has room for one question and one answer, and not for a turn of the ${message.role}`);
  if (message.toolCalls) throw new Refusal('it has no words for tool calls');
  return plainText(message);
}

/** The text of a turn whose pieces are all text. @throws Refusal */
export function plainText({ content, parts }: Message): string {
  if (parts?.some(({ type }) => type === 'other')) throw new Refusal('it holds text only, no images or documents');
  return content;
}

/** A prompt of one question; a system prompt before it is left out. @throws Refusal when it is more */
export function onlyQuestion(messages: readonly Message[]): string {
  const [question, ...others] = splitSystem(messages).rest;
  if (!question || others.length > 0) throw new Refusal('it has room for one question and one answer only');
  return onlyText(question, 'user');
}

