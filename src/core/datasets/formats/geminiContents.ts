/** Turns as Gemini writes them: the model is called "model", contents are parts, tools answer by name. */

import { quoteBriefly } from '../../wording/lists.ts';
import type { ContentPart, Example, Fields, Message, ToolCall, ToolDefinition } from '../example.ts';
import { withCallIds } from './callIds.ts';
import { Refusal, RowFault } from './format.ts';
import { readArguments, readDefinitions, stringify, writeFunction } from './openaiMessages.ts';
import { splitSystem } from './turns.ts';
import { isFields, joinParts, nameType, parseJson, readMore, withoutNulls } from './values.ts';

const ROLES: Readonly<Record<string, 'user' | 'assistant' | 'tool'>> = { user: 'user', model: 'assistant', function: 'tool' };

export const GEMINI_COLUMNS = ['contents', 'systemInstruction', 'system_instruction', 'tools'] as const;

const TURN = new Set(['role', 'parts']);

/** The columns that all of Gemini's formats share. @throws RowFault */
export function readPrompt(row: Fields): { readonly messages: readonly Message[]; readonly tools?: readonly ToolDefinition[] } {
  const { contents } = row;
  if (!Array.isArray(contents)) throw new RowFault('dataset.row.bad-messages', `"contents" is ${nameType(contents)}, not a list`);
  const instruction = row['systemInstruction'] ?? row['system_instruction'];
  const system = isFields(instruction) ? readParts(instruction['parts'], 'system', 'the system instruction') : [];
  const tools = readGeminiTools(row['tools']);
  const turns = contents.flatMap((item: unknown, index) => readGeminiTurn(item, `turn ${index + 1}`));
  const names = namesById(turns);
  // An answer that names its call needs no name of the tool beside.
  const messages = turns.map(({ name, ...turn }): Message =>
    name === undefined || (turn.toolCallId !== undefined && names.get(turn.toolCallId) === name) ? turn : { ...turn, name });
  return { messages: [...system, ...messages], ...(tools && { tools }) };
}

function namesById(messages: readonly Message[]): ReadonlyMap<string | undefined, string> {
  return new Map(messages.flatMap(({ toolCalls = [] }) => toolCalls.map(({ id, name }) => [id, name] as const)));
}

/** @throws RowFault */
export function readGeminiTurn(item: unknown, place: string): readonly Message[] {
  if (!isFields(item)) throw new RowFault('dataset.row.bad-messages', `${place} is ${nameType(item)}, not an object`);
  // Gemini takes a turn without a role for the user's.
  const named = item['role'] ?? 'user';
  const role = typeof named === 'string' && Object.hasOwn(ROLES, named) ? ROLES[named] : undefined;
  if (role === undefined) throw new RowFault('dataset.row.wrong-role', `${place} has the role ${typeof named === 'string' ? `${quoteBriefly(named)}, and Gemini knows "user" and "model"` : nameType(named)}`);
  const messages = readParts(item['parts'], role, place);
  const others = readMore(item, TURN);
  return messages.map((message, index) => (index === messages.length - 1 ? { ...message, ...others } : message));
}

function readParts(list: unknown, role: Message['role'], place: string): readonly Message[] {
  if (!Array.isArray(list)) throw new RowFault('dataset.row.bad-messages', `the parts of ${place} are ${nameType(list)}, not a list`);
  const parts: ContentPart[] = [];
  const calls: ToolCall[] = [];
  const results: Message[] = [];
  const thoughts: string[] = [];
  for (const item of list as readonly unknown[]) {
    if (!isFields(item)) throw new RowFault('dataset.row.not-text-content', `${place} has parts that are ${nameType(item)}`);
    const { text, thought, functionCall: call, functionResponse: response } = item;
    if (typeof text === 'string' && thought === true) thoughts.push(text);
    else if (typeof text === 'string') parts.push({ type: 'text', text });
    else if (isFields(call)) calls.push(readCall(call, place));
    else if (isFields(response)) results.push(readResponse(response, place));
    else parts.push({ type: 'other', dialect: 'gemini', value: withoutNulls(item) });
  }
  const own: Message = {
    role: role === 'tool' ? 'user' : role, ...joinParts(parts),
    ...(thoughts.length > 0 && { reasoning: thoughts.join('\n') }),
    ...(calls.length > 0 && { toolCalls: calls }),
  };
  return results.length > 0 && parts.length === 0 && calls.length === 0 ? results : [...results, own];
}

