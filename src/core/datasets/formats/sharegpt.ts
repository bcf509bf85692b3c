/** ShareGPT's turns, with LLaMA-Factory's tools: who speaks is "from", what is said is "value". */

import { quoteBriefly } from '../../wording/lists.ts';
import type { Fields, Message, ToolCall } from '../example.ts';
import { Refusal, RowFault, type Format } from './format.ts';
import { listOfMessages } from './openaiChat.ts';
import { readArguments, readDefinitions, readWeight, writeFunction } from './openaiMessages.ts';
import { answered, plainText, withSystem } from './turns.ts';
import { isFields, nameType, parseJson, readCarried, readContent, readMore, writeRow } from './values.ts';

const SPEAKERS: Readonly<Record<string, Message['role'] | 'call'>> = {
  system: 'system', human: 'user', user: 'user', gpt: 'assistant', assistant: 'assistant', chatgpt: 'assistant', bing: 'assistant', bard: 'assistant',
  function_call: 'call', observation: 'tool', tool: 'tool',
};

const KNOWN = new Set(['from', 'value', 'weight']);

const WRITTEN = { system: 'system', user: 'human', assistant: 'gpt', tool: 'observation' } as const;

export const sharegpt: Format = {
  id: 'sharegpt',
  title: 'ShareGPT',
  trainsAs: 'chat',
  holds: 'conversations',
  // github.com/hiyouga/LLaMA-Factory, data/README.md
  samples: [
    {
      system: 'You are helpful.',
      conversations: [{ from: 'human', value: 'What is the capital of France?' }, { from: 'gpt', value: 'Paris.' }],
    },
    {
      conversations: [
        { from: 'human', value: 'Is it raining in Seattle?' },
        { from: 'function_call', value: '{"name": "weather", "arguments": {"city": "Seattle"}}' },
        { from: 'observation', value: '{"sky": "rain"}' },
        { from: 'gpt', value: 'It is.' },
      ],
      tools: '[{"name": "weather", "description": "Weather of a city", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}}]',
    },
  ],
  hasColumns: (columns) => columns.has('conversations'),
  read(row) {
    const list = listOfMessages(row['conversations'], 'conversations');
    const tools = readDefinitions(row['tools']);
    return {
      kind: 'conversation',
      messages: withSystem(row, list.map((item, index) => readTurn(item, `turn ${index + 1}`))),
      ...(tools && { tools }),
      ...readCarried(row, new Set(['conversations', 'system', ...(tools ? ['tools'] : [])])),
    };
  },
  write(example) {
    const conversation = answered(example);
    const { tools } = conversation;
    return writeRow(conversation, {
      conversations: conversation.messages.map(writeTurn),
      ...(tools && { tools: JSON.stringify(tools.map(writeFunction)) }),
    });
  },
};

function readTurn(item: unknown, place: string): Message {
  if (!isFields(item)) throw new RowFault('dataset.row.bad-messages', `${place} is ${nameType(item)}, not an object`);
  const { from, value, weight } = item;
  const role = typeof from === 'string' && Object.hasOwn(SPEAKERS, from) ? SPEAKERS[from] : undefined;
  if (role === undefined) throw new RowFault('dataset.row.wrong-role', typeof from === 'string' ? `${place} has the from ${quoteBriefly(from)}` : `${place} has no from`);
  const trained = readWeight(weight, place);
  const others = { ...(trained !== undefined && { weight: trained }), ...readMore(item, KNOWN) };
  if (role === 'call') return { role: 'assistant', content: '', toolCalls: readCalls(value, place), ...others };
  return { role, ...readContent(value, `the content of ${place}`, 'openai'), ...others };
}

/** One call, or a list of them, as a JSON text. */
function readCalls(value: unknown, place: string): readonly ToolCall[] {
  const parsed = typeof value === 'string' ? parseJson(value) : value;
  const list: readonly unknown[] = Array.isArray(parsed) ? parsed : [parsed];
  return list.map((call) => {
    if (!isFields(call) || typeof call['name'] !== 'string') throw new RowFault('dataset.row.bad-tool-call', `${place} is no JSON with the "name" and "arguments" of a call`);
    return { name: call['name'], arguments: readArguments(call['arguments'], `the call of ${place}`) };
  });
}

function writeTurn({ role, toolCalls, weight, ...message }: Message): Fields {
  const marked = { ...(weight !== undefined && { weight }), ...message.more };
  if (!toolCalls) return { from: WRITTEN[role], value: plainText({ role, ...message }), ...marked };
  if (message.content.trim() !== '') throw new Refusal('a turn calls a tool and says something, too');
  const calls = toolCalls.map((call) => ({ name: call.name, arguments: parseJson(call.arguments) ?? call.arguments }));
  return { from: 'function_call', value: JSON.stringify(calls.length === 1 ? calls[0] : calls), ...marked };
}
