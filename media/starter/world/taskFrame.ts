/** Puts a task of the starter world into a conversation: where the instruction stands, and how it is worded. */

import type { ChatMessage } from '../../../src/engine/text/chat.ts';
import type { Speaker } from './phrases.ts';

/** Makes one conversation whose last turn is the answer. */
export type Task = (speaker: Speaker) => ChatMessage[];

const ASSISTANTS = ['You are a helpful assistant.', 'You are a support assistant.', 'You answer briefly.', 'You help customers.', 'Be brief and exact.'];

/** One question, one answer; sometimes with a general system turn. */
export function ask(speaker: Speaker, question: string, answer: string): ChatMessage[] {
  const turns: ChatMessage[] = [{ role: 'user', content: question }, { role: 'assistant', content: answer }];
  return speaker.chance(0.12) ? [{ role: 'system', content: speaker.pick(ASSISTANTS) }, ...turns] : turns;
}

/** An instruction about a text: before it, after it, or in the system turn with only the text left for the user. */
export function askAbout(speaker: Speaker, instruction: string, text: string, answer: string): ChatMessage[] {
  const roll = speaker.random.uniform();
  if (roll < 0.4) {
    return [{ role: 'system', content: instruction }, { role: 'user', content: text }, { role: 'assistant', content: answer }];
  }
  const quoted = speaker.pick([text, `"${text}"`, `Message: ${text}`, `Text: ${text}`]);
  const gap = speaker.pick(['\n', '\n', '\n\n', ' ']);
  return ask(speaker, roll < 0.75 ? `${instruction}${gap}${quoted}` : `${quoted}${gap}${instruction}`, answer);
}