function readCall({ name, args, id }: Fields, place: string): ToolCall {
  if (typeof name !== 'string' || name === '') throw new RowFault('dataset.row.bad-tool-call', `a call of ${place} names no function`);
  return { ...(typeof id === 'string' && { id }), name, arguments: readArguments(args, `the call of ${name} in ${place}`) };
}

function readResponse({ name, response, id }: Fields, place: string): Message {
  if (typeof name !== 'string' || name === '') throw new RowFault('dataset.row.bad-tool-call', `an answer of ${place} names no function`);
  const isText = isFields(response) && Object.keys(response).length === 1 && typeof response['result'] === 'string';
  const content = isText ? (response['result'] as string) : stringify(response ?? {}, `the answer of ${name} in ${place}`);
  return { role: 'tool', content, name, ...(typeof id === 'string' && { toolCallId: id }) };
}

/** The columns of a prompt. @throws Refusal */
export function writePrompt(messages: readonly Message[], { tools }: Example): Fields {
  const { system, rest } = splitSystem(messages);
  return {
    ...(system && { systemInstruction: { parts: writeParts(system) } }),
    contents: writeContents(rest),
    ...(tools && { tools: [{ functionDeclarations: tools.map(writeFunction) }] }),
  };
}

/** Tool results of neighbouring messages go into one turn. @throws Refusal */
function writeContents(messages: readonly Message[]): readonly Fields[] {
  const matched = withCallIds(messages);
  const names = namesById(matched);
  const turns: { role: string; parts: Fields[]; isResults: boolean }[] = [];
  for (const [index, message] of messages.entries()) {
    const isResults = message.role === 'tool';
    const last = turns.at(-1);
    if (message.role === 'system') throw new Refusal('it has a system message that is not the first');
    const parts = isResults ? [writeResponse(message, names.get(matched[index]?.toolCallId))] : writeParts(message);
    if (isResults && last?.isResults) last.parts.push(...parts);
    else turns.push({ role: message.role === 'assistant' ? 'model' : 'user', parts, isResults });
  }
  return turns.map(({ role, parts }) => ({ role, parts }));
}

/** A turn of the model, as completions of a preference are. @throws Refusal */
export function writeAnswer(answer: readonly Message[]): Fields {
  const [only, ...others] = answer;
  if (only?.role !== 'assistant' || others.length > 0) throw new Refusal('an answer is more than one turn');
  return { role: 'model', parts: writeParts(only) };
}

function writeParts({ content, parts, reasoning, toolCalls }: Message): Fields[] {
  const texts = parts ? parts.map(writePart) : content !== '' || (!toolCalls && reasoning === undefined) ? [{ text: content }] : [];
  return [
    ...(reasoning === undefined ? [] : [{ text: reasoning, thought: true }]),
    ...texts,
    ...(toolCalls ?? []).map(({ id, name, arguments: given }) => {
      const args = parseJson(given);
      if (!isFields(args)) throw new Refusal('the arguments of a tool call are no JSON object');
      return { functionCall: { ...(id !== undefined && { id }), name, args } };
    }),
  ];
}

/** A result that is no JSON object is wrapped into one, which is all that Gemini takes. */
function writeResponse({ content, name, toolCallId }: Message, calledById: string | undefined): Fields {
  const called = name ?? calledById;
  if (called === undefined) throw new Refusal('a tool\'s answer does not say which tool it comes from');
  const value = parseJson(content);
  const isWrapped = !isFields(value) || (Object.keys(value).length === 1 && typeof value['result'] === 'string');
  return { functionResponse: { ...(toolCallId !== undefined && { id: toolCallId }), name: called, response: isWrapped ? { result: content } : value } };
}

function writePart(part: ContentPart): Fields {
  if (part.type === 'text') return { text: part.text };
  if (part.dialect === 'gemini') return part.value;
  throw new Refusal('it holds images, documents or other pieces in the words of another cloud');
}

function readGeminiTools(list: unknown): readonly ToolDefinition[] | undefined {
  if (!Array.isArray(list)) return undefined;
  return readDefinitions(list.flatMap((tool: unknown): unknown => (isFields(tool) ? (tool['functionDeclarations'] ?? tool['function_declarations']) : undefined)));
}

/** The columns that were read, so that tools which are none are carried as they are. */
export function geminiColumns(row: Fields, others: readonly string[] = []): ReadonlySet<string> {
  return new Set([...GEMINI_COLUMNS.filter((column) => column !== 'tools' || readGeminiTools(row['tools']) !== undefined), ...others]);
}
