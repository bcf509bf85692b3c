/** Turns what a row says into the conversations that SFT and DPO train on, or tells what keeps it from being one. */

import type { ChatMessage } from '../../engine/text/chat.ts';
import type { Example, Message, Preference, TrainingExample } from './example.ts';
import { RowFault, type Format } from './formats/format.ts';
import { bestOf } from './formats/turns.ts';

export type Trainable = Omit<TrainingExample, 'row'>;

/**
 * @param format that the example was read from
 * @returns at least one user turn, ending in a non-empty assistant turn that is trained on; of judged answers a pair with
 *   its beginning in common, which is not trained on
 * @throws RowFault the first that keeps the row from it
 */
export function toTraining(format: Format, example: Example): Trainable {
  if (!format.trainsAs) throw new RowFault('dataset.row.unsupported-format', `it holds ${format.holds}`);
  const trainable = conversationsOf(example);
  const { trainingFault } = format;
  if (trainingFault) throw new RowFault(trainingFault.code, trainingFault.detail);
  return trainable;
}

function conversationsOf(example: Example): Trainable {
  switch (example.kind) {
    case 'conversation': {
      const messages = example.messages.map(toChat);
      checkTurns(messages);
      return { messages };
    }
    case 'preference':
      return pair(example);
    case 'ranking':
      return pair(bestAndWorst(example));
    case 'rating':
    case 'task':
    case 'text':
      // Formats that hold these say that they cannot be trained on yet, so nobody asks.
      throw new RowFault('dataset.row.no-answer', 'it holds no answer to imitate');
  }
}

function bestAndWorst({ prompt, candidates }: Extract<Example, { kind: 'ranking' }>): Pick<Preference, 'prompt' | 'chosen' | 'rejected'> {
  try {
    return { prompt, chosen: bestOf(candidates).answer, rejected: bestOf(candidates, -1).answer };
  } catch {
    throw new RowFault('dataset.row.same-answers', 'none of its answers is better than another');
  }
}

function pair(example: Pick<Preference, 'prompt' | 'chosen' | 'rejected'>): Trainable {
  const prompt = example.prompt.map(toChat);
  const better = [...prompt, ...example.chosen.map((turn, index) => toChat(turn, prompt.length + index))];
  const worse = [...prompt, ...example.rejected.map((turn, index) => toChat(turn, prompt.length + index))];
  const shared = countShared(better, worse);
  if (shared === better.length && shared === worse.length) throw new RowFault('dataset.row.same-answers');
  const common = better.slice(0, shared).map((turn): ChatMessage => (turn.role === 'assistant' ? { ...turn, weight: 0 } : turn));
  if (!common.some(({ role }) => role === 'user')) {
    const areAnswers = example.chosen[0]?.role === 'assistant' || example.rejected[0]?.role === 'assistant';
    throw new RowFault(prompt.length === 0 && areAnswers ? 'dataset.row.empty-prompt' : 'dataset.row.different-prompts');
  }
  const messages = [...common, ...better.slice(shared)];
  const rejected = [...common, ...worse.slice(shared)];
  checkTurns(messages);
  checkTurns(rejected);
  return { messages, rejected };
}

function toChat({ role, content, weight, parts, toolCalls }: Message, index: number): ChatMessage {
  if (toolCalls) throw new RowFault('dataset.row.not-text-content', `turn ${index + 1} calls tools, which cannot be trained on yet`);
  if (parts?.some(({ type }) => type === 'other')) throw new RowFault('dataset.row.not-text-content', `the content of turn ${index + 1} has parts that are not text`);
  return weight === undefined ? { role, content } : { role, content, weight };
}

function countShared(a: readonly ChatMessage[], b: readonly ChatMessage[]): number {
  let shared = 0;
  while (shared < a.length && shared < b.length && a[shared]?.role === b[shared]?.role && a[shared]?.content === b[shared]?.content) shared++;
  return shared;
}

/** @throws RowFault */
function checkTurns(turns: readonly ChatMessage[]): void {
  const last = turns.at(-1);
  if (!last) throw new RowFault('dataset.row.bad-messages', 'the conversation has no turns');
  if (last.role !== 'assistant') throw new RowFault('dataset.row.no-answer', `the last turn is the ${last.role}'s`);
  const trained = turns.filter((turn) => turn.role === 'assistant' && turn.weight !== 0);
  if (trained.length === 0) throw new RowFault('dataset.row.no-answer', 'every assistant turn has weight 0');
  if (trained.some((turn) => turn.content.trim() === '')) throw new RowFault('dataset.row.empty-answer');
  const asked = turns.slice(0, turns.findIndex((turn) => turn.role === 'assistant')).filter((turn) => turn.role === 'user');
  if (asked.length === 0 || asked.every((turn) => turn.content.trim() === '')) throw new RowFault('dataset.row.empty-prompt');
}
