/** OpenAI's format for supervised fine-tuning, which most others read too: a list of messages, with tools and weights. */

import type { Example, Fields } from '../example.ts';
import { RowFault, type Format } from './format.ts';
import { readMessages, readTools, toolColumnsRead, writeMessages, writeTools } from './openaiMessages.ts';
import { answered, withSystem } from './turns.ts';
import { nameType, readCarried, writeRow } from './values.ts';

const OWN: ReadonlySet<string> = new Set(['messages', 'system']);

const WEATHER = { name: 'get_current_weather', description: 'Get the current weather', parameters: { type: 'object', properties: { location: { type: 'string' } }, required: ['location'] } };

export const openaiChat: Format = {
  id: 'openai-chat',
  title: 'OpenAI chat',
  trainsAs: 'chat',
  holds: 'conversations',
  // developers.openai.com/api/docs/guides/supervised-fine-tuning and /fine-tuning-best-practices
  samples: [
    {
      messages: [
        { role: 'system', content: 'Marv is a factual chatbot that is also sarcastic.' },
        { role: 'user', content: 'What is the capital of France?' },
        { role: 'assistant', content: 'Paris', weight: 0 },
        { role: 'user', content: 'Can you be more sarcastic?' },
        { role: 'assistant', content: "Paris, as if everyone doesn't know that already.", weight: 1 },
      ],
    },
    {
      messages: [
        { role: 'user', content: 'What is the weather in San Francisco?' },
        { role: 'assistant', tool_calls: [{ id: 'call_id', type: 'function', function: { name: 'get_current_weather', arguments: '{"location": "San Francisco, USA"}' } }] },
        { role: 'tool', tool_call_id: 'call_id', content: '21' },
        { role: 'assistant', content: 'It is 21 degrees celsius in San Francisco, CA' },
      ],
      tools: [{ type: 'function', function: WEATHER }],
      parallel_tool_calls: false,
    },
    {
      messages: [
        { role: 'user', content: 'What is the weather in San Francisco?' },
        { role: 'assistant', function_call: { name: 'get_current_weather', arguments: '{"location": "San Francisco, USA"}' } },
        { role: 'function', name: 'get_current_weather', content: '21' },
        { role: 'assistant', content: 'It is 21 degrees celsius in San Francisco, CA' },
      ],
      functions: [WEATHER],
    },
    {
      messages: [
        { role: 'user', content: [{ type: 'text', text: 'What is in this picture?' }, { type: 'image_url', image_url: { url: 'https://example.com/cheese.jpg' } }] },
        { role: 'assistant', content: 'Cheese' },
      ],
    },
  ],
  hasColumns: (columns) => columns.has('messages'),
  read(row) {
    const list = listOfMessages(row['messages'], 'messages');
    const columns = toolColumnsRead(row);
    return {
      kind: 'conversation',
      messages: withSystem(row, readMessages(list)),
      ...readTools(row, list),
      ...readCarried(row, columns.length > 0 ? new Set([...OWN, ...columns]) : OWN),
    };
  },
  write: (example) => writeChat(answered(example)),
};

/** @throws RowFault */
export function listOfMessages(value: unknown, column: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new RowFault('dataset.row.bad-messages', `"${column}" is ${nameType(value)}, not a list`);
}

/** @throws Refusal */
export function writeChat(example: Extract<Example, { kind: 'conversation' }>): Fields {
  return writeRow(example, { messages: writeMessages(example.messages, example.olderFunctions), ...writeTools(example) });
}
