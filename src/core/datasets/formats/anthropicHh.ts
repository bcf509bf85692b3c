/** Anthropic's "helpful and harmless" pairs: whole conversations as text, "Human:" and "Assistant:" before the turns. */

import type { Message } from '../example.ts';
import { Refusal, RowFault, type Format } from './format.ts';
import { asPreference, PROMPT_COLUMNS } from './pairs.ts';
import { plainText, splitShared } from './turns.ts';
import { readCarried, writeRow } from './values.ts';

const TURN = /\n\n(Human|Assistant):/;
const START = /^\s*Human:/;

export const anthropicHh: Format = {
  id: 'anthropic-hh',
  title: 'Anthropic HH',
  trainsAs: 'preference',
  holds: 'preference pairs',
  // github.com/anthropics/hh-rlhf
  samples: [
    {
      chosen: '\n\nHuman: What color is the sky?\n\nAssistant: By day?\n\nHuman: Yes.\n\nAssistant: It is blue.',
      rejected: '\n\nHuman: What color is the sky?\n\nAssistant: By day?\n\nHuman: Yes.\n\nAssistant: It is green.',
    },
  ],
  hasColumns: (columns) => columns.has('chosen') && columns.has('rejected') && !PROMPT_COLUMNS.some((name) => columns.has(name)),
  recognizes: ({ chosen, rejected }) => [chosen, rejected].every((text) => typeof text === 'string' && START.test(text)),
  read: (row) => ({
    kind: 'preference',
    ...splitShared(readTranscript(String(row['chosen'])), readTranscript(String(row['rejected']))),
    ...readCarried(row, new Set(['chosen', 'rejected'])),
  }),
  write(example) {
    const pair = asPreference(example);
    if (pair.prompt[0]?.role !== 'user') throw new Refusal('it does not begin with a question');
    return writeRow(pair, {
      chosen: writeTranscript([...pair.prompt, ...pair.chosen]), rejected: writeTranscript([...pair.prompt, ...pair.rejected]),
    });
  },
};

/** A space after the colon is not part of the turn. */
function readTranscript(text: string): readonly Message[] {
  const [before, ...pieces] = `\n\n${text.trimStart()}`.split(TURN);
  if (before !== '' || pieces.length < 2) throw new RowFault('dataset.row.bad-messages', 'its text does not begin with "Human:"');
  const messages: Message[] = [];
  for (let at = 0; at < pieces.length; at += 2) {
    messages.push({ role: pieces[at] === 'Human' ? 'user' : 'assistant', content: (pieces[at + 1] ?? '').replace(/^ /, '') });
  }
  return messages;
}

function writeTranscript(messages: readonly Message[]): string {
  return messages.map((message) => {
    const text = plainText(message);
    if (message.role !== 'user' && message.role !== 'assistant') throw new Refusal(`it has no words for a turn of the ${message.role}`);
    if (message.toolCalls) throw new Refusal('it has no words for tool calls');
    if (TURN.test(text)) throw new Refusal('a text holds what stands between two turns');
    return `\n\n${message.role === 'user' ? 'Human' : 'Assistant'}: ${text}`;
  }).join('');
}
