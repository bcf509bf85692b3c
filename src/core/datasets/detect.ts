/** Recognizes what a row is from its keys, and what a file is by the vote of all its rows. */

import type { DatasetFormat } from './example.ts';

/** One way of writing a conversation, with the keys as this row spells them. */
export type ConversationShape =
  | { readonly format: 'chat'; readonly style: 'messages' | 'conversations'; readonly key: string }
  | { readonly format: 'prompt-completion'; readonly prompt: string; readonly context: string | undefined; readonly completion: string }
  | { readonly format: 'labelled-text'; readonly text: string; readonly label: string };

/** Two answers to one prompt; without a prompt both are whole conversations. */
export interface PreferenceShape {
  readonly format: 'preference';
  readonly prompt: string | undefined;
  readonly chosen: string;
  readonly rejected: string;
}

export type Shape = ConversationShape | PreferenceShape;

/** A format that is known by name and cannot be trained on yet. */
export interface UnsupportedShape {
  readonly format: 'unsupported';
  /** "rated completions (KTO)" */
  readonly what: string;
}

/** Keys of the prompt and of the answer, most specific first. */
const PROMPT_COMPLETION: readonly (readonly [prompt: string, completion: string])[] = [
  ['prompt', 'completion'],
  ['instruction', 'output'],
  ['question', 'answer'],
  ['prompt', 'response'],
  ['instruction', 'response'],
  ['instruction', 'completion'],
  ['prompt', 'answer'],
  ['prompt', 'output'],
  ['query', 'response'],
  ['query', 'answer'],
  ['question', 'response'],
  ['input', 'output'],
  ['input', 'response'],
];

const TEXT_KEYS = ['text', 'sentence', 'utterance', 'ticket', 'message', 'content', 'review', 'comment', 'document', 'description', 'query', 'title', 'subject', 'input'];
const LABEL_KEYS = ['label', 'category', 'intent', 'class', 'labels', 'target', 'topic', 'sentiment', 'tag', 'team', 'queue', 'department'];

/** TRL and OpenAI. */
const PREFERENCE: readonly (readonly [chosen: string, rejected: string])[] = [['chosen', 'rejected'], ['preferred_output', 'non_preferred_output']];
const PREFERENCE_PROMPTS = ['prompt', 'input', 'question', 'instruction', 'query'];

const UNSUPPORTED: readonly (readonly [keys: readonly string[], what: string])[] = [
  [['prompt', 'completion', 'label'], 'rated completions (KTO)'],
  [['messages', 'reference_answer'], 'prompts with a reference answer (reinforcement fine-tuning)'],
  [['contents'], 'Gemini contents'],
];

/** What a person can be told to write instead. */
export const FORMATS_IN_WORDS =
  'chat (a "messages" list of {"role", "content"}), prompt and completion ("prompt" and "completion", "instruction" and "output", "question" and "answer"), ' +
  'labelled text (a "text" and a "label" or "category" column), or preference pairs ("prompt", "chosen" and "rejected")';

export const FORMAT_NAME: Readonly<Record<DatasetFormat, string>> = {
  chat: 'chat',
  'prompt-completion': 'prompt and completion',
  'labelled-text': 'labelled text',
  preference: 'preference pairs',
};

/** @param keys of one row, in any order; matched without regard to case where the exact name is absent */
export function detectShape(keys: readonly string[]): Shape | UnsupportedShape | undefined {
  const spelled = new Map<string, string>();
  for (const key of keys) spelled.set(key.trim().toLowerCase(), key);
  for (const key of keys) spelled.set(key, key);
  const has = (key: string): boolean => spelled.has(key);

  const unsupported = UNSUPPORTED.find(([needed]) => needed.every(has));
  if (unsupported) return { format: 'unsupported', what: unsupported[1] };
  for (const [chosenKey, rejectedKey] of PREFERENCE) {
    const chosen = spelled.get(chosenKey);
    const rejected = spelled.get(rejectedKey);
    if (chosen === undefined || rejected === undefined) continue;
    const promptKey = PREFERENCE_PROMPTS.find(has);
    return { format: 'preference', prompt: promptKey === undefined ? undefined : spelled.get(promptKey), chosen, rejected };
  }
  for (const style of ['messages', 'conversations'] as const) {
    const key = spelled.get(style);
    if (key !== undefined) return { format: 'chat', style, key };
  }
  for (const [promptKey, completionKey] of PROMPT_COMPLETION) {
    const prompt = spelled.get(promptKey);
    const completion = spelled.get(completionKey);
    if (prompt === undefined || completion === undefined) continue;
    // Alpaca: the input goes with the instruction.
    const context = promptKey === 'instruction' ? spelled.get('input') : undefined;
    return { format: 'prompt-completion', prompt, context, completion };
  }
  const textKey = TEXT_KEYS.find(has);
  const labelKey = LABEL_KEYS.find(has);
  if (textKey !== undefined && labelKey !== undefined) {
    return { format: 'labelled-text', text: spelled.get(textKey) ?? textKey, label: spelled.get(labelKey) ?? labelKey };
  }
  return undefined;
}

/** Detects row by row, remembering what equal keys were found to be. */
export class ShapeDetector {
  readonly #known = new Map<string, Shape | UnsupportedShape | undefined>();

  detect(row: Readonly<Record<string, unknown>>): Shape | UnsupportedShape | undefined {
    const keys = Object.keys(row);
    const signature = keys.join('\0');
    if (this.#known.has(signature)) return this.#known.get(signature);
    const shape = detectShape(keys);
    // A file whose every row has other keys must not fill the memory.
    if (this.#known.size < 1000 && signature.length < 4000) this.#known.set(signature, shape);
    return shape;
  }
}

/** The format most rows are in; the earlier in the list wins a tie. */
export function voteFormat(counts: ReadonlyMap<DatasetFormat, number>): DatasetFormat | undefined {
  let winner: DatasetFormat | undefined;
  for (const format of ['chat', 'prompt-completion', 'labelled-text', 'preference'] as const) {
    const votes = counts.get(format) ?? 0;
    if (votes > (winner === undefined ? 0 : (counts.get(winner) ?? 0))) winner = format;
  }
  return winner;
}
