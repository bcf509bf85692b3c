/** Turns as Amazon Bedrock's Converse writes them: contents are lists of blocks, tool calls and results among them. */

import { quoteBriefly } from '../../wording/lists.ts';
import type { ContentPart, Fields, Message, ToolCall, ToolDefinition } from '../example.ts';
import { withCallIds } from './callIds.ts';
import { Refusal, RowFault } from './format.ts';
import { readArguments, readDefinitions, stringify, writeFunction } from './openaiMessages.ts';
import { isFields, nameType, parseJson, readContent, readMore, withoutNulls } from './values.ts';

/** Keys of which a block has exactly one. */
const BLOCKS = ['text', 'image', 'video', 'document', 'audio', 'toolUse', 'toolResult', 'reasoningContent', 'cachePoint', 'guardContent'];

const TURN = new Set(['role', 'content']);

/** Whether every content is a list of blocks, and none a list of OpenAI's parts. */
export function areBlocks(messages: unknown): boolean {
  return Array.isArray(messages) && messages.length > 0 && messages.every((item: unknown) => {
    const content = isFields(item) ? item['content'] : undefined;
    return Array.isArray(content) && content.length > 0 && content.every((block: unknown) =>
      isFields(block) && (block['type'] ?? null) === null && BLOCKS.some((key) => (block[key] ?? null) !== null));
  });
}

/** @throws RowFault */
export function readBlockTurns(list: readonly unknown[]): readonly Message[] {
  return list.flatMap((item, index) => readTurn(item, `turn ${index + 1}`));
}

/** A user turn may answer several calls; each answer is a message of the tool. */
function readTurn(item: unknown, place: string): readonly Message[] {
  if (!isFields(item)) throw new RowFault('dataset.row.bad-messages', `${place} is ${nameType(item)}, not an object`);
  const { role, content } = item;
  if (role !== 'user' && role !== 'assistant' && role !== 'system') {
    throw new RowFault('dataset.row.wrong-role', typeof role === 'string' ? `${place} has the role ${quoteBriefly(role)}` : `${place} has no role`);
  }
  const messages = readBlocks(content, role, place);
  const others = readMore(item, TURN);
  return messages.map((message, index) => (index === messages.length - 1 && others.more ? { ...message, more: { ...message.more, ...others.more } } : message));
}

/** @throws RowFault */
export function readBlocks(content: unknown, role: 'user' | 'assistant' | 'system', place: string): readonly Message[] {
  const what = `the content of ${place}`;
  if (!Array.isArray(content)) return [{ role, ...readContent(content, what, 'bedrock') }];
  const blocks = content.map((block: unknown) => (isFields(block) ? withoutNulls(block) : block));
  const calls: ToolCall[] = [];
  const results: Message[] = [];
  const thoughts: string[] = [];
  const parts: unknown[] = [];
  for (const block of blocks) {
    if (!isFields(block)) parts.push(block);
    else if (isFields(block['toolUse'])) calls.push(readToolUse(block['toolUse'], place));
    else if (isFields(block['toolResult'])) results.push(readToolResult(block['toolResult'], what));
    else if (isFields(block['reasoningContent']) && textOfReasoning(block['reasoningContent']) !== undefined) thoughts.push(textOfReasoning(block['reasoningContent']) ?? '');
    else parts.push(block);
  }
  const own: Message = {
    role, ...readContent(parts, what, 'bedrock'),
    ...(thoughts.length > 0 && { reasoning: thoughts.join('\n') }),
    ...(calls.length > 0 && { toolCalls: calls }),
  };
  return results.length > 0 && parts.length === 0 && calls.length === 0 ? results : [...results, own];
}

function textOfReasoning(content: Fields): string | undefined {
  const text = isFields(content['reasoningText']) ? content['reasoningText']['text'] : undefined;
  return typeof text === 'string' ? text : undefined;
}

function readToolUse({ name, toolUseId, input }: Fields, place: string): ToolCall {
  if (typeof name !== 'string' || name === '') throw new RowFault('dataset.row.bad-tool-call', `a call of ${place} names no function`);
  return { ...(typeof toolUseId === 'string' && { id: toolUseId }), name, arguments: readArguments(input, `the call of ${name} in ${place}`) };
}

