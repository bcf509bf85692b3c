/** What each format's documented rows say, written out by hand. */

import { expect, test } from 'vitest';

import { FormatDetector } from '../../../../../src/core/datasets/detect.ts';
import type { Example, Message } from '../../../../../src/core/datasets/example.ts';
import type { FormatId } from '../../../../../src/core/datasets/formats/format.ts';
import { FORMATS } from '../../../../../src/core/datasets/formats/table.ts';

const user = (content: string): Message => ({ role: 'user', content });
const assistant = (content: string): Message => ({ role: 'assistant', content });
const system = (content: string): Message => ({ role: 'system', content });
const schema = { type: 'object', properties: { city: { type: 'string' } } };
const weather = { name: 'weather', description: 'Weather of a city', parameters: schema };

const sky = { prompt: [user('What color is the sky?')], chosen: [assistant('It is blue.')], rejected: [assistant('It is green.')] };

const GOLDEN: Readonly<Record<FormatId, readonly (readonly [row: Record<string, unknown>, example: Example])[]>> = {
  'openai-chat': [
    [
      {
        messages: [
          { role: 'developer', content: 'Be kind.' },
          { role: 'user', content: 'Rain in Seattle?', name: 'anna' },
          { role: 'assistant', content: null, tool_calls: [{ id: 'a', type: 'function', function: { name: 'weather', arguments: '{"city":  "Seattle"}' } }] },
          { role: 'tool', tool_call_id: 'a', content: '{"sky": "rain"}' },
          { role: 'assistant', content: 'Yes.', weight: 0, refusal: null },
        ],
        tools: [{ type: 'function', function: { ...weather, strict: true } }],
        parallel_tool_calls: false,
        id: 7,
        source: 'log',
      },
      {
        kind: 'conversation',
        messages: [
          { ...system('Be kind.'), spokenAs: 'developer' },
          { ...user('Rain in Seattle?'), name: 'anna' },
          { ...assistant(''), toolCalls: [{ id: 'a', name: 'weather', arguments: '{"city":  "Seattle"}' }] },
          { role: 'tool', content: '{"sky": "rain"}', toolCallId: 'a' },
          { ...assistant('Yes.'), weight: 0 },
        ],
        tools: [{ ...weather, more: { strict: true } }],
        parallelToolCalls: false,
        id: 7,
        metadata: { source: 'log' },
      },
    ],
    [
      { messages: [{ role: 'user', content: 'Hi' }, { role: 'assistant', tool_calls: [{ id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } }] }] },
      { kind: 'conversation', messages: [user('Hi'), { ...assistant(''), toolCalls: [{ id: 'a', name: 'f', arguments: '{}' }] }] },
    ],
    [
      { messages: [{ role: 'user', content: 'Hi' }, { role: 'assistant', content: '', function_call: { name: 'f', arguments: '{}' } }, { role: 'function', name: 'f', content: '1' }], functions: [{ name: 'f' }] },
      {
        kind: 'conversation', olderFunctions: true, tools: [{ name: 'f' }],
        messages: [user('Hi'), { ...assistant(''), toolCalls: [{ name: 'f', arguments: '{}' }] }, { role: 'tool', content: '1', name: 'f', spokenAs: 'function' }],
      },
    ],
  ],
  'openai-dpo': [[
    { input: { messages: [{ role: 'user', content: 'Hi' }], tools: [{ type: 'function', function: { name: 'f' } }], parallel_tool_calls: true }, preferred_output: [{ role: 'assistant', content: 'Hello' }], non_preferred_output: [{ role: 'assistant', content: 'No' }] },
    { kind: 'preference', prompt: [user('Hi')], chosen: [assistant('Hello')], rejected: [assistant('No')], tools: [{ name: 'f' }], parallelToolCalls: true },
  ]],
  'openai-rft': [[
    { messages: [{ role: 'user', content: 'Target: 77' }], target: '77', nums: [67, 79] },
    { kind: 'task', prompt: [user('Target: 77')], reference: { target: '77', nums: [67, 79] } },
  ]],
  'bedrock-rft': [[
    { id: 'x-1', messages: [{ role: 'user', content: '2x = 8' }], reference_answer: { solution: 'x = 4' }, difficulty: 'easy' },
    { kind: 'task', id: 'x-1', prompt: [user('2x = 8')], reference: { reference_answer: { solution: 'x = 4' }, difficulty: 'easy' } },
  ]],
  'verl': [[
    { data_source: 'gsm8k', prompt: [{ role: 'user', content: '2x = 8' }], ability: 'math', reward_model: { style: 'rule', ground_truth: '4' }, extra_info: { index: 0 } },
    { kind: 'task', prompt: [user('2x = 8')], reference: { data_source: 'gsm8k', ability: 'math', extra_info: { index: 0 }, reference_answer: '4' } },
  ]],
  'bedrock-conversation': [[
    {
      schemaVersion: 'bedrock-conversation-2024',
      system: [{ text: 'Be kind.' }],
      messages: [
        { role: 'user', content: [{ text: 'Rain?' }, { image: { format: 'png', source: { s3Location: { uri: 's3://b/a.png' } } } }] },
        { role: 'assistant', content: [{ reasoningContent: { reasoningText: { text: 'Hm.' } } }, { toolUse: { toolUseId: 'a', name: 'weather', input: { city: 'Seattle' } } }] },
        { role: 'user', content: [{ toolResult: { toolUseId: 'a', content: [{ json: { sky: 'rain' } }], status: 'success' } }] },
        { role: 'assistant', content: [{ text: 'Yes.' }] },
      ],
      toolConfig: { tools: [{ toolSpec: { name: 'weather', description: 'Weather of a city', inputSchema: { json: schema } } }] },
    },
    {
      kind: 'conversation',
      messages: [
        system('Be kind.'),
        { ...user('Rain?'), parts: [{ type: 'text', text: 'Rain?' }, { type: 'other', dialect: 'bedrock', value: { image: { format: 'png', source: { s3Location: { uri: 's3://b/a.png' } } } } }] },
        { ...assistant(''), reasoning: 'Hm.', toolCalls: [{ id: 'a', name: 'weather', arguments: '{"city":"Seattle"}' }] },
        { role: 'tool', content: '{"sky":"rain"}', toolCallId: 'a', more: { status: 'success' } },
        assistant('Yes.'),
      ],
      tools: [weather],
    },
  ]],
  'nova-dpo': [
    [
      { system: [{ text: 'Be kind.' }], messages: [{ role: 'user', content: [{ text: 'Hi' }] }, { role: 'assistant', candidates: [{ content: [{ text: 'No' }], preferenceLabel: 'non-preferred' }, { content: [{ text: 'Hello' }], preferenceLabel: 'preferred' }] }] },
      { kind: 'preference', prompt: [system('Be kind.'), user('Hi')], chosen: [assistant('Hello')], rejected: [assistant('No')] },
    ],
    [
      { messages: [{ role: 'user', content: [{ text: 'Hi' }] }, { role: 'assistant', candidates: [{ content: [{ text: 'a' }], preferenceLabel: 'preferred' }, { content: [{ text: 'b' }], preferenceLabel: 'preferred' }, { content: [{ text: 'c' }], preferenceLabel: 'non-preferred' }] }] },
      { kind: 'ranking', prompt: [user('Hi')], candidates: [{ answer: [assistant('a')], isPreferred: true }, { answer: [assistant('b')], isPreferred: true }, { answer: [assistant('c')], isPreferred: false }] },
    ],
  ],
  'gemini': [[
    {
      systemInstruction: { role: 'system', parts: [{ text: 'Be kind.' }] },
      contents: [
        { role: 'user', parts: [{ text: 'Rain' }, { text: '?' }] },
        { role: 'model', parts: [{ text: 'Hm.', thought: true }, { functionCall: { name: 'weather', args: { city: 'Seattle' } } }] },
        { role: 'user', parts: [{ functionResponse: { name: 'weather', response: { result: 'rain' } } }] },
        { role: 'model', parts: [{ text: 'Yes.' }] },
      ],
      tools: [{ functionDeclarations: [weather] }],
    },
    {
      kind: 'conversation',
      messages: [
        system('Be kind.'),
        { ...user('Rain?'), parts: [{ type: 'text', text: 'Rain' }, { type: 'text', text: '?' }] },
        { ...assistant(''), reasoning: 'Hm.', toolCalls: [{ name: 'weather', arguments: '{"city":"Seattle"}' }] },
        { role: 'tool', content: 'rain', name: 'weather' },
        assistant('Yes.'),
      ],
      tools: [weather],
    },
  ]],
  'gemini-preference': [
    [
      { contents: [{ role: 'user', parts: [{ text: 'Hi' }] }], completions: [{ score: 1, completion: { role: 'model', parts: [{ text: 'Hello' }] } }, { score: 0, completion: { role: 'model', parts: [{ text: 'No' }] } }] },
      { kind: 'preference', prompt: [user('Hi')], chosen: [assistant('Hello')], rejected: [assistant('No')] },
    ],
    [
      { contents: [{ parts: [{ text: 'Hi' }] }], completions: [{ score: '0.2', completion: { parts: [{ text: 'No' }] } }, { score: 0.9, completion: { parts: [{ text: 'Hello' }] } }] },
      { kind: 'ranking', prompt: [user('Hi')], candidates: [{ answer: [assistant('No')], score: 0.2 }, { answer: [assistant('Hello')], score: 0.9 }] },
    ],
  ],
  'gemini-rft': [[
    { contents: [{ role: 'user', parts: [{ text: '2x = 8' }] }], references: { reference_answer: '4' } },
    { kind: 'task', prompt: [user('2x = 8')], reference: { reference_answer: '4' } },
  ]],
  'prompt-completion': [
    [{ prompt: 'what is AWS', completion: 'it is Amazon Web Services', topic: 'cloud' }, { kind: 'conversation', messages: [user('what is AWS'), assistant('it is Amazon Web Services')], metadata: { topic: 'cloud' } }],
    [{ Question: '1 + 1', Answer: 2 }, { kind: 'conversation', messages: [user('1 + 1'), assistant('2')] }],
  ],
  'prompt-completion-messages': [[
    { prompt: [{ role: 'user', content: 'a' }, { role: 'assistant', content: 'b' }, { role: 'user', content: 'c' }], completion: [{ role: 'assistant', content: 'd' }] },
    { kind: 'conversation', messages: [user('a'), { ...assistant('b'), weight: 0 }, user('c'), assistant('d')] },
  ]],
  'alpaca': [[
    { system: 'Be kind.', instruction: 'Odd one out', input: 'a, b, 1', output: '1', history: [['Hi', 'Hello']] },
    { kind: 'conversation', messages: [system('Be kind.'), user('Hi'), assistant('Hello'), user('Odd one out\na, b, 1'), assistant('1')], input: 'a, b, 1' },
  ]],
  'sharegpt': [[
    {
      system: 'Be kind.', tools: JSON.stringify([weather]),
      conversations: [{ from: 'human', value: 'Rain?' }, { from: 'function_call', value: '{"name": "weather", "arguments": {"city": "Seattle"}}' }, { from: 'observation', value: 'rain' }, { from: 'gpt', value: 'Yes.' }],
    },
    {
      kind: 'conversation', tools: [weather],
      messages: [system('Be kind.'), user('Rain?'), { ...assistant(''), toolCalls: [{ name: 'weather', arguments: '{"city":"Seattle"}' }] }, { role: 'tool', content: 'rain' }, assistant('Yes.')],
    },
  ]],
  'trl-preference': [[{ prompt: 'The sky is', chosen: ' blue.', rejected: ' green.' }, { kind: 'preference', prompt: [user('The sky is')], chosen: [assistant(' blue.')], rejected: [assistant(' green.')] }]],
  'trl-preference-messages': [
    [{ prompt: sky.prompt, chosen: sky.chosen, rejected: sky.rejected }, { kind: 'preference', ...sky }],
    // UltraFeedback, binarized: the prompt is said again inside.
    [
      { prompt: 'What color is the sky?', chosen: [...sky.prompt, ...sky.chosen], rejected: [...sky.prompt, ...sky.rejected], score_chosen: 8.5, score_rejected: '2' },
      { kind: 'preference', ...sky, scores: { chosen: 8.5, rejected: 2 } },
    ],
  ],
  'trl-preference-implicit': [[{ chosen: [...sky.prompt, ...sky.chosen], rejected: [...sky.prompt, ...sky.rejected] }, { kind: 'preference', ...sky }]],
  'trl-preference-implicit-text': [[
    { chosen: 'The sky is blue.', rejected: 'The sky is green.' },
    { kind: 'preference', prompt: [user('The sky is')], chosen: [assistant(' blue.')], rejected: [assistant(' green.')] },
  ]],
  'anthropic-hh': [[
    { chosen: '\n\nHuman: a\n\nAssistant: b\n\nHuman: c\n\nAssistant: d', rejected: '\n\nHuman: a\n\nAssistant: b\n\nHuman: c\n\nAssistant: e\nf' },
    { kind: 'preference', prompt: [user('a'), assistant('b'), user('c')], chosen: [assistant('d')], rejected: [assistant('e\nf')] },
  ]],
  'ultrafeedback': [
    [
      { source: 's', instruction: 'Hi', completions: [{ model: 'm', response: 'No', overall_score: 2 }, { response: 'Hello', overall_score: 9 }] },
      { kind: 'ranking', prompt: [user('Hi')], candidates: [{ answer: [assistant('No')], score: 2, more: { model: 'm' } }, { answer: [assistant('Hello')], score: 9 }], metadata: { source: 's' } },
    ],
    [
      { instruction: 'Hi', completions: [{ response: 'Hello', 'fine-grained_score': 9 }, { response: 'No', overall_score: 2 }] },
      { kind: 'preference', prompt: [user('Hi')], chosen: [assistant('Hello')], rejected: [assistant('No')], scores: { chosen: 9, rejected: 2 } },
    ],
  ],
  'kto': [[{ prompt: 'Hi', completion: 'No', label: 'False' }, { kind: 'rating', prompt: [user('Hi')], answer: [assistant('No')], isGood: false }]],
  'kto-messages': [[{ prompt: sky.prompt, completion: sky.chosen, label: true }, { kind: 'rating', prompt: sky.prompt, answer: sky.chosen, isGood: true }]],
  'text': [[{ text: 'The sky is blue.', url: 'https://example.com' }, { kind: 'text', text: 'The sky is blue.', metadata: { url: 'https://example.com' } }]],
  'labelled-text': [[{ Text: ' Where is my card? ', category: 'card_arrival ', n: '1' }, { kind: 'conversation', messages: [user('Where is my card?'), assistant('card_arrival')], metadata: { n: '1' } }]],
};

test.each(FORMATS.flatMap(({ id }) => GOLDEN[id].map(([row, example]) => [id, row, example] as const)))('%s', (id, row, example) => {
  const detected = new FormatDetector().detect(row);
  expect(detected?.format.id).toBe(id);
  expect(detected?.format.read(detected.row)).toEqual(example);
});
