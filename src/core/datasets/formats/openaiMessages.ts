/** Messages as OpenAI writes them, and as everyone does who took them over: roles, tool calls, weights. */

import { quoteBriefly } from '../../wording/lists.ts';
import type { ChatRole } from '../../../engine/text/chat.ts';
import type { ContentPart, Example, Fields, Message, ToolCall, ToolDefinition } from '../example.ts';
import { withCallIds } from './callIds.ts';
import { Refusal, RowFault } from './format.ts';
import { asBoolean, isFields, nameType, parseJson, readContent, readMore } from './values.ts';

const ROLES: Readonly<Record<string, ChatRole>> = { system: 'system', developer: 'system', user: 'user', assistant: 'assistant', tool: 'tool', function: 'tool' };
/** DeepSeek and Qwen, and gpt-oss. */
const REASONING = ['reasoning_content', 'thinking'];
const KNOWN = new Set(['role', 'content', 'weight', 'name', 'tool_calls', 'tool_call_id', 'function_call', ...REASONING]);

/** @throws RowFault */
export function readMessages(list: readonly unknown[]): readonly Message[] {
  return list.map(readMessage);
}

function readMessage(item: unknown, index: number): Message {
  // Most turns say nothing else, and there are many of them.
  if (isFields(item) && typeof item['content'] === 'string' && isPlainRole(item['role']) && Object.keys(item).length === 2) {
    return { role: item['role'], content: item['content'] };
  }
  const place = `turn ${index + 1}`;
  if (!isFields(item)) throw new RowFault('dataset.row.bad-messages', `${place} is ${nameType(item)}, not an object`);
  const named = item['role'];
  const role = typeof named === 'string' && Object.hasOwn(ROLES, named) ? ROLES[named] : undefined;
  if (role === undefined) throw new RowFault('dataset.row.wrong-role', typeof named === 'string' ? `${place} has the role ${quoteBriefly(named)}` : `${place} has no role`);
  return { role, ...readContent(item['content'], `the content of ${place}`, 'openai'), ...readRest(item, place) };
}

function isPlainRole(role: unknown): role is ChatRole {
  return role === 'user' || role === 'assistant' || role === 'system' || role === 'tool';
}

function readRest(item: Fields, place: string): Partial<Message> {
  const toolCalls = readCalls(item, place);
  const weight = readWeight(item['weight'], place);
  const reasoning = REASONING.map((key) => item[key]).find((value) => typeof value === 'string');
  const { role: named, name, tool_call_id: toolCallId } = item;
  return {
    ...(weight !== undefined && { weight }),
    ...((named === 'developer' || named === 'function') && { spokenAs: named }),
    ...(typeof name === 'string' && { name }),
    ...(reasoning !== undefined && { reasoning }),
    ...(toolCalls.length > 0 && { toolCalls }),
    ...(typeof toolCallId === 'string' && { toolCallId }),
    ...readMore(item, KNOWN),
  };
}

/** @throws RowFault */
export function readWeight(value: unknown, place: string): 0 | 1 | undefined {
  if (value === null || value === undefined) return undefined;
  const isTrained = asBoolean(value);
  if (isTrained === undefined) throw new RowFault('dataset.row.bad-value', `the weight of ${place} is neither 0 nor 1`);
  return isTrained ? 1 : 0;
}

function readCalls(item: Fields, place: string): readonly ToolCall[] {
  const older = item['function_call'];
  if (isFields(older)) return [readCall(older, undefined, `the function call of ${place}`)];
  const calls = item['tool_calls'];
  if (calls === null || calls === undefined) return [];
  if (!Array.isArray(calls)) throw new RowFault('dataset.row.bad-tool-call', `the tool calls of ${place} are ${nameType(calls)}, not a list`);
  return calls.map((call: unknown, index) => {
    const what = `call ${index + 1} of ${place}`;
    if (!isFields(call) || !isFields(call['function'])) throw new RowFault('dataset.row.bad-tool-call', `${what} names no function`);
    return readCall(call['function'], call['id'], what);
  });
}

/** Arguments that are an object instead of its text are taken for the text. */
function readCall(called: Fields, id: unknown, what: string): ToolCall {
  const { name, arguments: given } = called;
  if (typeof name !== 'string' || name === '') throw new RowFault('dataset.row.bad-tool-call', `${what} names no function`);
  return { ...(typeof id === 'string' && { id }), name, arguments: readArguments(given, what) };
}

/** @returns a JSON text. @throws RowFault */
export function readArguments(given: unknown, what: string): string {
  if (typeof given === 'string') return given;
  if (given === null || given === undefined) return '{}';
  if (isFields(given)) return stringify(given, what);
  throw new RowFault('dataset.row.bad-tool-call', `the arguments of ${what} are ${nameType(given)}, not JSON in a text`);
}

/** @throws RowFault when the value is nested deeper than JSON can be written */
export function stringify(value: unknown, what: string): string {
  try {
    return JSON.stringify(value);
  } catch {
    throw new RowFault('dataset.row.bad-value', `${what} is nested too deep`);
  }
}

/** Whether a list of messages calls tools in the words of 2023. */
function isOlder(list: unknown): boolean {
  return Array.isArray(list) && list.some((item) => isFields(item) && (item['role'] === 'function' || isFields(item['function_call'])));
}

