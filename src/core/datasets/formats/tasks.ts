/** What the formats of reinforcement fine-tuning share: a prompt with fields for its graders. */

import type { Example, Fields, Message, Task } from '../example.ts';
import { Refusal } from './format.ts';
import { listOfMessages } from './openaiChat.ts';
import { readMessages, readTools, toolColumnsRead, writeMessages, writeTools } from './openaiMessages.ts';
import { plainText, splitAnswer, withSystem } from './turns.ts';
import { isFields, readCarried, writeRow } from './values.ts';

/** Columns of a task in messages that are no fields for a grader. */
export const NOT_REFERENCE = new Set(['messages', 'system', 'tools', 'parallel_tool_calls', 'functions', 'id']);

/** @returns the task that asks for the answer of a conversation, which becomes the reference. @throws Refusal */
export function asTask(example: Example): Task {
  switch (example.kind) {
    case 'task':
      return example;
    case 'conversation': {
      const { messages, metadata, input: _input, ...common } = example;
      const { prompt, answer } = splitAnswer(messages);
      if (answer.toolCalls) throw new Refusal('its answer calls tools, and a reference is text');
      return { ...common, kind: 'task', prompt, reference: { ...metadata, reference_answer: plainText(answer) } };
    }
    case 'preference':
    case 'ranking':
    case 'rating':
      throw new Refusal('it holds judged answers and no reference to grade new ones with');
    case 'text':
      throw new Refusal('it is text without a question');
  }
}

/** Whether messages end where the model is asked. */
export function endsInQuestion(messages: unknown): boolean {
  const last: unknown = Array.isArray(messages) ? messages.at(-1) : undefined;
  return isFields(last) && (last['role'] === 'user' || last['role'] === 'tool');
}

/** @throws RowFault */
export function readTask(row: Fields): Task {
  const list = listOfMessages(row['messages'], 'messages');
  const columns = toolColumnsRead(row);
  const { id, metadata = {} } = readCarried(row, new Set(['messages', 'system', ...columns]));
  return { kind: 'task', prompt: withSystem(row, readMessages(list)), reference: metadata, ...readTools(row, list), ...(id !== undefined && { id }) };
}

/** @throws Refusal */
export function writeTask(example: Example): Fields {
  const task = asTask(example);
  if (!Object.keys(task.reference).some((name) => !NOT_REFERENCE.has(name))) throw new Refusal('it has no fields for a grader');
  requireQuestion(task.prompt);
  const metadata = { ...task.metadata, ...task.reference };
  return writeRow({ ...task, metadata }, { messages: writeMessages(task.prompt, task.olderFunctions), ...writeTools(task) });
}

/** @throws Refusal */
export function requireQuestion(prompt: readonly Message[]): void {
  const last = prompt.at(-1)?.role;
  if (last !== 'user' && last !== 'tool') throw new Refusal('its prompt does not end in a question');
}

