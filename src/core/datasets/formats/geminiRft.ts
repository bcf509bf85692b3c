/** Gemini's format for reinforcement tuning: a prompt, and references that rewards ask for. */

import { Refusal, type Format } from './format.ts';
import { geminiColumns, readPrompt, writePrompt } from './geminiContents.ts';
import { asTask, requireQuestion } from './tasks.ts';
import { isFields, readCarried } from './values.ts';

export const geminiRft: Format = {
  id: 'gemini-rft',
  title: 'Gemini reinforcement',
  trainsAs: undefined,
  holds: 'prompts with references (reinforcement fine-tuning)',
  // docs.cloud.google.com, "Reinforcement tuning dataset"
  samples: [
    {
      systemInstruction: { parts: [{ text: 'Answer with a number.' }] },
      contents: [{ role: 'user', parts: [{ text: 'How many clips did Natalia sell altogether?' }] }],
      references: { reference_answer: '72' },
    },
  ],
  hasColumns: (columns) => columns.has('contents') && columns.has('references'),
  recognizes: ({ contents, references }) => Array.isArray(contents) && isFields(references),
  read(row) {
    const { messages: prompt, ...tools } = readPrompt(row);
    const references = row['references'];
    return { kind: 'task', prompt, reference: isFields(references) ? references : {}, ...tools, ...readCarried(row, geminiColumns(row, ['references'])) };
  },
  write(example) {
    const task = asTask(example);
    requireQuestion(task.prompt);
    if (Object.keys(task.reference).length === 0) throw new Refusal('it has no fields for a grader');
    // The map goes from names to texts.
    const references = Object.entries(task.reference).map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]);
    return { ...writePrompt(task.prompt, task), references: Object.fromEntries(references) as Record<string, string> };
  },
};
