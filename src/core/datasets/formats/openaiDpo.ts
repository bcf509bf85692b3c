/** OpenAI's format for direct preference optimization, also of Azure, Together and Fireworks. */

import type { Message } from '../example.ts';
import { listOfMessages } from './openaiChat.ts';
import type { Format } from './format.ts';
import { readMessages, readTools, toolColumnsRead, writeMessages, writeTools } from './openaiMessages.ts';
import { asPreference, cutPair, PROMPT_COLUMNS, readSide } from './pairs.ts';
import { isFields, readCarried } from './values.ts';

export const openaiDpo: Format = {
  id: 'openai-dpo',
  title: 'OpenAI preference',
  trainsAs: 'preference',
  holds: 'preference pairs',
  // developers.openai.com/api/docs/guides/direct-preference-optimization
  samples: [
    {
      input: {
        messages: [{ role: 'user', content: 'Hello, can you tell me how cold San Francisco is today?' }],
        tools: [{ type: 'function', function: { name: 'get_temperature', parameters: { type: 'object', properties: {} } } }],
        parallel_tool_calls: true,
      },
      preferred_output: [{ role: 'assistant', content: 'Today in San Francisco, it is not quite cold as expected. Morning clouds will give away to sunshine.' }],
      non_preferred_output: [{ role: 'assistant', content: 'It is not particularly cold in San Francisco today.' }],
    },
  ],
  hasColumns: (columns) => columns.has('preferred_output') && columns.has('non_preferred_output'),
  read(row) {
    const inside = isFields(row['input']) && Array.isArray(row['input']['messages']) ? row['input'] : undefined;
    const list = inside ? listOfMessages(inside['messages'], 'input.messages') : [];
    const column = inside ? undefined : PROMPT_COLUMNS.find((name) => name in row);
    const prompt: readonly Message[] = inside ? readMessages(list) : column === undefined ? [] : readSide(row[column], column, 'user');
    const chosen = readSide(row['preferred_output'], 'preferred_output', 'assistant');
    const rejected = readSide(row['non_preferred_output'], 'non_preferred_output', 'assistant');
    const read = new Set(['preferred_output', 'non_preferred_output', inside ? 'input' : column ?? '']);
    const { id, metadata } = readCarried(row, read);
    // What else stands in "input" stays under its name.
    const { metadata: input } = inside ? readCarried(inside, new Set(['messages', 'id', ...toolColumnsRead(inside)])) : {};
    return {
      kind: 'preference',
      ...cutPair(prompt, chosen, rejected),
      ...(inside && readTools(inside, list, row['preferred_output'], row['non_preferred_output'])),
      ...(id !== undefined && { id }),
      ...((metadata || input) && { metadata: { ...metadata, ...(input && { input }) } }),
    };
  },
  write(example) {
    const pair = asPreference(example);
    const older = pair.olderFunctions;
    return {
      input: { messages: writeMessages(pair.prompt, older), ...writeTools(pair) },
      preferred_output: writeMessages(pair.chosen, older, pair.prompt),
      non_preferred_output: writeMessages(pair.rejected, older, pair.prompt),
    };
  },
};
