/** Tells what an example no longer says after it was written in a format and read back. */

import { isDeepStrictEqual } from 'node:util';
import type { Example, Fields, Message, Ranking, Task, ToolCall } from '../example.ts';
import { asPreference } from './pairs.ts';
import { asTask } from './tasks.ts';
import { answered } from './turns.ts';
import { parseJson } from './values.ts';

/** Completes "lost: …". */
export const LOSSES = {
  'rejected': 'the worse answers',
  'ranking': 'answers between the best and the worst',
  'scores': 'scores of answers',
  'rating': 'that somebody liked the answer',
  'answer': 'the answer as something to imitate: it becomes the reference',
  'reference': 'fields for graders',
  'reference-types': 'that fields for graders are numbers, lists or objects: they become text',
  'system': 'the system prompt',
  'turns': 'turns',
  'boundary': 'where the prompt ends',
  'pieces': 'where one piece of a content ends and the next begins',
  'spaces': 'spaces around texts',
  'weights': 'which answers are trained on',
  'reasoning': 'what the model thought before it answered',
  'role-names': 'the role names "developer" and "function"',
  'names': 'names of speakers and tools',
  'made-names': 'that answers of tools did not name the tool: they do',
  'message-fields': 'other fields of turns',
  'tools': 'definitions of tools',
  'tool-calls': 'tool calls',
  'call-ids': 'ids of tool calls',
  'made-ids': 'that tool calls had no ids: they get some',
  'json-spelling': 'how JSON inside texts is spaced; its values stay',
  'parallel-tool-calls': 'whether tools may be called in parallel',
  'older-functions': 'that tools are called in OpenAI\'s older words',
  'input': 'which part of the prompt is the input of an instruction',
  'id': 'the row\'s id',
  'columns': 'other columns',
  'columns-as-fields': 'that other columns are no fields for graders',
  'candidate-fields': 'other fields of answers',
  'digits': 'perhaps the last digits of whole numbers beyond 2^53',
  'other': 'details',
} as const;

export type LossKind = keyof typeof LOSSES;

/** @returns nothing exactly when both say the same; a weight of 1 says no more than none */
export function findLosses(before: Example, after: Example): readonly LossKind[] {
  if (areSame(before, after)) return [];
  const found = new Set<LossKind>();
  const meant = carryOver(before, after.kind, found);
  if (meant) compareSame(meant, after, found);
  compareCommon(meant ?? before, after, found);
  if (found.size === 0) found.add('other');
  return [...found];
}

export function areSame(a: Example, b: Example): boolean {
  return isDeepStrictEqual(plain(a), plain(b));
}

/** A weight of 1 is what an answer has that says nothing. */
function plain(example: Example): unknown {
  const turns = (messages: readonly Message[]): readonly Message[] => messages.map(plainTurn);
  switch (example.kind) {
    case 'conversation':
      return { ...example, messages: turns(example.messages) };
    case 'preference':
      return { ...example, prompt: turns(example.prompt), chosen: turns(example.chosen), rejected: turns(example.rejected) };
    case 'ranking':
      return { ...example, prompt: turns(example.prompt), candidates: example.candidates.map((one) => ({ ...one, answer: turns(one.answer) })) };
    case 'rating':
      return { ...example, prompt: turns(example.prompt), answer: turns(example.answer) };
    case 'task':
      return { ...example, prompt: turns(example.prompt) };
    case 'text':
      return example;
  }
}

function plainTurn({ weight, ...message }: Message): Message {
  return weight === 0 ? { ...message, weight } : message;
}

/** What is left of an example when it becomes one of another kind, whatever the format. */
function carryOver(before: Example, kind: Example['kind'], found: Set<LossKind>): Example | undefined {
  if (before.kind === kind) return before;
  if (before.kind === 'preference' && before.scores) found.add('scores');
  if (before.kind === 'conversation' && kind === 'task') {
    found.add('answer');
    if (before.input !== undefined) found.add('input');
    return asTask(before);
  }
  if (kind === 'conversation') {
    found.add(before.kind === 'rating' ? 'rating' : 'rejected');
    return answered(before);
  }
  if (before.kind === 'ranking' && kind === 'preference') {
    found.add('ranking');
    return asPreference(before);
  }
  if (before.kind === 'preference' && kind === 'rating') {
    found.add('rejected');
    const { chosen: answer, rejected: _rejected, scores: _scores, ...rest } = before;
    return { ...rest, kind: 'rating', answer, isGood: true };
  }
  found.add('other');
  return undefined;
}

function compareSame(before: Example, after: Example, found: Set<LossKind>): void {
  const [ways, waysAfter] = [waysThrough(before), waysThrough(after)];
  if (ways.length !== waysAfter.length) found.add('ranking');
  ways.forEach((way, at) => compareTurns(way, waysAfter[at] ?? [], found));
  if ('prompt' in before && 'prompt' in after && before.kind !== 'task' && !found.has('system') && !found.has('turns') && before.prompt.length !== after.prompt.length) found.add('boundary');
  if (before.kind === 'preference' && after.kind === 'preference' && !isDeepStrictEqual(before.scores, after.scores)) found.add('scores');
  if (before.kind === 'conversation' && after.kind === 'conversation' && before.input !== after.input) found.add('input');
  if (before.kind === 'ranking' && after.kind === 'ranking') compareCandidates(before, after, found);
  if (before.kind === 'task' && after.kind === 'task') compareFields(before, after, found);
}

