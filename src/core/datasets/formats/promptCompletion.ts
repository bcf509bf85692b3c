/** A prompt and its completion as texts, in any of the pairs of names that people use, Bedrock's and TRL's first. */

import type { Fields, Message } from '../example.ts';
import type { Format } from './format.ts';
import { isConversational, readSide } from './pairs.ts';
import { answered, onlyQuestion, onlyText, splitAnswer, untrained } from './turns.ts';
import { readTools, toolColumnsRead, writeMessages, writeTools } from './openaiMessages.ts';
import { readCarried, writeRow } from './values.ts';

/** Names of the prompt and of the answer, most specific first. */
export const PAIR_COLUMNS: readonly (readonly [prompt: string, completion: string])[] = [
  ['prompt', 'completion'],
  ['question', 'answer'],
  ['prompt', 'response'],
  ['prompt', 'answer'],
  ['prompt', 'output'],
  ['query', 'response'],
  ['query', 'answer'],
  ['question', 'response'],
  ['input', 'output'],
  ['input', 'response'],
];

function findPair(has: (column: string) => boolean): readonly [string, string] | undefined {
  return PAIR_COLUMNS.find(([prompt, completion]) => has(prompt) && has(completion));
}

/** @throws RowFault */
function readPair(row: Fields): { readonly messages: readonly Message[]; readonly used: ReadonlySet<string> } {
  const [prompt, completion] = findPair((column) => column in row) ?? ['prompt', 'completion'];
  // TRL trains on the completion only.
  const messages = [...untrained(readSide(row[prompt], prompt, 'user')), ...readSide(row[completion], completion, 'assistant')];
  return { messages, used: new Set([prompt, completion]) };
}

export const promptCompletion: Format = {
  id: 'prompt-completion',
  title: 'prompt and completion',
  trainsAs: 'prompt-completion',
  holds: 'prompts with their completions',
  // docs.aws.amazon.com/bedrock, "Prepare data for fine-tuning text-to-text models"; huggingface.co/docs/trl/dataset_formats
  samples: [{ prompt: 'what is AWS', completion: 'it is Amazon Web Services' }],
  hasColumns: (columns) => findPair((column) => columns.has(column)) !== undefined,
  read(row) {
    const { messages, used } = readPair(row);
    return { kind: 'conversation', messages, ...readCarried(row, used) };
  },
  write(example) {
    const conversation = answered(example);
    const { prompt, answer } = splitAnswer(conversation.messages);
    return writeRow(conversation, { prompt: onlyQuestion(prompt), completion: onlyText(answer, 'assistant') });
  },
};

export const promptCompletionMessages: Format = {
  id: 'prompt-completion-messages',
  title: 'prompt and completion in messages',
  trainsAs: 'prompt-completion',
  holds: 'prompts with their completions',
  // huggingface.co/docs/trl/dataset_formats
  samples: [{ prompt: [{ role: 'user', content: 'What color is the sky?' }], completion: [{ role: 'assistant', content: 'It is blue.' }] }],
  hasColumns: promptCompletion.hasColumns.bind(promptCompletion),
  recognizes(row) {
    const [prompt, completion] = findPair((column) => column in row) ?? ['', ''];
    return isConversational(row[prompt]) && isConversational(row[completion]);
  },
  read(row) {
    const { messages, used } = readPair(row);
    return { kind: 'conversation', messages, ...readTools(row, ...[...used].map((column) => row[column])), ...readCarried(row, new Set([...used, ...toolColumnsRead(row)])) };
  },
  write(example) {
    const conversation = answered(example);
    const { prompt, answer } = splitAnswer(conversation.messages);
    // What of the prompt is not trained on, the format's own rule says.
    const plain = prompt.map(({ weight, ...turn }) => (turn.role === 'assistant' && weight === 0 ? turn : { ...turn, ...(weight !== undefined && { weight }) }));
    const older = conversation.olderFunctions;
    return writeRow(conversation, { prompt: writeMessages(plain, older), completion: writeMessages([answer], older, prompt), ...writeTools(conversation) });
  },
};
