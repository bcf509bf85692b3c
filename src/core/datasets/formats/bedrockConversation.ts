/** Amazon Bedrock's conversation schema, for Nova and others, in training and distillation. */

import type { Format } from './format.ts';
import { listOfMessages } from './openaiChat.ts';
import { areBlocks, readBlockTurns, readSystemBlocks, readToolConfig, writeBlocks, writeBlockTurns, writeToolConfig } from './bedrockBlocks.ts';
import { answered, splitSystem } from './turns.ts';
import { readCarried } from './values.ts';

export const SCHEMA_VERSION = 'bedrock-conversation-2024';
export const BEDROCK_COLUMNS = ['schemaVersion', 'system', 'messages'] as const;

/** AWS's page in other languages misprints it as "bedrock-conversion-2024". */
export function hasBedrockVersion(version: unknown): boolean {
  return typeof version === 'string' && version.startsWith('bedrock-conver');
}

export const bedrockConversation: Format = {
  id: 'bedrock-conversation',
  title: 'Bedrock conversation',
  trainsAs: 'chat',
  holds: 'conversations',
  // docs.aws.amazon.com/bedrock/latest/userguide/model-customization-prepare.html, and Nova's guide for tools
  samples: [
    {
      schemaVersion: SCHEMA_VERSION,
      system: [{ text: 'You are a digital assistant with a friendly personality' }],
      messages: [
        { role: 'user', content: [{ text: 'What is the capital of Mars?' }] },
        { role: 'assistant', content: [{ text: 'Mars does not have a capital. Perhaps it will one day.' }] },
      ],
    },
    {
      schemaVersion: SCHEMA_VERSION,
      messages: [
        { role: 'user', content: [{ text: 'What is in this picture?' }, { image: { format: 'png', source: { s3Location: { uri: 's3://amzn-s3-demo-bucket/cheese.png', bucketOwner: '111122223333' } } } }] },
        { role: 'assistant', content: [{ reasoningContent: { reasoningText: { text: 'Yellow, with holes.' } } }, { text: 'Cheese' }] },
      ],
    },
    {
      schemaVersion: SCHEMA_VERSION,
      messages: [
        { role: 'user', content: [{ text: 'Is it raining in Seattle?' }] },
        { role: 'assistant', content: [{ toolUse: { toolUseId: 'call_1', name: 'weather', input: { city: 'Seattle' } } }] },
        { role: 'user', content: [{ toolResult: { toolUseId: 'call_1', content: [{ text: 'rain' }] } }] },
        { role: 'assistant', content: [{ text: 'It is.' }] },
      ],
      toolConfig: { tools: [{ toolSpec: { name: 'weather', description: 'Weather of a city', inputSchema: { json: { type: 'object', properties: { city: { type: 'string' } } } } } }] },
    },
  ],
  hasColumns: (columns) => columns.has('messages') && !columns.has('chosen'),
  recognizes: ({ schemaVersion, messages }) => hasBedrockVersion(schemaVersion) || areBlocks(messages),
  read(row) {
    const tools = readToolConfig(row['toolConfig']);
    return {
      kind: 'conversation',
      messages: [...readSystemBlocks(row['system']), ...readBlockTurns(listOfMessages(row['messages'], 'messages'))],
      ...(tools && { tools }),
      ...readCarried(row, new Set([...BEDROCK_COLUMNS, ...(tools ? ['toolConfig'] : [])])),
    };
  },
  write(example) {
    const { messages, tools } = answered(example);
    const { system, rest } = splitSystem(messages);
    return { schemaVersion: SCHEMA_VERSION, ...(system && { system: writeBlocks(system) }), messages: writeBlockTurns(rest), ...writeToolConfig(tools) };
  },
};
