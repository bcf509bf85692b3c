/** Any example at all that a reader of rows could have made. */

import fc from 'fast-check';

import type { Candidate, ContentPart, Example, Message, ToolCall, ToolDefinition } from '../../../../../src/core/datasets/example.ts';
import { anyText } from '../anyText.ts';

const text = fc.oneof({ weight: 3, arbitrary: fc.constantFrom('Hi', 'Hello there', ' blue.', '\n\nHuman: x', '{"a": 1}', '{"result":"x"}', '') }, { weight: 1, arbitrary: anyText(12) });
const word = fc.constantFrom('get_weather', 'a', 'call_1', 'call_2', '__proto__', 'constructor');

/** What JSON can hold, without nulls in objects, which count as absent. */
const value: fc.Arbitrary<unknown> = fc.oneof(fc.string({ maxLength: 5 }), fc.integer(), fc.boolean(), fc.array(fc.integer(), { maxLength: 3 }), fc.dictionary(fc.constantFrom('x', 'y'), fc.integer(), { noNullPrototype: true }));
const column = fc.constantFrom('source', 'Topic', 'label', 'text', 'answer', 'messages', 'prompt', 'completion', 'chosen', 'input', 'category', 'system', 'schemaVersion', 'reward_model', 'references', '__proto__', 'constructor');
/** fromEntries defines own properties, so that `__proto__` is one. */
const fields = fc.uniqueArray(fc.tuple(column, value), { minLength: 1, maxLength: 3, selector: ([name]) => name }).map((entries) => Object.fromEntries(entries));

const part: fc.Arbitrary<ContentPart> = fc.oneof(
  { weight: 3, arbitrary: text.map((one): ContentPart => ({ type: 'text', text: one })) },
  { weight: 1, arbitrary: fc.constantFrom<ContentPart>(
    { type: 'other', dialect: 'openai', value: { type: 'image_url', image_url: { url: 'https://example.com/a.png' } } },
    { type: 'other', dialect: 'bedrock', value: { image: { format: 'png', source: { s3Location: { uri: 's3://bucket/a.png' } } } } },
    { type: 'other', dialect: 'gemini', value: { fileData: { mimeType: 'image/png', fileUri: 'gs://bucket/a.png' } } },
  ) },
);

const content = fc.oneof(
  { weight: 4, arbitrary: text.map((one) => ({ content: one })) },
  { weight: 1, arbitrary: fc.array(part, { minLength: 2, maxLength: 3 }).map((parts) => ({ content: parts.map((one) => (one.type === 'text' ? one.text : '')).join(''), parts })) },
);

function some<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.option(arbitrary, { nil: undefined, freq: 3 });
}

const call: fc.Arbitrary<ToolCall> = fc.record({
  id: some(word), name: word, arguments: fc.constantFrom('{}', '{"city": "Seattle"}', '{"city":"Seattle"}', '[1]', 'no json', ''),
});

const tool: fc.Arbitrary<ToolDefinition> = fc.record({
  name: word, description: some(text),
  parameters: some(fc.constantFrom({ type: 'object', properties: { city: { type: 'string', default: null } } }, {})),
  more: some(fc.constant({ strict: true })),
});

const system = fc.tuple(content, some(fc.constant('developer' as const))).map(([said, spokenAs]): Message => ({ role: 'system', ...said, ...(spokenAs && { spokenAs }) }));
const user = fc.tuple(content, some(word)).map(([said, name]): Message => ({ role: 'user', ...said, ...(name !== undefined && { name }) }));
const assistant = fc.tuple(content, fc.record({
  weight: some(fc.constantFrom<0 | 1>(0, 1)), reasoning: some(text), toolCalls: some(fc.array(call, { minLength: 1, maxLength: 2 })), more: some(fc.constant({ refusal: 'No.' })),
})).map(([said, others]): Message => ({ role: 'assistant', ...said, ...others }));
const toolAnswer = fc.tuple(content, fc.record({ name: some(word), toolCallId: some(word), spokenAs: some(fc.constant('function' as const)) }))
  .map(([said, others]): Message => ({ role: 'tool', ...said, ...others }));
const plainAnswer = text.map((said): Message => ({ role: 'assistant', content: said }));

const turn = fc.oneof({ weight: 4, arbitrary: user }, { weight: 4, arbitrary: assistant }, { weight: 1, arbitrary: toolAnswer }, { weight: 1, arbitrary: system });
const plainExchange = fc.tuple(text.map((said): Message => ({ role: 'user', content: said })), plainAnswer);
const prompt = fc.oneof(
  text.map((said): Message[] => [{ role: 'user', content: said }]),
  fc.tuple(some(system), fc.array(turn, { maxLength: 3 }), user).map(([first, turns, last]) => [...(first ? [first] : []), ...turns, last]),
);
const answer = fc.oneof({ weight: 3, arbitrary: plainAnswer }, { weight: 1, arbitrary: assistant }).map((one): Message[] => [one]);

const common = fc.oneof(fc.constant({}), fc.record({
  id: some(fc.oneof(fc.string(), fc.integer())), tools: some(fc.array(tool, { minLength: 1, maxLength: 2 })), parallelToolCalls: some(fc.boolean()),
  olderFunctions: some(fc.constant(true as const)), metadata: some(fields),
}));

const score = fc.oneof(fc.integer({ min: 0, max: 10 }), fc.constant(0.5));
const candidate: fc.Arbitrary<Candidate> = fc.oneof(
  fc.record({ answer, score, more: some(fc.constant({ model: 'm' })) }) as fc.Arbitrary<Candidate>,
  fc.record({ answer, isPreferred: fc.boolean() }),
);

export const anyExample: fc.Arbitrary<Example> = fc.tuple(common, fc.oneof(
  fc.array(plainExchange, { minLength: 1, maxLength: 2 }).map((turns) => ({ kind: 'conversation' as const, messages: turns.flat() })),
  fc.array(turn, { maxLength: 5 }).map((messages) => ({ kind: 'conversation' as const, messages })),
  fc.tuple(prompt, answer).map(([asked, said]) => ({ kind: 'conversation' as const, messages: [...asked, ...said] })),
  fc.tuple(text, text).map(([asked, input]) => ({ kind: 'conversation' as const, messages: [{ role: 'user' as const, content: `${asked}\n${input}` }, { role: 'assistant' as const, content: 'Yes' }], input })),
  fc.record({ kind: fc.constant('preference' as const), prompt, chosen: answer, rejected: answer, scores: some(fc.record({ chosen: score, rejected: score })) }),
  fc.record({ kind: fc.constant('ranking' as const), prompt, candidates: fc.array(candidate, { minLength: 2, maxLength: 3 }) }),
  fc.record({ kind: fc.constant('rating' as const), prompt, answer, isGood: fc.boolean() }),
  fc.record({ kind: fc.constant('task' as const), prompt, reference: fc.oneof(fields, value.map((truth) => ({ reference_answer: truth }))) }),
  fc.record({ kind: fc.constant('text' as const), text }),
)).map(([shared, own]) => asRead({ ...shared, ...own }));

/** Plain objects, and no keys without a value. */
function asRead(example: object): Example {
  return JSON.parse(JSON.stringify(example)) as Example;
}
