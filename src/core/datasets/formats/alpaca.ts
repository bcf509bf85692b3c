/** Alpaca's columns: an instruction, perhaps an input to it, and the output; LLaMA-Factory adds a history. */

import type { Message } from '../example.ts';
import { Refusal, type Format } from './format.ts';
import { readSide } from './pairs.ts';
import { answered, onlyText, plainText, splitAnswer, splitSystem, withSystem } from './turns.ts';
import { readCarried, readText, writeRow } from './values.ts';

const ANSWERS = ['output', 'response', 'completion'] as const;

export const alpaca: Format = {
  id: 'alpaca',
  title: 'Alpaca',
  trainsAs: 'prompt-completion',
  holds: 'instructions with their outputs',
  // github.com/tatsu-lab/stanford_alpaca; github.com/hiyouga/LLaMA-Factory, data/README.md
  samples: [
    { instruction: 'Give three tips for staying healthy.', input: '', output: 'Eat, move, sleep.' },
    {
      system: 'You are helpful.', instruction: 'Identify the odd one out.', input: 'Twitter, Instagram, Telegram', output: 'Telegram',
      history: [['Which of them is oldest?', 'Twitter, from 2006.']],
    },
  ],
  hasColumns: (columns) => columns.has('instruction') && ANSWERS.some((name) => columns.has(name)) && !(columns.has('prompt') && columns.has('completion')),
  read(row) {
    const column = ANSWERS.find((name) => name in row) ?? 'output';
    const asked = readSide(row['instruction'], 'instruction', 'user');
    const context = readText(row['input'], 'input');
    const last = asked.at(-1);
    // Alpaca: the input goes with the instruction.
    const prompt = context.trim() === '' || !last ? asked : [...asked.slice(0, -1), { ...last, content: `${last.content}\n${context}` }];
    const history = readHistory(row['history']);
    const messages = withSystem(row, [...(history ?? []), ...prompt, ...readSide(row[column], column, 'assistant')]);
    const used = ['instruction', 'input', 'system', column, ...(history ? ['history'] : [])];
    return { kind: 'conversation', messages, ...(prompt !== asked && { input: context }), ...readCarried(row, new Set(used)) };
  },
  write(example) {
    const conversation = answered(example);
    const { system, rest } = splitSystem(conversation.messages);
    const { prompt, answer } = splitAnswer(rest);
    const question = prompt.at(-1);
    if (question?.role !== 'user') throw new Refusal('its answer does not follow a question');
    const whole = onlyText(question, 'user');
    const { input = '' } = conversation;
    const isApart = input.trim() !== '' && whole.endsWith(`\n${input}`);
    const history = writeHistory(prompt.slice(0, -1));
    return writeRow(conversation, {
      ...(system && { system: plainText(system) }),
      instruction: isApart ? whole.slice(0, -input.length - 1) : whole,
      input: isApart ? input : '',
      output: onlyText(answer, 'assistant'),
      ...(history.length > 0 && { history }),
    });
  },
};

/** @returns undefined for a column that is no history, so that it is carried as it is */
function readHistory(value: unknown): readonly Message[] | undefined {
  if (!Array.isArray(value) || !value.every((pair) => Array.isArray(pair) && pair.length === 2 && pair.every((text) => typeof text === 'string'))) return undefined;
  return (value as readonly (readonly [string, string])[]).flatMap(([asked, answer]): Message[] => [{ role: 'user', content: asked }, { role: 'assistant', content: answer }]);
}

function writeHistory(messages: readonly Message[]): readonly (readonly [string, string])[] {
  const pairs: [string, string][] = [];
  for (let at = 0; at < messages.length; at += 2) {
    const [asked, answer] = messages.slice(at, at + 2);
    if (asked?.role !== 'user' || answer?.role !== 'assistant') throw new Refusal('questions and answers do not take turns in it');
    pairs.push([onlyText(asked, 'user'), onlyText(answer, 'assistant')]);
  }
  return pairs;
}