function readToolResult({ toolUseId, content, status }: Fields, what: string): Message {
  const list = Array.isArray(content) ? content : [content];
  const parts = list.map((block: unknown): unknown => (isFields(block) && (block['json'] ?? null) !== null ? { text: stringify(block['json'], what) } : block));
  return {
    role: 'tool', ...readContent(parts, what, 'bedrock'),
    ...(typeof toolUseId === 'string' && { toolCallId: toolUseId }),
    ...(typeof status === 'string' && { more: { status } }),
  };
}

/** Tool results of neighbouring messages go into one user turn. @throws Refusal */
export function writeBlockTurns(messages: readonly Message[]): readonly Fields[] {
  const turns: { role: 'user' | 'assistant'; content: Fields[]; isResults: boolean }[] = [];
  for (const message of withCallIds(messages)) {
    const isResults = message.role === 'tool';
    const last = turns.at(-1);
    if (message.role === 'system') throw new Refusal('it has a system message that is not the first');
    if (isResults && last?.isResults) last.content.push(...writeBlocks(message));
    else turns.push({ role: message.role === 'assistant' ? 'assistant' : 'user', content: writeBlocks(message), isResults });
  }
  return turns.map(({ role, content }) => ({ role, content }));
}

/** @throws Refusal */
export function writeBlocks({ role, content, parts, reasoning, toolCalls, toolCallId, more }: Message): Fields[] {
  const texts = parts ? parts.map(writePart) : content !== '' || (!toolCalls && reasoning === undefined) ? [{ text: content }] : [];
  if (role === 'tool') {
    if (toolCallId === undefined) throw new Refusal('a tool\'s answer does not say which call it answers');
    const status = more?.['status'];
    return [{ toolResult: { toolUseId: toolCallId, content: texts, ...(typeof status === 'string' && { status }) } }];
  }
  return [
    ...(reasoning === undefined ? [] : [{ reasoningContent: { reasoningText: { text: reasoning } } }]),
    ...texts,
    ...(toolCalls ?? []).map(({ id, name, arguments: given }) => {
      const input = parseJson(given);
      if (id === undefined) throw new Refusal('a tool call has no id');
      if (!isFields(input)) throw new Refusal('the arguments of a tool call are no JSON object');
      return { toolUse: { toolUseId: id, name, input } };
    }),
  ];
}

function writePart(part: ContentPart): Fields {
  if (part.type === 'text') return { text: part.text };
  if (part.dialect === 'bedrock') return part.value;
  throw new Refusal('it holds images, documents or other pieces in the words of another cloud');
}

/** The tools of Converse's "toolConfig"; undefined when it holds none. */
export function readToolConfig(config: unknown): readonly ToolDefinition[] | undefined {
  const list = isFields(config) ? config['tools'] : undefined;
  if (!Array.isArray(list)) return undefined;
  return readDefinitions(list.map((tool: unknown) => {
    const spec = isFields(tool) ? tool['toolSpec'] : undefined;
    if (!isFields(spec)) return undefined;
    const { inputSchema, ...others } = spec;
    return { ...others, ...(isFields(inputSchema) && { parameters: inputSchema['json'] }) };
  }));
}

export function writeToolConfig(tools: readonly ToolDefinition[] | undefined): Fields {
  if (!tools) return {};
  const specs = tools.map((tool) => {
    const { parameters, ...others } = writeFunction(tool);
    return { toolSpec: { ...others, ...(parameters !== undefined && { inputSchema: { json: parameters } }) } };
  });
  return { toolConfig: { tools: specs } };
}

/** Bedrock's "system": text blocks, all one message. @throws RowFault */
export function readSystemBlocks(system: unknown): readonly Message[] {
  if (system === undefined || system === null || system === '' || (Array.isArray(system) && system.length === 0)) return [];
  return readBlocks(system, 'system', 'the system prompt');
}