/**
 * @param older writes a single call without an id as "function_call"
 * @param before what these messages follow and is written elsewhere
 * @throws Refusal
 */
export function writeMessages(messages: readonly Message[], older = false, before: readonly Message[] = []): readonly Fields[] {
  const written = withCallIds([...before, ...messages], older).slice(before.length);
  return written.map((message) => {
    const { role, spokenAs, content, parts, weight, name, reasoning, toolCalls, toolCallId, more } = message;
    const [only] = toolCalls ?? [];
    return {
      role: spokenAs ?? role,
      ...((content !== '' || !toolCalls) && { content: parts ? parts.map((part) => writePart(part)) : content }),
      ...(reasoning !== undefined && { reasoning_content: reasoning }),
      ...(name !== undefined && { name }),
      ...(only && older && toolCalls?.length === 1 && only.id === undefined
        ? { function_call: { name: only.name, arguments: only.arguments } }
        : toolCalls && { tool_calls: toolCalls.map(({ id, name: called, arguments: given }) => ({ ...(id !== undefined && { id }), type: 'function', function: { name: called, arguments: given } })) }),
      ...(toolCallId !== undefined && { tool_call_id: toolCallId }),
      ...(weight !== undefined && { weight }),
      ...more,
    };
  });
}

function writePart(part: ContentPart): Fields {
  if (part.type === 'text') return { type: 'text', text: part.text };
  if (part.dialect === 'openai') return part.value;
  throw new Refusal('it holds images, documents or other pieces in the words of another cloud');
}

/** The row's columns about tools, whichever of OpenAI's two ways they are written in. */
export const TOOL_COLUMNS = ['tools', 'parallel_tool_calls', 'functions'] as const;

const NONE: readonly string[] = [];

type Tools = Pick<Example, 'tools' | 'parallelToolCalls' | 'olderFunctions'>;

/**
 * @param turns lists of messages as the row has them, and what else may stand in their place
 * @returns undefined for a column that holds no tools, so that it is carried as it is
 */
export function readTools(row: Fields, ...turns: readonly unknown[]): Tools {
  const { parallel_tool_calls: parallel } = row;
  const older = readFunctions(row['functions']);
  const tools = readDefinitions(row['tools']) ?? older;
  return {
    ...(tools && { tools }),
    ...(typeof parallel === 'boolean' && { parallelToolCalls: parallel }),
    ...((older !== undefined || turns.some(isOlder)) && { olderFunctions: true }),
  };
}

export function readDefinitions(value: unknown): readonly ToolDefinition[] | undefined {
  const list = typeof value === 'string' ? parseJson(value) : value;
  if (!Array.isArray(list) || list.length === 0) return undefined;
  return readFunctions(list.map((item: unknown) => (isFields(item) && isFields(item['function']) ? item['function'] : item)));
}

function readFunctions(list: unknown): readonly ToolDefinition[] | undefined {
  if (!Array.isArray(list)) return undefined;
  const tools: ToolDefinition[] = [];
  for (const item of list) {
    if (!isFields(item) || typeof item['name'] !== 'string') return undefined;
    const { name, description, parameters, ...more } = withoutForeignNulls(item) as Fields;
    if ((description !== undefined && typeof description !== 'string') || (parameters !== undefined && !isFields(parameters))) return undefined;
    tools.push({
      name: name as string,
      ...(description !== undefined && { description }),
      ...(parameters !== undefined && { parameters }),
      ...(Object.keys(more).length > 0 && { more }),
    });
  }
  return tools.length > 0 ? tools : undefined;
}

/** Columns that `readTools` made nothing of are the row's own business. */
export function toolColumnsRead(row: Fields): readonly string[] {
  if (row['tools'] === undefined && row['parallel_tool_calls'] === undefined && row['functions'] === undefined) return NONE;
  return TOOL_COLUMNS.filter((column) =>
    column === 'parallel_tool_calls' ? typeof row[column] === 'boolean'
      : isEmptyList(row[column]) || (column === 'tools' ? readDefinitions(row[column]) : readFunctions(row[column])) !== undefined);
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

/** A schema deeper than this is nobody's; it is kept with its nulls. */
const DEEPEST = 64;

/**
 * Without the keys that Arrow filled in because another row's tool has them (huggingface/datasets#6699). A null is meant
 * where a schema names a value.
 */
function withoutForeignNulls(value: unknown, depth = 0): unknown {
  if (depth > DEEPEST || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item: unknown) => withoutForeignNulls(item, depth + 1));
  const kept = Object.entries(value).filter(([key, held]) => held !== null || key === 'default' || key === 'const');
  return Object.fromEntries(kept.map(([key, held]) => [key, withoutForeignNulls(held, depth + 1)]));
}

export function writeTools({ tools, parallelToolCalls, olderFunctions }: Example): Fields {
  const functions = tools?.map(writeFunction);
  return {
    ...(functions && (olderFunctions ? { functions } : { tools: functions.map((one) => ({ type: 'function', function: one })) })),
    ...(parallelToolCalls !== undefined && { parallel_tool_calls: parallelToolCalls }),
  };
}

export function writeFunction({ name, description, parameters, more }: ToolDefinition): Fields {
  return { name, ...(description !== undefined && { description }), ...(parameters !== undefined && { parameters }), ...more };
}

