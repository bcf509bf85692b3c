/** Repairs of conversations, in the two ways that turns are written: OpenAI's "role" and "content", ShareGPT's "from" and "value". */

import type { Fields } from '../example.ts';
import { isFields } from '../formats/values.ts';
import { mapFields } from './mapValue.ts';

export interface Dialect {
  readonly role: 'role' | 'from';
  readonly text: 'content' | 'value';
  /** names of roles, lower case, and what they should be */
  readonly roles: Readonly<Record<string, string>>;
}

const USER = ['user', 'human', 'person', 'customer', 'prompter', 'usr'];
const ASSISTANT = ['assistant', 'gpt', 'chatgpt', 'bot', 'chatbot', 'model', 'ai', 'bing', 'bard', 'llm', 'agent', 'claude', 'assistent'];
const SYSTEM = ['system', 'sys', 'system_prompt'];

function rename(user: string, assistant: string): Readonly<Record<string, string>> {
  const entries = [...USER.map((name) => [name, user] as const), ...ASSISTANT.map((name) => [name, assistant] as const), ...SYSTEM.map((name) => [name, 'system'] as const)];
  return Object.fromEntries(entries);
}

const OPENAI: Dialect = { role: 'role', text: 'content', roles: { ...rename('user', 'assistant'), developer: 'developer', tool: 'tool', function: 'function' } };
const SHAREGPT: Dialect = { role: 'from', text: 'value', roles: { ...rename('human', 'gpt'), tool: 'tool', observation: 'observation', function_call: 'function_call' } };

/** Names that a format reads already. */
const KNOWN: Readonly<Record<Dialect['role'], ReadonlySet<string>>> = {
  role: new Set(['system', 'developer', 'user', 'assistant', 'tool', 'function']),
  from: new Set(['system', 'human', 'user', 'gpt', 'assistant', 'chatgpt', 'bing', 'bard', 'function_call', 'observation', 'tool']),
};

/** Where a row may hold turns. Gemini's and Bedrock's have roles of their own and pieces for texts. */
const COLUMNS = ['messages', 'conversations', 'prompt', 'completion', 'chosen', 'rejected', 'preferred_output', 'non_preferred_output'];

type ChangeTurns = (turns: readonly unknown[], dialect: Dialect) => readonly unknown[];

/** Changes every list of turns of a row. */
export function mapTurns(row: Fields, change: ChangeTurns): Fields {
  const changes: Record<string, unknown> = {};
  for (const column of Object.keys(row)) {
    const value = row[column];
    if (column === 'input' && isFields(value)) changes[column] = mapTurns(value, change);
    if (!COLUMNS.includes(column.trim().toLowerCase()) || !Array.isArray(value)) continue;
    const dialect = dialectOf(value);
    if (dialect) changes[column] = change(value, dialect);
  }
  return mapFields(row, changes);
}

function dialectOf(turns: readonly unknown[]): Dialect | undefined {
  const first = turns.find(isFields);
  return first && (Object.hasOwn(first, 'role') ? OPENAI : Object.hasOwn(first, 'from') ? SHAREGPT : undefined);
}

export function renameRole(turn: Fields, { role, roles }: Dialect): Fields {
  const named = turn[role];
  if (typeof named !== 'string' || KNOWN[role].has(named)) return turn;
  const key = named.trim().toLowerCase();
  return Object.hasOwn(roles, key) ? mapFields(turn, { [role]: roles[key] }) : turn;
}

export function trimTurnAnswers(turns: readonly unknown[], { role, text }: Dialect): readonly unknown[] {
  const trimmed = turns.map((turn) => {
    if (!isFields(turn) || !isAssistant(turn[role])) return turn;
    const said = turn[text];
    return typeof said === 'string' ? mapFields(turn, { [text]: said.trimEnd() }) : turn;
  });
  return trimmed.some((turn, index) => turn !== turns[index]) ? trimmed : turns;
}

function isAssistant(role: unknown): boolean {
  return role === 'assistant' || role === 'gpt';
}

export function dropEmptyTurns(turns: readonly unknown[], dialect: Dialect): readonly unknown[] {
  const kept = turns.filter((turn, index) => index === turns.length - 1 || !isEmptyTurn(turn, dialect));
  return kept.length === turns.length ? turns : kept;
}

/** Says nothing at all: neither text nor a call nor anything else beside its role. */
function isEmptyTurn(turn: unknown, { role, text }: Dialect): boolean {
  if (!isFields(turn) || typeof turn[role] !== 'string') return false;
  const said = turn[text];
  const isSilent = said === null || said === undefined || (typeof said === 'string' && said.trim() === '') || (Array.isArray(said) && said.length === 0);
  // A tool may well answer with nothing.
  const isTool = ['tool', 'function', 'observation', 'function_call'].includes(turn[role]);
  return isSilent && !isTool && Object.entries(turn).every(([key, value]) => key === role || key === text || key === 'weight' || value === null);
}

export function mergeTurns(turns: readonly unknown[], dialect: Dialect): readonly unknown[] {
  const merged: unknown[] = [];
  for (const turn of turns) {
    const before = merged.at(-1);
    const both = isFields(before) && isFields(turn) ? mergePair(before, turn, dialect) : undefined;
    if (both) merged[merged.length - 1] = both;
    else merged.push(turn);
  }
  return merged.length === turns.length ? turns : merged;
}

/** @returns undefined for turns that differ in more than their text, or that hold more than text */
function mergePair(before: Fields, turn: Fields, { role, text }: Dialect): Fields | undefined {
  const speaker = turn[role];
  if (speaker !== before[role] || (speaker !== 'user' && speaker !== 'human' && !isAssistant(speaker))) return undefined;
  const [first, second] = [before[text], turn[text]];
  if (typeof first !== 'string' || typeof second !== 'string') return undefined;
  const keys = Object.keys(before);
  if (keys.length !== Object.keys(turn).length || keys.some((key) => key !== text && (before[key] !== turn[key] || typeof before[key] === 'object'))) return undefined;
  // A blank turn has nothing to be set apart.
  return mapFields(before, { [text]: first.trim() === '' ? second : second.trim() === '' ? first : `${first}\n\n${second}` });
}
