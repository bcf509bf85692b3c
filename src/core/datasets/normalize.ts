/** Turns a row of any known shape into a conversation, or says what keeps it from being one. */

import type { ChatMessage, ChatRole } from '../../engine/text/chat.ts';
import { quoteBriefly } from '../wording/lists.ts';
import type { ConversationShape } from './detect.ts';

export type NormalizeFaultCode =
  | 'dataset.row.bad-messages'
  | 'dataset.row.wrong-role'
  | 'dataset.row.not-text-content'
  | 'dataset.row.no-answer'
  | 'dataset.row.empty-answer'
  | 'dataset.row.empty-prompt'
  | 'dataset.row.same-answers'
  | 'dataset.row.different-prompts';

export interface NormalizeFault {
  readonly code: NormalizeFaultCode;
  /** what exactly, for the message; empty when the rule's sentence says it all */
  readonly detail: string;
}

type Fields = Readonly<Record<string, unknown>>;

/** @returns at least one user turn, ending in a non-empty assistant turn that is trained on; or the first fault */
export function normalizeRow(shape: ConversationShape, row: Fields): readonly ChatMessage[] | NormalizeFault {
  const turns = readTurns(shape, row);
  return isFault(turns) ? turns : (findTurnFault(turns) ?? turns);
}

export function isFault(result: object): result is NormalizeFault {
  return 'code' in result;
}

function readTurns(shape: ConversationShape, row: Fields): readonly ChatMessage[] | NormalizeFault {
  switch (shape.format) {
    case 'chat':
      return readChat(shape, row);
    case 'prompt-completion':
      return readPair(shape, row);
    case 'labelled-text': {
      const text = readText(row[shape.text], shape.text);
      if (typeof text !== 'string') return text;
      const label = readText(row[shape.label], shape.label);
      if (typeof label !== 'string') return label;
      // A stray space would make one class two.
      return [
        { role: 'user', content: text.trim() },
        { role: 'assistant', content: label.trim() },
      ];
    }
  }
}

function readChat(shape: Extract<ConversationShape, { format: 'chat' }>, row: Fields): readonly ChatMessage[] | NormalizeFault {
  const list = row[shape.key];
  if (!Array.isArray(list)) return { code: 'dataset.row.bad-messages', detail: `"${shape.key}" is ${nameType(list)}, not a list` };
  const turns = readMessages(list, shape.style);
  if (isFault(turns)) return turns;
  // Bedrock and ShareGPT keep the system prompt beside the turns.
  if (row['system'] === undefined || row['system'] === null || row['system'] === '' || turns[0]?.role === 'system') return turns;
  const system = readText(row['system'], 'system');
  return typeof system === 'string' ? [{ role: 'system', content: system }, ...turns] : system;
}

function readPair(shape: Extract<ConversationShape, { format: 'prompt-completion' }>, row: Fields): readonly ChatMessage[] | NormalizeFault {
  const prompt = readSide(row[shape.prompt], shape.prompt, 'user');
  if (isFault(prompt)) return prompt;
  const answer = readSide(row[shape.completion], shape.completion, 'assistant');
  if (isFault(answer)) return answer;
  const context = shape.context === undefined || row[shape.context] === null ? '' : readText(row[shape.context], shape.context);
  if (typeof context !== 'string') return context;
  const last = prompt.at(-1);
  if (context.trim() === '' || !last) return [...prompt, ...answer];
  return [...prompt.slice(0, -1), { ...last, content: `${last.content}\n${context}` }, ...answer];
}

/** One side of a pair: text, or TRL's conversational form, a list of messages. */
export function readSide(value: unknown, key: string, role: ChatRole): readonly ChatMessage[] | NormalizeFault {
  if (Array.isArray(value) && value.some(isFields)) return readMessages(value, 'messages');
  const text = readText(value, key);
  return typeof text === 'string' ? [{ role, content: text }] : text;
}