/** Every conversation that the example holds, from its first turn to its last. */
function waysThrough(example: Example): readonly (readonly Message[])[] {
  switch (example.kind) {
    case 'conversation':
      return [example.messages];
    case 'preference':
      return [[...example.prompt, ...example.chosen], [...example.prompt, ...example.rejected]];
    case 'ranking':
      return example.candidates.map(({ answer }) => [...example.prompt, ...answer]);
    case 'rating':
      return [[...example.prompt, ...example.answer]];
    case 'task':
      return [example.prompt];
    case 'text':
      return [[{ role: 'user', content: example.text }]];
  }
}

function compareTurns(before: readonly Message[], after: readonly Message[], found: Set<LossKind>): void {
  const systems = before.findIndex(({ role }) => role !== 'system');
  const isWithoutSystem = before.length !== after.length && systems > 0 && before.length - systems === after.length;
  if (isWithoutSystem) found.add('system');
  const kept = isWithoutSystem ? before.slice(systems) : before;
  if (kept.length !== after.length) {
    found.add('turns');
    return;
  }
  kept.forEach((turn, at) => {
    const other = after[at];
    if (other) compareTurn(turn, other, found);
  });
}

function compareTurn(before: Message, after: Message, found: Set<LossKind>): void {
  if (before.role !== after.role) found.add('turns');
  if (before.content !== after.content) {
    found.add(before.content.trim() === after.content.trim() ? 'spaces' : sameJson(before.content, after.content) ? 'json-spelling' : 'turns');
  }
  if (!isDeepStrictEqual(before.parts, after.parts)) found.add('pieces');
  if ((before.weight ?? 1) !== (after.weight ?? 1)) found.add('weights');
  if (before.reasoning !== after.reasoning) found.add('reasoning');
  if (before.spokenAs !== after.spokenAs) found.add('role-names');
  if (before.name !== after.name) found.add(before.name === undefined ? 'made-names' : 'names');
  if (before.toolCallId !== after.toolCallId) found.add(before.toolCallId === undefined ? 'made-ids' : 'call-ids');
  if (!isDeepStrictEqual(before.more, after.more)) found.add('message-fields');
  compareCalls(before.toolCalls ?? [], after.toolCalls ?? [], found);
}

function compareCalls(before: readonly ToolCall[], after: readonly ToolCall[], found: Set<LossKind>): void {
  if (before.length !== after.length) found.add('tool-calls');
  before.forEach((call, at) => {
    const other = after[at];
    if (!other) return;
    if (call.name !== other.name) found.add('tool-calls');
    if (call.id !== other.id) found.add(call.id === undefined ? 'made-ids' : 'call-ids');
    if (call.arguments !== other.arguments) found.add(sameJson(call.arguments, other.arguments) ? 'json-spelling' : 'tool-calls');
  });
}

function sameJson(a: string, b: string): boolean {
  const value = parseJson(a);
  return value !== undefined && isDeepStrictEqual(value, parseJson(b));
}

function compareCandidates(before: Ranking, after: Ranking, found: Set<LossKind>): void {
  before.candidates.forEach(({ score, isPreferred, more }, at) => {
    const other = after.candidates[at];
    if (score !== other?.score || isPreferred !== other?.isPreferred) found.add('scores');
    if (!isDeepStrictEqual(more, other?.more)) found.add('candidate-fields');
  });
}

function compareFields(before: Task, after: Task, found: Set<LossKind>): void {
  for (const [name, value] of Object.entries(before.reference)) {
    const other = valueOf(after.reference, name) ?? valueOf(after.metadata, name);
    if (isDeepStrictEqual(value, other)) continue;
    const isItsText = typeof other === 'string' && typeof value !== 'string' && isDeepStrictEqual(parseJson(other), value);
    found.add(isItsText ? 'reference-types' : 'reference');
  }
}

function compareCommon(before: Example, after: Example, found: Set<LossKind>): void {
  if (before.id !== after.id) found.add('id');
  if (!isDeepStrictEqual(before.tools, after.tools)) found.add('tools');
  if (before.parallelToolCalls !== after.parallelToolCalls) found.add('parallel-tool-calls');
  if (before.olderFunctions !== after.olderFunctions) found.add('older-functions');
  for (const [name, value] of Object.entries(before.metadata ?? {})) {
    if (isDeepStrictEqual(value, valueOf(after.metadata, name))) continue;
    const isField = after.kind === 'task' && isDeepStrictEqual(value, valueOf(after.reference, name));
    found.add(isField ? 'columns-as-fields' : 'columns');
  }
}

function valueOf(fields: Fields | undefined, name: string): unknown {
  return fields && Object.hasOwn(fields, name) ? fields[name] : undefined;
}