export function readMessages(list: readonly unknown[], style: 'messages' | 'conversations'): readonly ChatMessage[] | NormalizeFault {
  const turns: ChatMessage[] = [];
  for (const [index, item] of list.entries()) {
    const place = `turn ${index + 1}`;
    if (!isFields(item)) return { code: 'dataset.row.bad-messages', detail: `${place} is ${nameType(item)}, not an object` };
    const named = style === 'messages' ? item['role'] : item['from'];
    const role = typeof named === 'string' ? roleOf(named, style) : undefined;
    if (role === undefined) return { code: 'dataset.row.wrong-role', detail: describeRole(named, place, style) };
    if (item['tool_calls'] !== undefined && item['tool_calls'] !== null) {
      return { code: 'dataset.row.not-text-content', detail: `${place} calls tools, which cannot be trained on yet` };
    }
    const content = readText(style === 'messages' ? item['content'] : item['value'], `the content of ${place}`);
    if (typeof content !== 'string') return content;
    const weight = item['weight'];
    turns.push(weight === 0 || weight === 1 ? { role, content, weight } : { role, content });
  }
  return turns;
}

const CHAT_ROLES: Readonly<Record<string, ChatRole>> = { system: 'system', developer: 'system', user: 'user', assistant: 'assistant', tool: 'tool' };
const SHAREGPT_ROLES: Readonly<Record<string, ChatRole>> = { system: 'system', human: 'user', user: 'user', gpt: 'assistant', assistant: 'assistant', chatgpt: 'assistant' };

function roleOf(name: string, style: 'messages' | 'conversations'): ChatRole | undefined {
  const roles = style === 'messages' ? CHAT_ROLES : SHAREGPT_ROLES;
  return Object.hasOwn(roles, name) ? roles[name] : undefined;
}

function describeRole(named: unknown, place: string, style: 'messages' | 'conversations'): string {
  const key = style === 'messages' ? 'role' : 'from';
  return typeof named === 'string' ? `${place} has the ${key} ${quoteBriefly(named)}` : `${place} has no ${key}`;
}

/** Text, a number or a boolean as text, or a list of text parts (OpenAI, Bedrock). */
function readText(value: unknown, what: string): string | NormalizeFault {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) {
    const parts = value.map((part: unknown) => (typeof part === 'string' ? part : isFields(part) && typeof part['text'] === 'string' ? part['text'] : undefined));
    if (parts.every((part) => part !== undefined)) return parts.join('');
    return { code: 'dataset.row.not-text-content', detail: `${what} has parts that are not text` };
  }
  // Arrow fills absent values with null; an absent text is an empty one, and the rules for empty ones apply.
  if (value === null || value === undefined) return '';
  return { code: 'dataset.row.not-text-content', detail: `${what} is ${nameType(value)}, not text` };
}

/** What keeps a conversation from being trained on. */
export function findTurnFault(turns: readonly ChatMessage[]): NormalizeFault | undefined {
  const last = turns.at(-1);
  if (!last) return { code: 'dataset.row.bad-messages', detail: 'the conversation has no turns' };
  if (last.role !== 'assistant') return { code: 'dataset.row.no-answer', detail: `the last turn is the ${last.role}'s` };
  const trained = turns.filter((turn) => turn.role === 'assistant' && turn.weight !== 0);
  if (trained.length === 0) return { code: 'dataset.row.no-answer', detail: 'every assistant turn has weight 0' };
  if (trained.some((turn) => turn.content.trim() === '')) return { code: 'dataset.row.empty-answer', detail: '' };
  const asked = turns.slice(0, turns.findIndex((turn) => turn.role === 'assistant')).filter((turn) => turn.role === 'user');
  if (asked.length === 0 || asked.every((turn) => turn.content.trim() === '')) return { code: 'dataset.row.empty-prompt', detail: '' };
  return undefined;
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** "a list", "a number", "null" … for messages. */
export function nameType(value: unknown): string {
  if (value === null || value === undefined) return value === null ? 'null' : 'missing';
  if (Array.isArray(value)) return 'a list';
  switch (typeof value) {
    case 'object':
      return 'an object';
    case 'string':
      return 'text';
    case 'boolean':
      return String(value);
    default:
      return `a ${typeof value}`;
  }
}
